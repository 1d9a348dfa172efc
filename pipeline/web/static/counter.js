// The counter page's behaviour: send files, follow their reading, search as one types. Without it the page still shows
// what was received.

const POLL_MS = 800;
const TYPING_PAUSE_MS = 150;
const byId = (id) => document.getElementById(id);
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
    const text = await part(`/submissions/${id}`);
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

async function part(url, options) {
  try {
    const answer = await fetch(url, options);
    return answer.ok ? await answer.text() : null;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    return null; // The server is being started again; the next look will tell.
  }
}

// --- searching -------------------------------------------------------------------------------------------------------

let typing = 0;
let asking = new AbortController();

async function search() {
  asking.abort();
  asking = new AbortController();
  const words = byId("q").value.trim();
  if (words === "") {
    showFound(null);
    return;
  }
  try {
    const body = new URLSearchParams({ q: words });
    const text = await part("/search", { method: "POST", body, signal: asking.signal });
    if (text !== null) showFound(text);
  } catch (error) {
    if (error.name !== "AbortError") throw error; // A newer question is on its way.
  }
}

function showFound(text) {
  byId("found").innerHTML = text ?? "";
  byId("found").hidden = text === null;
  byId("desk").hidden = text !== null;
}

// --- wiring ----------------------------------------------------------------------------------------------------------

byId("q").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(search, TYPING_PAUSE_MS);
});
byId("search").addEventListener("submit", async (event) => {
  event.preventDefault();
  clearTimeout(typing);
  await search();
  byId("found").querySelector("a")?.focus();
});
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
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, textarea")) {
    event.preventDefault();
    byId("q").focus();
    byId("q").select();
  } else if (event.key === "Escape" && byId("q").value !== "") {
    byId("q").value = "";
    showFound(null);
    byId("q").focus();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !byId("found").hidden) {
    step(event);
  }
});

function step(event) {
  const stops = [byId("q"), ...byId("found").querySelectorAll("a")];
  const here = stops.indexOf(document.activeElement);
  if (here === -1) return;
  event.preventDefault();
  stops[Math.min(stops.length - 1, Math.max(0, here + (event.key === "ArrowDown" ? 1 : -1)))].focus();
}

for (const card of list.querySelectorAll("[data-live]")) follow(card, card.dataset.id);
