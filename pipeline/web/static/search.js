// Searching as one types. What is typed goes in bodies; this tab's history keeps it sealed, as the server gives it back.

import { isTyping } from "/static/keys.js";
import { open } from "/static/kept_words.js";
import { byId } from "/static/page.js";
import { markOf } from "/static/viewer.js";

const TYPING_PAUSE_MS = 180;
const SETTLED_MS = 450; // Then the small pictures are fetched: nobody looks at those of a name that is half typed.
const FILTERS = ["type", "procedure", "state", "filed_from", "filed_until"];
const found = byId("found");
const pictures = new Map();
let typing = 0;
let settling = 0;
let asking = new AbortController();
let kept = ""; // What the hits answer, sealed.

const asked = () => Object.fromEntries(["q", ...FILTERS].map((name) => [name, byId(name).value]));
const isEmpty = () => Object.values(asked()).every((value) => value.trim() === "");
const hits = () => [...found.querySelectorAll(".hit")];

// --- asking ----------------------------------------------------------------------------------------------------------

/** The hits of what is asked, as a part of the page; null: somebody has asked anew, or nothing came. */
async function ask(after = "") {
  asking.abort();
  asking = new AbortController();
  const body = new URLSearchParams({ ...asked(), after });
  try {
    const answer = await fetch("/search", { method: "POST", body, headers: { "hoso-part": "1" }, signal: asking.signal });
    if (answer.ok) {
      const text = await answer.text();
      kept = answer.headers.get("hoso-kept");
      return text;
    }
    if (answer.status === 401 || answer.status === 403) location.reload(); // The server tells what is missing.
    return byId("away").innerHTML;
  } catch (error) {
    return error.name === "AbortError" ? null : byId("away").innerHTML;
  }
}

async function search() {
  clearTimeout(typing);
  byId("clear").hidden = isEmpty();
  if (isEmpty()) {
    asking.abort();
    kept = "";
    keep();
    show(byId("begin").innerHTML);
    return;
  }
  const text = await ask();
  if (text === null) return;
  keep();
  show(text);
}

function show(text) {
  found.innerHTML = text;
  byId("told").textContent = found.querySelector("[data-told]")?.textContent ?? "";
  settle();
}

async function more() {
  const list = found.querySelector(".hits");
  const after = list?.dataset.next;
  if (!after) return;
  const text = await ask(after);
  if (text === null) return;
  const fresh = document.createRange().createContextualFragment(text);
  const next = fresh.querySelector(".hits");
  if (!next) return;
  const first = next.querySelector(".hit");
  list.append(...next.children);
  list.dataset.next = next.dataset.next;
  if (!next.dataset.next) byId("more").closest("p").remove();
  byId("count").textContent = `${hits().length}${next.dataset.next ? "+" : ""}`;
  first.focus();
  settle();
}

// --- small pictures --------------------------------------------------------------------------------------------------

function settle() {
  clearTimeout(settling);
  sight.disconnect();
  for (const thumb of found.querySelectorAll(".thumb[data-picture]")) {
    const known = pictures.get(keyOf(thumb));
    if (known) thumb.replaceChildren(known);
  }
  settling = setTimeout(() => {
    for (const thumb of found.querySelectorAll(".thumb[data-picture]")) sight.observe(thumb);
  }, SETTLED_MS);
}

const keyOf = (thumb) => {
  const { id, page } = thumb.closest(".hit").dataset;
  return `/papers/${id}/pages/${page}`;
};

const sight = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    sight.unobserve(target);
    picture(target);
  }
});

function picture(thumb) {
  const address = keyOf(thumb);
  let image = pictures.get(address);
  if (!image) {
    image = new Image();
    image.alt = "";
    image.src = `${address}/row`;
    image.addEventListener("error", () => pictures.delete(address));
    pictures.set(address, image);
  }
  thumb.replaceChildren(image);
  mark(thumb, address);
}

async function mark(thumb, address) {
  const words = byId("q").value;
  if (words.trim() === "") return;
  const answer = await fetch(`${address}/marks`, { method: "POST", body: new URLSearchParams({ q: words }) });
  if (!answer.ok || words !== byId("q").value) return;
  thumb.append(...(await answer.json()).map((box) => markOf(box, "found")));
}

// --- what is kept ----------------------------------------------------------------------------------------------------

// In this entry of the tab's history: coming back from a paper shows the search as it was left. What another session
// left there, the server does not open.
function keep(at = null) {
  history.replaceState({ kept, at }, "");
}

async function restore() {
  const left = history.state;
  const [entry] = performance.getEntriesByType("navigation");
  if (!left?.kept || !["back_forward", "reload"].includes(entry?.type)) return;
  const said = await open(left.kept);
  if (!said.q && !FILTERS.some((name) => said[name])) return;
  if (!isEmpty()) return; // Somebody was faster.
  for (const name of ["q", ...FILTERS]) byId(name).value = said[name];
  await search();
  found.querySelector(`.hit[data-id="${CSS.escape(left.at ?? "")}"]`)?.focus();
}

// --- keys ------------------------------------------------------------------------------------------------------------

async function step(by) {
  const stops = [byId("q"), ...hits()];
  const here = stops.indexOf(document.activeElement);
  if (by > 0 && here === stops.length - 1 && found.querySelector(".hits")?.dataset.next) await more();
  else stops[Math.min(stops.length - 1, Math.max(0, here + by))].focus();
}

function clear() {
  for (const name of ["q", ...FILTERS]) byId(name).value = "";
  byId("q").focus();
  search();
}

function toWords() {
  byId("q").focus();
  byId("q").select();
}

function askWhy() {
  const why = byId("why");
  if (!why) return;
  why.open = !why.open;
  (why.open ? why.querySelector("button") : byId("q")).focus();
}

function sayWhy(digit) {
  const why = byId("why");
  if (why?.open) why.querySelector(`[data-key="${digit}"]`)?.click();
}

const KEYS = { F2: () => byId("type").focus(), F3: more, F4: askWhy, Escape: () => (byId("why")?.open ? askWhy() : clear()) };

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
  const walks = document.activeElement === byId("q") || document.activeElement.matches(".hit");
  let act = KEYS[event.key];
  if (walks && event.key === "ArrowDown") act = () => step(1);
  else if (walks && event.key === "ArrowUp") act = () => step(-1);
  else if (!isTyping(event) && event.key === "/") act = toWords;
  else if (!isTyping(event) && /^[1-9]$/.test(event.key)) act = () => sayWhy(event.key);
  if (!act) return;
  event.preventDefault();
  act();
});

// --- wiring ----------------------------------------------------------------------------------------------------------

byId("q").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_PAUSE_MS);
});
byId("filters").addEventListener("change", search);
byId("clear").addEventListener("click", clear);
byId("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  await search();
  hits()[0]?.focus();
});
found.addEventListener("click", (event) => {
  if (event.target.closest("#more")) more();
  const hit = event.target.closest(".hit");
  if (!hit) return;
  keep(hit.dataset.id);
  sessionStorage.setItem("hoso-words", JSON.stringify({ id: hit.dataset.id, kept }));
});
restore();
