// Warns before a session that was left alone ends, and leaves the page when it has: papers must not stay on the screen.

import { byId } from "/static/page.js";

const LOOK_S = 60;

const warning = byId("session-end");
let endsAt = Infinity;
let warnS = 0;
let toldAt = performance.now();
let active = false;
let quiet = false; // It cannot be made to last longer: to warn again would only be in the way.

const left = () => Math.ceil((endsAt - performance.now()) / 1000);

/** Ask how long the session lasts; `byPerson` makes it go on. */
async function ask(byPerson) {
  try {
    const answer = await fetch("/session", { headers: byPerson ? {} : { "hoso-background": "1" } });
    if (answer.status === 401) leave();
    if (!answer.ok) return;
    const told = await answer.json();
    endsAt = performance.now() + told.left_s * 1000;
    warnS = told.warn_s;
  } catch {
    // The server is being started again; the next look will tell.
  }
}

function leave() {
  document.body.hidden = true;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Somebody is at work here, though perhaps nothing was sent: typing counts as use as well. */
async function goOn() {
  active = false;
  toldAt = performance.now();
  await ask(true);
  quiet = left() <= warnS;
}

async function look() {
  if (active && performance.now() - toldAt > LOOK_S * 1000) await goOn();
  if (left() > warnS) {
    if (warning.open) warning.close("elsewhere");
    return;
  }
  if (!warning.open || left() % 10 === 0) await ask(false); // It may have gone on in another window.
  if (left() <= 0) return leave();
  byId("session-left").textContent = String(left());
  if (left() <= warnS && !warning.open && !quiet) warning.showModal();
}

for (const kind of ["keydown", "pointerdown", "wheel"]) {
  addEventListener(kind, () => { active = true; }, { capture: true, passive: true });
}
warning.addEventListener("close", () => { if (warning.returnValue !== "elsewhere") goOn(); });
document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(false); });
setInterval(look, 1000);
setInterval(() => { if (!document.hidden) ask(false); }, LOOK_S * 1000);
ask(false);
