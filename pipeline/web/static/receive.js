// Receiving: send files, follow their reading. Without it the page still shows what was received.

import { byId, part } from "/static/page.js";

const POLL_MS = 800;
const list = byId("submissions");

// --- sending ---------------------------------------------------------------------------------------------------------

function receive(files) {
  const all = [...files];
  if (all.length === 0) return;
  const groups = byId("together").checked ? [all] : all.map((file) => [file]);
  for (const group of groups) waiting.push({ group, card: showUpload(group) });
  byId("together").checked = false;
  sendNext();
}

const waiting = [];
let sending = false;

// One after another: the first paper is being read while the next one is sent.
function sendNext() {
  const next = waiting.shift();
  if (sending || !next) {
    if (next) waiting.unshift(next);
    return;
  }
  sending = true;
  send(next.group, next.card).finally(() => {
    sending = false;
    sendNext();
  });
}

function showUpload(group) {
  const card = byId("uploading").content.firstElementChild.cloneNode(true);
  card.querySelector(".files").textContent = group.map((file) => file.name).join(", ");
  list.prepend(card);
  byId("nothing").hidden = true;
  return card;
}

function send(group, card) {
  const limit = Number(byId("receive").dataset.limitMb) * 1024 * 1024;
  if (group.reduce((sum, file) => sum + file.size, 0) > limit) {
    fail(card, byId("upload-too-large").content.textContent);
    return Promise.resolve();
  }
  const form = new FormData();
  for (const file of group) form.append("files", file, file.name);
  // fetch() does not tell how far an upload is.
  const request = new XMLHttpRequest();
  return new Promise((done) => {
    request.open("POST", "/api/v1/submissions");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) card.querySelector("progress").value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => {
      const answer = parse(request.responseText);
      if (request.status === 202) follow(card, answer.submission_id);
      else fail(card, answer.title ?? byId("upload-failed").content.textContent);
      done();
    });
    request.send(form);
  });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function fail(card, sentence) {
  card.querySelector("progress").remove();
  card.querySelector(".state").remove();
  const reason = document.createElement("p");
  reason.className = "reason bad";
  reason.textContent = sentence;
  card.append(reason);
}

// --- following -------------------------------------------------------------------------------------------------------

async function follow(card, id) {
  // The same content handed in again is the same submission: one card of it is enough.
  const known = byId(`submission-${id}`);
  if (known && known !== card) known.remove();
  for (;;) {
    const text = await part(`/submissions/${id}`, {}, true);
    if (text !== null) {
      const fresh = document.createRange().createContextualFragment(text).firstElementChild;
      if (fresh.outerHTML !== card.outerHTML) {
        card.replaceWith(fresh);
        card = fresh;
      }
      if (!("live" in card.dataset)) return;
    }
    await new Promise((later) => setTimeout(later, POLL_MS));
    if (!card.isConnected) return;
  }
}

// --- wiring ----------------------------------------------------------------------------------------------------------

byId("files").addEventListener("change", (event) => {
  receive(event.target.files);
  event.target.value = "";
});
document.addEventListener("paste", (event) => {
  if (event.clipboardData?.files.length) receive(event.clipboardData.files);
});
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

for (const card of list.querySelectorAll("[data-live]")) follow(card, card.dataset.id);
