// Cutting a stack: marks between pages, set, moved and dragged. Without it the marks are checkboxes of a form.

import { byId } from "/static/page.js";
import { keepHeld } from "/static/holding.js";

const strip = byId("strip");
const marks = [...strip.querySelectorAll(".gap input[type=checkbox]")];

// --- what the cuts make ----------------------------------------------------------------------------------------------

function showPapers() {
  const made = byId("made");
  const papers = [];
  for (const leaf of strip.children) {
    const mark = leaf.querySelector(".gap input");
    if (papers.length === 0 || mark.checked) papers.push([]);
    papers.at(-1).push(leaf);
  }
  made.replaceChildren(...papers.map((leaves, number) => describe(leaves, number + 1, made.dataset)));
}

function describe(leaves, number, { one, page, new: fresh }) {
  const [first, last] = [leaves[0], leaves.at(-1)];
  const pages = first === last ? first.dataset.number : `${first.dataset.number}–${last.dataset.number}`;
  const whole = [...strip.children].filter((leaf) => leaf.dataset.paper === first.dataset.paper);
  const same = whole.length === leaves.length && whole.every((leaf, at) => leaf === leaves[at]);
  const item = document.createElement("li");
  item.textContent = `${one} ${number}: ${page} ${pages} · ${same ? first.dataset.title : fresh}`;
  return item;
}

// --- by keys ---------------------------------------------------------------------------------------------------------

function focusMark(at) {
  const mark = marks[Math.min(marks.length - 1, Math.max(0, at))];
  mark?.focus();
  mark?.closest("li").scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** The cut at one mark goes to another, unless there is a cut already. */
function moveCut(from, to) {
  if (!marks[from]?.checked || !marks[to] || marks[to].checked) return false;
  marks[from].checked = false;
  marks[to].checked = true;
  showPapers();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (byId("leaf").open || event.ctrlKey || event.metaKey || event.altKey) return;
  const at = marks.indexOf(document.activeElement);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step) {
    event.preventDefault();
    if (event.shiftKey && !moveCut(at, at + step)) return;
    focusMark(at + step);
  } else if (event.key === "Home" || event.key === "End") {
    event.preventDefault();
    focusMark(event.key === "Home" ? 0 : marks.length - 1);
  } else if (event.key === "F9") {
    event.preventDefault();
    enlarge(marks[Math.max(0, at)]?.closest("li").querySelector(".leaf") ?? strip.querySelector(".leaf"));
  } else if (event.key === "+" || event.key === "=" || event.key === "-") {
    strip.classList.toggle("large", event.key !== "-");
  } else if (event.key === "Escape") {
    byId("back").click();
  } else if (event.key === "Enter" && !document.activeElement.closest("button, a")) {
    event.preventDefault();
    byId("cuts").requestSubmit();
  }
});

// --- by dragging -----------------------------------------------------------------------------------------------------

let dragged = null;
let over = null;

strip.addEventListener("pointerdown", (event) => {
  const mark = event.target.closest(".gap")?.querySelector("input[type=checkbox]");
  if (!mark?.checked || event.button !== 0) return;
  dragged = mark;
  over = mark;
});

document.addEventListener("pointermove", (event) => {
  if (!dragged) return;
  strip.classList.add("dragging");
  over = nearest(event.clientX);
  for (const mark of marks) mark.closest(".gap").classList.toggle("over", mark === over && mark !== dragged);
  const { left, right } = strip.getBoundingClientRect();
  if (event.clientX < left + 40) strip.scrollBy(-24, 0);
  if (event.clientX > right - 40) strip.scrollBy(24, 0);
});

document.addEventListener("pointerup", () => {
  if (!dragged) return;
  const moved = over !== dragged && moveCut(marks.indexOf(dragged), marks.indexOf(over));
  if (moved) over.focus();
  for (const mark of marks) mark.closest(".gap").classList.remove("over");
  strip.classList.remove("dragging");
  dragged = null;
});
document.addEventListener("pointercancel", () => {
  dragged = null;
  strip.classList.remove("dragging");
});

function nearest(x) {
  const distance = (mark) => {
    const { left, width } = mark.closest(".gap").getBoundingClientRect();
    return Math.abs(left + width / 2 - x);
  };
  return marks.reduce((best, mark) => (distance(mark) < distance(best) ? mark : best));
}

// --- a page, large ---------------------------------------------------------------------------------------------------

function enlarge(leaf) {
  const image = byId("leaf").querySelector("img");
  image.src = leaf.dataset.large;
  image.alt = leaf.getAttribute("aria-label");
  byId("leaf").showModal();
}

strip.addEventListener("click", (event) => {
  const leaf = event.target.closest(".leaf");
  if (leaf) enlarge(leaf);
});
strip.addEventListener("change", showPapers);

for (const one of document.querySelectorAll(".scripted")) one.hidden = false;
showPapers();
focusMark(Math.max(0, marks.findIndex((mark) => mark.closest(".gap").classList.contains("doubtful"))));
keepHeld(() => byId("cuts").dataset, () => location.assign("/review"));
