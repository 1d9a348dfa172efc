// The visit: its checklist by keys. Every action is a form of the page; the parts it changes are shown anew in place.

import { byId } from "/static/page.js";

// --- actions ---------------------------------------------------------------------------------------------------------

async function act(form, button) {
  const body = new URLSearchParams(new FormData(form, button));
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body });
  } catch {
    form.submit(); // The server is away; the browser says so.
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const told = page.getElementById("told");
  if (told === null) {
    location.reload(); // Signed out, or the visit is over: the server tells.
    return;
  }
  byId("told").textContent = told.textContent;
  byId("told").hidden = told.hidden;
  for (const id of form.dataset.part.split(" ")) show(page, id, "unfolds" in form.dataset);
}

// Puts a part of the new page in its place; what had the keyboard has it again, and what was unfolded gets it.
function show(page, id, unfolds) {
  const old = byId(id);
  const anew = page.getElementById(id);
  if (!old || !anew) return;
  const inside = old.contains(document.activeElement);
  const place = document.activeElement.closest("[id]")?.id;
  old.replaceWith(document.adoptNode(anew));
  if (unfolds) (anew.querySelector("[data-copy]") ?? anew.querySelector("[tabindex]"))?.focus();
  else if (inside) placeOf(anew, place)?.focus();
}

function placeOf(part, id) {
  const here = byId(id);
  if (here && here !== part) return here.matches("[data-question]") ? nextQuestion(here) : here;
  return part.querySelector("[data-row]");
}

const nextQuestion = (here) => document.querySelector("[data-question].open") ?? here;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.part) return;
  event.preventDefault();
  if ("code" in form.dataset && "needsCode" in byId("checklist").dataset) askCode(form, event.submitter);
  else act(form, event.submitter);
});

// A paper on file is put into a dossier: its code is asked for once, on the way.
function askCode(form, button) {
  const dialog = byId("ask-code");
  byId("asked-code").value = byId("code")?.value ?? "";
  dialog.returnValue = "";
  dialog.onclose = () => {
    if (dialog.returnValue !== "go") return;
    form.elements.code.value = byId("asked-code").value;
    act(form, button);
  };
  dialog.showModal();
}

// --- keys ------------------------------------------------------------------------------------------------------------

const rows = () => [...document.querySelectorAll("[data-row], [data-question]")];
const isTyping = (target) => target.closest("input:not([type=radio]), select, textarea, dialog");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.altKey || event.metaKey || isTyping(event.target)) return;
  const key = event.key.toLowerCase();
  if (/^[1-9]$/.test(key)) document.querySelectorAll("[data-row]")[Number(key) - 1]?.focus();
  else if (key === "arrowdown" || key === "arrowup") move(event, key === "arrowdown" ? 1 : -1);
  else if (key === "m" && byId("code")) {
    event.preventDefault();
    byId("code").focus();
  } else press(event, key);
});

function move(event, by) {
  if (event.target.closest(".known-values")) return;
  event.preventDefault();
  const all = rows();
  const here = all.indexOf(event.target.closest("[data-row], [data-question]"));
  all[Math.min(all.length - 1, Math.max(0, here + by))]?.focus();
}

// A key of the row or question that is chosen, else of the page. Without a choice a question's key answers the first open one.
function press(event, key) {
  const row = event.target.closest("[data-row], [data-question]");
  const open = document.querySelector("[data-question].open");
  const inRow = (row ?? open)?.querySelector(`[data-key="${key}"]`) ?? open?.querySelector(`[data-key="${key}"]`);
  const button = inRow ?? document.querySelector(`[data-key="${key}"]:not([data-row] *, [data-question] *)`);
  if (!button) return;
  event.preventDefault();
  button.click();
}

// The papers beside that a row speaks of stand out while it is chosen.
document.addEventListener("focusin", (event) => {
  const shows = event.target.closest("[data-row]")?.dataset.shows;
  for (const paper of document.querySelectorAll("[data-document]")) {
    paper.classList.toggle("shown", paper.dataset.document === shows);
  }
});

// --- known values ----------------------------------------------------------------------------------------------------

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await copy(button.dataset.copy);
  button.classList.add("copied");
  byId("copied").textContent = byId("copied").dataset.words.replace("{}", button.dataset.label);
  const all = [...document.querySelectorAll("[data-copy]")];
  all[all.indexOf(button) + 1]?.focus();
});

async function copy(text) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Browsers give the clipboard to pages of https and of this machine only; a counter's network may have neither.
  const carrier = document.createElement("textarea");
  carrier.value = text;
  document.body.append(carrier);
  carrier.select();
  document.execCommand("copy");
  carrier.remove();
}

(document.querySelector("[data-question].open") ?? document.querySelector("[data-row]"))?.focus({ preventScroll: true });
