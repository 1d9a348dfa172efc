// Sends files in pieces (tus 1.0.0). What the server has acknowledged is never sent again, and never lost.

const PIECE_BYTES = 1024 * 1024;
const PATIENCE_MS = [300, 600, 1200, 2500, 5000];
const TUS = { "tus-resumable": "1.0.0" };
const waiting = [];
let busy = false;
let offline = false;
let told = null;

/** What the page wants to be told: `progress(id, bytes)`, `changed()`, `refused(name, sentence)`, `status(left, offline)`. */
export function tell(listener) {
  told = listener;
}

/** Send files, one after another: the first is being looked at while the next is on its way. */
export function send(files) {
  waiting.push(...files);
  report();
  run();
}

async function run() {
  if (busy) return;
  busy = true;
  while (waiting.length > 0) {
    const file = waiting[0];
    try {
      await sendOne(file);
    } catch (error) {
      told.refused(file.name, error instanceof Refusal ? error.message : "");
    }
    waiting.shift();
    report();
    told.changed();
  }
  busy = false;
}

function report() {
  told.status(waiting.length, offline);
}

class Refusal extends Error {}

async function sendOne(file) {
  // The file stays where the citizen's scan lies: a copy in the browser's own store would outlive the session.
  const id = (await unfinished(file)) ?? (await begin(file));
  told.changed();
  let offset = Number((await located(id)).headers.get("upload-offset"));
  while (offset < file.size) {
    const answer = await patiently(async (again) => {
      if (again) offset = Number((await ask(`/api/v1/uploads/${id}`, "HEAD")).headers.get("upload-offset"));
      const body = await file.slice(offset, offset + PIECE_BYTES).arrayBuffer();
      return ask(`/api/v1/uploads/${id}`, "PATCH", { "upload-offset": offset, "content-type": "application/offset+octet-stream" }, body);
    });
    // Another connection, thought dead, has gone on: what it brought counts.
    const standing = answer.status === 409 ? await located(id) : await accepted(answer);
    offset = Number(standing.headers.get("upload-offset"));
    told.progress(id, offset);
  }
}

/** The upload that a page which was closed half way has left of this file, or whose beginning we were not told of. */
async function unfinished(file) {
  const answer = await patiently(() => ask("/api/v1/uploads", "GET"));
  const uploads = await (await accepted(answer)).json();
  const same = (one) => one.name === file.name && one.size_bytes === file.size && one.mark === String(file.lastModified);
  return uploads.find((one) => one.state === "sending" && same(one))?.upload_id;
}

async function begin(file) {
  const metadata = `filename ${base64(file.name)},mark ${base64(String(file.lastModified))}`;
  const answer = await patiently(async (again) => {
    const known = again ? await unfinished(file) : undefined;
    return known ? located(known) : ask("/api/v1/uploads", "POST", { "upload-length": file.size, "upload-metadata": metadata });
  });
  const begun = await accepted(answer);
  return (begun.headers.get("location") ?? new URL(begun.url).pathname).split("/").pop();
}

async function located(id) {
  return accepted(await patiently(() => ask(`/api/v1/uploads/${id}`, "HEAD")));
}

async function ask(url, method, headers = {}, body = undefined) {
  const answer = await fetch(url, { method, headers: { ...TUS, ...headers }, body });
  if (answer.status === 401) location.assign("/sign-in");
  return answer;
}

async function accepted(answer) {
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Refusal(problem.title ?? "");
}

/** Try until the server can be reached; it is being started again, or the cable is out. */
async function patiently(step) {
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await step(tries > 0);
      if (answer.status < 500 || answer.status === 507) {
        noteOffline(false);
        return answer;
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch() says so of a network that is away
    }
    noteOffline(true);
    await networkOr(PATIENCE_MS[Math.min(tries, PATIENCE_MS.length - 1)]);
  }
}

function noteOffline(now) {
  if (now === offline) return;
  offline = now;
  report();
}

function networkOr(ms) {
  return new Promise((done) => {
    const timer = setTimeout(done, ms);
    addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

addEventListener("beforeunload", (event) => {
  if (waiting.length > 0) event.preventDefault();
});
