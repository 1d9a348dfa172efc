// The window of the counter's own signer. It speaks to the office's page alone, which must have opened it; each signing
// needs the PIN anew, and a wrong one is not sent again.

const root = document.getElementById("window");
const office = root.dataset.office;
const what = document.getElementById("what");
const form = document.getElementById("pin-form");
const pin = document.getElementById("pin");
const told = document.getElementById("told");
let digests = null;

function tell(text) {
  told.textContent = text;
  told.hidden = false;
}

/** What the signer of this machine answers; null, and the officer is told, where it refuses. */
async function ask(path, body) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", "hoso-window": root.dataset.secret },
      body: JSON.stringify(body),
    });
    const said = await answer.json();
    if (answer.ok) return said;
    tell(said.title);
    opener.postMessage({ hoso: "refused", title: said.title }, office);
  } catch {
    tell(root.dataset.noAnswer);
  }
  return null;
}

addEventListener("message", (event) => {
  if (event.origin !== office || event.source !== opener) return;
  const said = event.data;
  if (said?.hoso === "sign" && Array.isArray(said.digests)) {
    digests = said.digests.map(String);
    what.textContent = root.dataset.what.replace("{}", String(digests.length)).replace("{}", String(said.code));
    form.hidden = false;
    pin.focus();
  } else if (said?.hoso === "done") {
    what.textContent = root.dataset.done;
    close();
  } else if (said?.hoso === "refused") {
    what.textContent = "";
    tell(root.dataset.refused);
  }
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  told.hidden = true;
  form.hidden = true;
  const said = await ask("/signatures", { digests, pin: pin.value });
  pin.value = "";
  if (!said) {
    form.hidden = false;
    pin.focus();
    return;
  }
  what.textContent = root.dataset.signing;
  opener.postMessage({ hoso: "signed", signatures: said.signatures }, office);
});

if (!opener) {
  what.textContent = root.dataset.alone;
} else {
  const said = await ask("/certificates", {});
  if (said) opener.postMessage({ hoso: "ready", certificates: said.certificates }, office);
  else what.textContent = "";
}
