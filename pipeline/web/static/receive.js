// The receiving page: what waits, what it is about, handing in, and following it until it is filed.

import { byId, part } from "/static/page.js";
import { photograph, seekCode } from "/static/camera.js";
import { listen } from "/static/keys.js";
import { morphChildren } from "/static/morph.js";
import { send, tell } from "/static/upload.js";

const SOON_MS = [150, 150, 200, 250, 300, 400, 600, 800];
const SCANS_MS = 3000;
const FOLLOW_MS = 700;
const CENTRE_MS = 30_000; // what waits for the centre may do so for hours
const words = byId("receive-words").dataset;
const table = byId("table");
const list = byId("submissions");
const bySending = new Set();

// --- the table -------------------------------------------------------------------------------------------------------

let rounds = 0;
let timer = 0;
let asked = 0;

function show(text) {
  const focused = document.activeElement?.closest?.(".file");
  const place = focused ? [...focused.parentNode.children].indexOf(focused) : -1;
  const fresh = document.createElement("div");
  fresh.innerHTML = text;
  morphChildren(table, fresh);
  // The keyboard stays where it was when a file under it is gone.
  if (focused && !focused.isConnected) (byId("piles").children[place] ?? byId("piles").lastElementChild ?? byId("receive"))?.focus();
  for (const file of table.querySelectorAll(".file[data-state=sending]")) file.classList.toggle("on-its-way", bySending.has(file.dataset.id));
}

async function refresh() {
  clearTimeout(timer);
  const mine = (asked += 1);
  const text = await part("/receive/table", {}, true);
  if (mine !== asked) return; // something was changed meanwhile, and its answer is newer
  if (text !== null) show(text);
  const looking = table.querySelector("[data-state=looking]") !== null;
  rounds = looking ? rounds + 1 : 0;
  timer = setTimeout(refresh, looking ? SOON_MS[Math.min(rounds, SOON_MS.length - 1)] : SCANS_MS);
}

function refreshSoon() {
  rounds = 0;
  refresh();
}

/** Send a change; the answer's text, or null after its refusal was told. */
async function change(url, body, headers = {}) {
  asked += 1;
  clearNotices();
  try {
    const accept = "text/html, application/problem+json";
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(body), headers: { accept, ...headers } });
    if (answer.status === 401) location.assign("/sign-in");
    if (answer.ok) return await answer.text();
    notice((await answer.json().catch(() => ({}))).title ?? words.failed);
  } catch {
    notice(words.failed);
  }
  return null;
}

async function changeTable(url, body) {
  const text = await change(url, body);
  if (text !== null) show(text);
  refreshSoon();
}

function notice(sentence) {
  const line = document.createElement("p");
  line.className = "reason bad";
  line.textContent = sentence;
  byId("notices").append(line);
}

function clearNotices() {
  byId("notices").replaceChildren();
}

async function remove(id) {
  const headers = { "tus-resumable": "1.0.0" };
  clearNotices();
  try {
    await fetch(`/api/v1/uploads/${id}`, { method: "DELETE", headers });
  } catch {
    notice(words.failed);
  }
  refreshSoon();
}

// --- sending ---------------------------------------------------------------------------------------------------------

tell({
  changed: refreshSoon,
  progress(id, bytes) {
    bySending.add(id);
    const card = byId(`file-${id}`);
    card?.classList.add("on-its-way");
    if (card?.querySelector("progress")) card.querySelector("progress").value = bytes;
  },
  refused: (name, sentence) => notice(`${name}: ${sentence || words.failed}`),
  status(left, offline) {
    byId("sending").hidden = left === 0;
    byId("sending").classList.toggle("offline", offline);
    byId("sending").textContent = left === 0 ? "" : (offline ? words.offline : words.sending).replace("{}", left);
    if (left === 0) bySending.clear();
  },
});

function receive(files) {
  if (files.length === 0) return;
  clearNotices();
  send([...files]);
}

// --- handing in and following ----------------------------------------------------------------------------------------

let handing = false;

async function handIn() {
  const form = byId("hand-in");
  const uploads = new FormData(form).getAll("uploads");
  if (handing || uploads.length === 0) return;
  handing = true;
  byId("hand-in-now").disabled = true;
  const body = uploads.map((id) => ["uploads", id]);
  if (byId("together").checked) body.push(["together", "true"]);
  const text = await change("/receive/hand-in", body, { "idempotency-key": crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
  handing = false;
  if (text !== null) {
    byId("together").checked = false;
    welcome(text);
  }
  refreshSoon();
}

function welcome(text) {
  const fresh = document.createRange().createContextualFragment(text);
  const refused = fresh.querySelector("[data-refused]");
  if (refused) byId("notices").append(refused);
  for (const card of [...fresh.querySelectorAll(".submission")].reverse()) {
    byId(card.id)?.remove(); // the same content handed in again is the same submission
    list.prepend(card);
    byId("nothing").hidden = true;
    if ("live" in card.dataset) follow(card);
  }
}

async function follow(card) {
  while (card.isConnected && "live" in card.dataset) {
    await new Promise((later) => setTimeout(later, card.dataset.live === "centre" ? CENTRE_MS : FOLLOW_MS));
    const text = await part(`/receive/submissions/${card.dataset.id}`, {}, true);
    if (text === null || !card.isConnected) continue;
    const fresh = document.createRange().createContextualFragment(text).firstElementChild;
    if (fresh.outerHTML === card.outerHTML) continue;
    card.replaceWith(fresh);
    card = fresh;
  }
}

// --- wiring ----------------------------------------------------------------------------------------------------------

for (const input of [byId("files"), byId("shots")]) {
  input.addEventListener("change", () => {
    receive(input.files);
    input.value = "";
  });
}
document.addEventListener("paste", (event) => receive(event.clipboardData?.files ?? []));
// The whole page takes a drop: a file let go beside the frame must not replace the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  byId("receive").classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) byId("receive").classList.remove("over");
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  byId("receive").classList.remove("over");
  receive(event.dataTransfer.files);
});

table.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.id === "hand-in") handIn();
  else sayAbout(event.submitter?.name === "forget" ? event.submitter.value : "");
});
table.addEventListener("change", (event) => {
  if (event.target.closest("#about") && event.target.name) sayAbout("");
});
table.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button?.dataset.remove) remove(button.dataset.remove);
  else if (button?.dataset.take) changeTable("/receive/folder", [["file_id", button.dataset.take]]);
  else if (button && "takeAll" in button.dataset) takeAll();
});
table.addEventListener("keydown", (event) => {
  if (event.target.id === "code" && event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    const text = event.target.value.trim();
    event.target.value = "";
    if (text) sayCode(text);
  } else if (event.target.matches(".file") && event.key === "Delete") {
    remove(event.target.dataset.id);
  }
});

function sayAbout(forget) {
  changeTable("/receive/circumstances", [["procedure", byId("procedure").value], ["channel", byId("channel").value], ["forget", forget]]);
}

function sayCode(text) {
  changeTable("/receive/code", [["text", text]]);
}

function takeAll() {
  const all = [...table.querySelectorAll("[data-take]:not(:disabled)")].map((button) => ["file_id", button.dataset.take]);
  if (all.length > 0) changeTable("/receive/folder", all);
}

function step(by, event) {
  const files = [...table.querySelectorAll(".file")];
  if (files.length === 0 || event.target.closest("button, a")) return;
  const here = files.indexOf(document.activeElement);
  event.preventDefault();
  files[Math.min(files.length - 1, Math.max(0, here + by))].focus();
}

const takePhotos = () => photograph(words.photoName, (file) => receive([file]));
const readCode = () => seekCode(sayCode);
byId("open-camera").addEventListener("click", takePhotos);
byId("open-codes").addEventListener("click", readCode);
listen(
  {
    t: () => byId("files").click(),
    c: takePhotos,
    q: readCode,
    l: takeAll,
    b: () => byId("together").click(),
    Enter: handIn,
    ArrowRight: (event) => step(1, event),
    ArrowLeft: (event) => step(-1, event),
  },
  sayCode,
);

for (const card of list.querySelectorAll("[data-live]")) follow(card);
refresh();
