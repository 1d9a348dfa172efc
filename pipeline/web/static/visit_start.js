// Opening a visit with the keyboard alone: a few letters of the procedure, the citizen, a digit for presence, Enter.

import { byId, part } from "/static/page.js";

const form = byId("opening");
const filter = byId("filter");
const said = byId("said");
const choices = [...byId("procedures").querySelectorAll("label")];
const presences = [...byId("presence").querySelectorAll('[name="presence"]')];
const isCode = (text) => /^\d{9,12}\|/.test(text) || /^(hoso:|([\d.]+)?[A-Z]\d{2}[.\d]*-\d{6}-)/.test(text);

// --- the procedure ---------------------------------------------------------------------------------------------------

// As the server folds: without marks, and d for đ.
function fold(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("đ", "d");
}

const shown = () => choices.filter((choice) => !choice.hidden);
const chosen = () => choices.find((choice) => choice.firstElementChild.checked);

function choose(choice) {
  choice.firstElementChild.checked = true;
  choice.scrollIntoView({ block: "nearest" });
}

function narrow() {
  const words = fold(filter.value).split(/\s+/).filter(Boolean);
  for (const choice of choices) choice.hidden = !words.every((word) => choice.dataset.words.includes(word));
  byId("no-procedure").hidden = shown().length > 0;
  if (chosen()?.hidden) chosen().firstElementChild.checked = false;
  if (words.length && !chosen() && shown().length) choose(shown()[0]);
}

function step(by) {
  const list = shown();
  const next = list[list.indexOf(chosen()) + by] ?? list[by > 0 ? 0 : list.length - 1];
  if (next) choose(next);
}

filter.hidden = false;
filter.addEventListener("input", narrow);
filter.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    step(event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Escape") {
    filter.value = "";
    narrow();
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (isCode(filter.value)) takeCode(filter.value);
    else if (chosen()) said.focus();
  }
});

// A reader types where the cursor stands: what it read of a card belongs to the citizen.
function takeCode(code) {
  filter.value = "";
  narrow();
  said.value = code;
  find();
}

// --- the citizen -----------------------------------------------------------------------------------------------------

let found = byId("found").childElementCount ? said.value : "";
let finding = null;

function find() {
  if (said.value.trim() === "") return;
  found = said.value;
  finding = look(said.value).finally(() => {
    finding = null;
  });
}

async function look(text) {
  const answer = await part("/visit/find", { method: "POST", body: new URLSearchParams({ said: text }) });
  if (answer === null || text !== said.value) return;
  byId("found").innerHTML = answer;
  const told = byId("found").firstElementChild;
  const procedure = told.dataset.procedure && form.querySelector(`[name="procedure"][value="${told.dataset.procedure}"]`);
  if (procedure) choose(procedure.parentElement);
  goOn();
}

// To the first thing that is still to be said.
function goOn() {
  const person = byId("found").querySelector('[name="citizen_id"]');
  const name = byId("name");
  if (!chosen()) filter.focus();
  else if (person && !form.elements.citizen_id.value) person.focus();
  else if (name && name.value === "") name.focus();
  else (presences.find((one) => one.checked) ?? presences[0]).focus();
}

byId("find").hidden = false;
byId("find").addEventListener("click", find);
said.addEventListener("input", () => {
  if (said.value !== found) byId("found").replaceChildren();
});
said.addEventListener("change", () => {
  if (said.value !== found) find();
});
said.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    find();
  }
});
byId("found").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    goOn();
  }
});

// --- presence --------------------------------------------------------------------------------------------------------

byId("presence").addEventListener("keydown", (event) => {
  const choice = presences[Number(event.key) - 1];
  if (choice && event.target.type === "radio") {
    event.preventDefault(); // The digit must not be typed where the cursor goes next.
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
byId("presence").addEventListener("change", (event) => {
  if (["guardian", "authority"].includes(event.target.value)) byId("by-number").focus();
});
byId("by-number").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const [number, , name] = byId("by-number").value.split("|");
  byId("by-number").value = number;
  if (name) byId("by-name").value = name;
  byId("by-name").focus();
});
// What is still being looked for may be asked about: the form waits for it.
form.addEventListener("submit", async (event) => {
  if (finding === null) return;
  event.preventDefault();
  await finding;
  if (form.reportValidity()) form.requestSubmit();
});

(chosen() ? said : filter).focus();
