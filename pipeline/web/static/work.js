// The work list: moving and acting by keys, calling in a dialog, and a list that renews itself.

import { byId, part } from "/static/page.js";
import { isTyping, listen } from "/static/keys.js";
import { morphChildren } from "/static/morph.js";

const RENEW_MS = 30_000;
const list = byId("work");
const dialog = byId("call");
const items = () => [...list.querySelectorAll("[data-item]")];
let timer = 0;
let asked = 0;

// --- the list --------------------------------------------------------------------------------------------------------

// The keyboard stays where it was when what it was at is gone: at what has taken its place.
function show(text) {
  const inside = list.contains(document.activeElement) ? document.activeElement : null;
  const place = items().indexOf(inside?.closest("[data-item]"));
  const fresh = document.createElement("div");
  fresh.innerHTML = text;
  morphChildren(list, fresh);
  if (inside && !inside.isConnected && place >= 0) (items()[place] ?? items().at(-1))?.focus();
}

async function renew(background) {
  clearTimeout(timer);
  const mine = (asked += 1);
  const text = await part("/work/list", {}, background);
  if (mine !== asked) return; // something was done meanwhile, and its answer is newer
  if (text !== null) show(text);
  timer = setTimeout(renew, RENEW_MS, true);
}

/** Send a form; its answer, or null after the refusal was told. */
async function send(form, button) {
  asked += 1;
  tell("");
  try {
    const headers = { accept: "text/html, application/problem+json" };
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), headers });
    if (answer.status === 401) location.assign("/sign-in");
    if (answer.headers.get("content-type")?.startsWith("text/html")) return answer;
    tell((await answer.json()).title);
  } catch {
    tell(byId("told").dataset.failed);
  }
  return null;
}

function tell(sentence) {
  byId("told").textContent = sentence;
  byId("told").hidden = sentence === "";
}

list.addEventListener("submit", async (event) => {
  if (!("act" in event.target.dataset)) return;
  event.preventDefault();
  await send(event.target, event.submitter);
  renew(false);
});

// --- calling ---------------------------------------------------------------------------------------------------------

function showCall(text) {
  const body = new DOMParser().parseFromString(text, "text/html").getElementById("call-body");
  if (body === null) return false;
  dialog.replaceChildren(document.adoptNode(body));
  return true;
}

async function openCall(link) {
  const text = await part(link.href);
  if (text === null || !showCall(text)) {
    tell(byId("told").dataset.failed);
    return;
  }
  dialog.showModal();
  dialog.querySelector("input[type=radio]").focus();
}

list.addEventListener("click", (event) => {
  const link = event.target.closest("[data-call]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  link.closest("[data-item]").focus();
  openCall(link);
});

dialog.addEventListener("submit", async (event) => {
  event.preventDefault();
  const answer = await send(event.target, event.submitter);
  if (answer === null) dialog.close();
  else if (showCall(await answer.text())) dialog.querySelector("input[type=radio]").focus();
  else {
    dialog.close();
    renew(false);
  }
});

dialog.addEventListener("click", (event) => {
  if (!event.target.closest("[data-close]")) return;
  event.preventDefault();
  dialog.close();
});

dialog.addEventListener("keydown", (event) => {
  if (isTyping(event) || event.ctrlKey || !/^[1-4]$/.test(event.key)) return;
  const radio = dialog.querySelectorAll("input[type=radio]")[Number(event.key) - 1];
  radio.checked = true;
  radio.focus();
});

// --- keys ------------------------------------------------------------------------------------------------------------

const here = () => document.activeElement?.closest?.("[data-item]") ?? null;

function move(by) {
  const all = items();
  const at = all.indexOf(here());
  const next = at < 0 ? all[by > 0 ? 0 : all.length - 1] : all[Math.min(all.length - 1, Math.max(0, at + by))];
  next?.focus();
}

// Where the key can do nothing with what is chosen, it only chooses the first that it could act on.
function press(key) {
  const button = here()?.querySelector(`[data-key="${key}"]`);
  if (button) button.click();
  else list.querySelector(`[data-key="${key}"]`)?.closest("[data-item]").focus();
}

listen({
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: (event) => {
    event.preventDefault();
    move(1);
  },
  ArrowUp: (event) => {
    event.preventDefault();
    move(-1);
  },
  Enter: () => here()?.querySelector("[data-open]")?.click(),
  a: () => press("a"),
  c: () => press("c"),
  r: () => press("r"),
  x: () => press("x"),
});

items()[0]?.focus({ preventScroll: true });
timer = setTimeout(renew, RENEW_MS, true);
