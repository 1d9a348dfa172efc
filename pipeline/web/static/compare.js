// Comparing papers with their copies. A paper is marked only once all its pages were on the screen; one request then
// records what was said of all of them.

import { byId } from "/static/page.js";
import { isTyping } from "/static/keys.js";
import { Viewer } from "/static/viewer.js";

const LOOKED_AT_MS = 400; // A page that flashed by was not looked at.

const root = byId("compare");
const picks = [...root.querySelectorAll(".pick")];
const papers = picks.map((pick) => ({
  pick,
  id: pick.dataset.id,
  sha256: pick.dataset.sha256 || null,
  pages: Number(pick.dataset.pages),
  preset: pick.dataset.preset,
  stands: pick.dataset.stands,
  title: pick.dataset.title,
  seen: new Set(),
  said: null,
}));
let viewer = null;
let at = 0;
let looking = null;

const told = (place, ...values) => values.reduce((text, value) => text.replace("{}", value), place.dataset.words);
const canSay = (paper) => paper.stands !== "unsettled";
const allSeen = (paper) => paper.seen.size >= Math.max(1, paper.pages);

// --- showing ---------------------------------------------------------------------------------------------------------

function show(newAt) {
  at = newAt;
  const paper = papers[at];
  for (const one of papers) one.pick.toggleAttribute("aria-current", one === paper);
  paper.pick.setAttribute("aria-current", "true");
  paper.pick.scrollIntoView({ block: "nearest", inline: "nearest" });
  for (const one of root.querySelectorAll(".values")) one.hidden = Number(one.dataset.at) !== at;
  byId("told").hidden = true;
  root.classList.toggle("values-only", paper.pages === 0);
  clearTimeout(looking);
  if (paper.pages > 0) viewer.open(paper.id, paper.pages);
  else lookAt(paper, 0); // Its values are what there is to be looked at.
  tell();
}

function lookAt(paper, shown) {
  clearTimeout(looking);
  looking = setTimeout(() => {
    if (document.visibilityState !== "visible") return;
    paper.seen.add(shown);
    byId("told").hidden = true;
    tell();
  }, LOOKED_AT_MS);
}

function tell() {
  const paper = papers[at];
  byId("seen-told").textContent = told(byId("seen-told"), paper.seen.size, paper.pages);
  const same = byId("same").querySelector("span");
  same.textContent = told(same, root.querySelector(`[data-kind="${paper.preset}"]`).dataset.told);
  byId("same").disabled = !canSay(paper);
  for (const button of root.querySelectorAll("[data-kind]")) {
    button.setAttribute("aria-pressed", String(paper.said?.copy_kind === button.dataset.kind));
    button.disabled = !canSay(paper);
  }
  for (const button of root.querySelectorAll("[data-trouble]")) {
    button.setAttribute("aria-pressed", String(paper.said?.trouble === button.dataset.trouble));
    button.disabled = !canSay(paper);
  }
  byId("unmark").hidden = !paper.said;
  for (const one of papers) tellMark(one);
  const open = papers.filter(canSay);
  const said = open.filter((one) => one.said);
  byId("marked").textContent = told(byId("marked"), said.length, open.length);
  byId("write").disabled = said.length === 0;
}

function tellMark(paper) {
  const state = paper.pick.querySelector(".pick-state");
  const by = paper.said && (paper.said.copy_kind ? `[data-kind="${paper.said.copy_kind}"]` : `[data-trouble="${paper.said.trouble}"]`);
  state.textContent = by ? `${paper.said.copy_kind ? "✓" : "✗"} ${root.querySelector(by).dataset.told}` : state.dataset.asItStands;
  state.className = `pick-state state ${by ? (paper.said.copy_kind ? "good" : "bad") : state.dataset.tone}`;
  paper.pick.toggleAttribute("data-seen", allSeen(paper));
}

// --- saying ----------------------------------------------------------------------------------------------------------

function confirm(kind) {
  const paper = papers[at];
  if (!canSay(paper)) return;
  if (!allSeen(paper)) {
    const unseen = Array.from({ length: paper.pages }, (_, index) => index + 1).find((number) => !paper.seen.has(number));
    if (unseen && unseen !== viewer.page) viewer.show(unseen);
    warn(byId("told").dataset.lookFirst);
    return;
  }
  say({ copy_kind: kind });
}

function refuse(trouble) {
  if (canSay(papers[at])) say({ trouble });
}

function say(said) {
  papers[at].said = said;
  const open = (paper) => canSay(paper) && !paper.said && paper.stands === "open";
  const next = papers.findIndex((paper, index) => index > at && open(paper));
  const first = next < 0 ? papers.findIndex(open) : next;
  if (first >= 0) {
    show(first);
    // Away from the button that was pressed: the next Enter is about the next paper as it is.
    papers[first].pick.focus({ preventScroll: true });
    return;
  }
  byId("told").hidden = true;
  tell();
  byId("write").focus(); // All is said: the next Enter records it.
}

function warn(text) {
  byId("told").textContent = text;
  byId("told").hidden = false;
}

async function write() {
  const said = papers.filter((paper) => paper.said);
  if (said.length === 0 || byId("write").disabled) return;
  byId("write").disabled = true;
  const body = said.map((paper) => ({
    document_id: paper.id,
    sha256: paper.sha256,
    pages: [...paper.seen].filter((number) => number > 0),
    ...paper.said,
  }));
  const confirmed = said.some((paper) => paper.said.copy_kind); // What was confirmed may be signed next.
  try {
    const answer = await fetch(`/api/v1/dossiers/${root.dataset.code}/confirmation`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ papers: body }),
    });
    if (answer.ok) return location.assign(`/dossiers/${root.dataset.code}${confirmed ? root.dataset.then : ""}`);
    if (answer.status === 401) return location.assign("/sign-in");
    warn((await answer.json()).title);
  } catch {
    warn(root.dataset.notSent);
  }
  byId("write").disabled = false;
}

// --- keys ------------------------------------------------------------------------------------------------------------

const KINDS = [...root.querySelectorAll("[data-kind]")].map((button) => button.dataset.kind);
const TROUBLES = { x: "copy_differs", t: "copy_incomplete", m: "copy_illegible", s: "paper_altered" };
const MOVES = {
  ArrowUp: () => at > 0 && show(at - 1),
  ArrowDown: () => at < papers.length - 1 && show(at + 1),
  Backspace: () => unmark(),
};

function unmark() {
  papers[at].said = null;
  tell();
}

function onKey(event) {
  if (isTyping(event) || (event.shiftKey && event.key.startsWith("Arrow"))) return;
  if (event.ctrlKey) {
    if (event.key === "Enter") write();
    return;
  }
  const action = actionOf(event);
  if (!action) return;
  event.preventDefault();
  if (!event.repeat) action(); // A key that is held down says nothing of the papers that come after.
}

function actionOf(event) {
  const key = event.key;
  if (key === "Enter") {
    // On a button, Enter presses that button.
    const elsewhere = event.target instanceof Element && event.target.closest("a, button:not(.pick)");
    return elsewhere ? null : () => confirm(papers[at].preset);
  }
  if (/^[1-4]$/.test(key)) return () => confirm(KINDS[Number(key) - 1]);
  const trouble = TROUBLES[key.toLowerCase()];
  return trouble ? () => refuse(trouble) : MOVES[key];
}

// --- wiring ----------------------------------------------------------------------------------------------------------

if (papers.length) {
  document.addEventListener("keydown", onKey);
  viewer = new Viewer(root.querySelector("[data-viewer]")); // After the keys of this page, which it leaves alone.
  viewer.addEventListener("turn", () => clearTimeout(looking));
  viewer.addEventListener("shown", () => papers[at].pages > 0 && lookAt(papers[at], viewer.page));
  picks.forEach((pick, index) => pick.addEventListener("click", () => show(index)));
  byId("same").addEventListener("click", () => confirm(papers[at].preset));
  byId("unmark").addEventListener("click", unmark);
  byId("write").addEventListener("click", write);
  for (const button of root.querySelectorAll("[data-kind]")) button.addEventListener("click", () => confirm(button.dataset.kind));
  for (const button of root.querySelectorAll("[data-trouble]")) button.addEventListener("click", () => refuse(button.dataset.trouble));
  const first = papers.findIndex((paper) => paper.stands === "open");
  show(Math.max(0, first));
}
