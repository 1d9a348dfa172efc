// The review desk: one question at a time, by keys. Without it every answer is a form that is sent as a whole.

import { keepHeld } from "/static/holding.js";
import { byId } from "/static/page.js";

const COMPOSES = 229; // The code of every key that goes to an input method, which needs the field to write into.
const ZOOM = [100, 150, 200, 300];
let busy = false;
let zoom = 0;
let editing = false; // Whether the officer writes; a field that the page opened by itself takes no command's key.

const review = () => byId("review");
const question = () => review().querySelector(".question");

// --- asking the server -----------------------------------------------------------------------------------------------

async function send(address, fields) {
  if (busy) return;
  busy = true;
  review().classList.add("busy");
  try {
    const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields) });
    if (answer.status === 401) location.assign("/sign-in");
    else if (answer.redirected) location.assign(answer.url);
    else show(await answer.text());
  } catch {
    byId("notice").textContent = byId("away").content.textContent;
  } finally {
    busy = false;
    review().classList.remove("busy");
  }
}

function show(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("review");
  if (!fresh) {
    byId("notice").textContent = byId("away").content.textContent;
    return;
  }
  review().replaceWith(document.adoptNode(fresh));
  begin();
}

function begin() {
  zoom = 0;
  editing = false;
  for (const one of review().querySelectorAll(".scripted, .tools")) one.hidden = false;
  const typing = review().querySelector("#typed[open] [data-begin]");
  if (typing) focusEnd(typing);
  else (byId("asks") ?? review().querySelector(".empty button"))?.focus({ preventScroll: true });
}

function submit(form) {
  if ("grave" in form.dataset) askTwice(form);
  else send(form.action, new FormData(form));
}

function askTwice(form) {
  const dialog = byId("grave");
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue === "do") send(form.action, new FormData(form));
  };
  dialog.showModal();
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#review")) return;
  event.preventDefault();
  submit(event.target);
});

// --- typing ----------------------------------------------------------------------------------------------------------

/** The field for typing, opened; `afresh`: what stands in it goes, since something else is being typed. */
function openTyping(afresh) {
  const details = byId("typed");
  if (!details) return false;
  details.open = true;
  editing = true;
  const field = details.querySelector("[data-begin]");
  if (afresh) field.value = "";
  focusEnd(field);
  return true;
}

function focusEnd(field) {
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
}

const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();

function filterTypes() {
  const words = folded(byId("filter").value).trim().split(/\s+/);
  const options = [...byId("types").options];
  for (const option of options) {
    const parts = folded(option.text).split(/\s+/);
    option.hidden = !words.every((word) => parts.some((part) => part.startsWith(word)));
  }
  byId("types").selectedIndex = options.findIndex((option) => !option.hidden);
}

document.addEventListener("input", (event) => {
  editing = true;
  if (event.target.id === "filter") filterTypes();
});

function stepTypes(by) {
  const shown = [...byId("types").options].filter((option) => !option.hidden);
  const here = shown.findIndex((option) => option.selected);
  const next = shown[Math.min(shown.length - 1, Math.max(0, here + by))];
  if (!next) return;
  next.selected = true;
  next.scrollIntoView({ block: "nearest" });
}

// --- the picture -----------------------------------------------------------------------------------------------------

function togglePage() {
  const place = review().querySelector(".frame .crop");
  if (place) place.hidden = !place.hidden;
}

function setZoom(step) {
  zoom = Math.min(ZOOM.length - 1, Math.max(0, step));
  const whole = review().querySelector(".frame .whole");
  if (zoom > 0 && whole?.getAttribute("src") !== whole?.dataset.large) whole.src = whole.dataset.large;
  for (const one of review().querySelectorAll(".frame > *")) one.style.width = `${ZOOM[zoom]}%`;
}

document.addEventListener("click", (event) => {
  const id = event.target.closest("button")?.id;
  if (id === "whole") togglePage();
  else if (id === "larger") setZoom(zoom + 1);
  else if (id === "smaller") setZoom(zoom - 1);
});

// --- keys ------------------------------------------------------------------------------------------------------------

const KEYS = {
  F2: () => openTyping(false),
  " ": togglePage,
  "+": () => setZoom(zoom + 1),
  "=": () => setZoom(zoom + 1),
  "-": () => setZoom(zoom - 1),
  z: undo,
  Z: undo,
};

function undo() {
  if (!byId("undo").querySelector("button").disabled) submit(byId("undo"));
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || byId("grave").open) return undefined;
  const target = event.target;
  const typing = target.closest("input, textarea, select");
  if (event.keyCode === COMPOSES) return typing ? undefined : openTyping(true);
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !typing) return take(event, undo);
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (typing && (editing || event.key === "Enter" || event.key.length === 1) && event.key !== "F8") return typingKey(event);
  const pressed = target.closest("button, a, summary");
  if (pressed && (event.key === "Enter" || event.key === " ")) return undefined; // What is focused is meant.
  if (KEYS[event.key]) return take(event, KEYS[event.key]);
  if (typing && event.key.startsWith("Arrow") && event.key !== "ArrowRight") return typingKey(event);
  const form = review().querySelector(`form[data-key="${CSS.escape(event.key)}"]`);
  if (form) return take(event, () => submit(form));
  if (event.key === "Enter") return take(event, acceptFirst);
  return charKey(event);
});

function take(event, act) {
  event.preventDefault();
  if (!busy) act();
}

function typingKey(event) {
  if (event.key === "Escape") {
    byId("typed").open = false;
    editing = false;
    byId("asks").focus();
  } else if (event.target.id === "filter" && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    take(event, () => stepTypes(event.key === "ArrowDown" ? 1 : -1));
  } else if (event.target.id === "types" && event.key === "Enter") {
    take(event, () => submit(event.target.form));
  }
}

function acceptFirst() {
  const first = review().querySelector(".choice.first");
  if (first) submit(first.form);
  else if (byId("cuts")) byId("cuts").click();
}

/** Digits choose; any other letter begins to type. The letter itself is left to the browser, so that Telex works. */
function charKey(event) {
  if (event.key.length !== 1) return;
  const form = review().querySelector(`form[data-digit="${CSS.escape(event.key)}"]`);
  if (form) take(event, () => submit(form));
  else openTyping(true);
}

begin();
keepHeld(
  () => review().dataset,
  () => send("/review/next", { put_off: review().dataset.putOff, paper: review().dataset.paper, lapsed: "true" }),
);
