// Signing a dossier's copies: with the key that the server reaches, or with the token of this machine. In that case the
// window of this machine's own signer is opened: certificates and signatures come from it, hashes go to it, and nothing
// else. What it sends is believed of its own address alone.

import { byId } from "/static/page.js";

const ANSWERS_MS = 8000; // A signer that runs answers at once; longer than that it is not there.
const LOOKS_MS = 500;

const root = byId("sign");
const address = `/api/v1/dossiers/${root.dataset.code}`;
const signer = root.dataset.signer;
let opened = null;
let prepared = null;
let waiting = null;
let watching = null;

function tell(text) {
  byId("going-on").hidden = true;
  byId("told").textContent = text;
  byId("told").hidden = false;
  byId("sign-now").disabled = false;
}

function goOn(text) {
  byId("told").hidden = true;
  byId("going-on").textContent = text;
  byId("going-on").hidden = false;
  byId("sign-now").disabled = true;
}

/** What the server answers; null, and the officer is told, where it refuses. */
async function send(path, body) {
  try {
    const answer = await fetch(address + path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    if (answer.status === 401) location.assign("/sign-in");
    const told = await answer.json();
    if (answer.ok) return told;
    tell(told.title);
  } catch {
    tell(root.dataset.notSent);
  }
  return null;
}

const leave = () => location.assign(`/dossiers/${root.dataset.code}`);

// --- the key that the server reaches ---------------------------------------------------------------------------------

async function signThere() {
  goOn(root.dataset.waiting);
  const pin = byId("pin");
  const done = await send("/signature", { pin: pin ? pin.value : "" });
  if (pin) {
    pin.value = "";
    pin.focus();
  }
  if (done) leave();
}

// --- the token of this machine ---------------------------------------------------------------------------------------

function openSigner() {
  opened = window.open(`${signer}/`, "hoso-signer", "popup,width=560,height=600");
  if (!opened) return tell(root.dataset.noWindow);
  goOn(root.dataset.waiting);
  watch();
  waiting = setTimeout(() => stop(root.dataset.noAnswer), ANSWERS_MS);
}

/** Whoever closes the window without a PIN gets the button back. */
function watch() {
  unwatch();
  watching = setInterval(() => opened.closed && stop(root.dataset.closed), LOOKS_MS);
}

function unwatch() {
  clearTimeout(waiting);
  clearInterval(watching);
}

function stop(text) {
  unwatch();
  tell(text);
}

addEventListener("message", async (event) => {
  if (!signer || event.origin !== signer || event.source !== opened) return;
  clearTimeout(waiting);
  const said = event.data;
  if (said?.hoso === "ready") {
    watch();
    goOn(root.dataset.waiting);
    prepared = await send("/signing", { certificates: said.certificates });
    if (prepared) opened.postMessage({ hoso: "sign", code: root.dataset.code, digests: prepared.digests }, signer);
    else {
      unwatch();
      opened.close();
    }
  } else if (said?.hoso === "signed" && prepared) {
    unwatch(); // What it had to give is here.
    const done = await send(`/signing/${prepared.signing_id}`, { signatures: said.signatures });
    opened.postMessage({ hoso: done ? "done" : "refused" }, signer);
    if (done) leave();
  } else if (said?.hoso === "refused") {
    tell(said.title);
  }
});

// --- wiring ----------------------------------------------------------------------------------------------------------

byId("sign-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  if (signer) openSigner();
  else signThere();
});
