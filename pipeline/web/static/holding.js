// Keeps what a page of the review desk shows locked for its officer, as long as he is there.

const RENEW_MS = 30_000;
const AWAKE_MS = 90_000; // Who touches nothing for so long is taken to have left.

let awake = Date.now();

/**
 * `held` gives `subjectId` (undefined: nothing) and `pageId` of what is shown now; `lost` is called when it was given
 * back meanwhile.
 */
export function keepHeld(held, lost) {
  const ask = (address, fields, options = {}) =>
    fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "hoso-background": "1" },
      ...options,
    });

  async function renew() {
    const { subjectId } = held();
    if (!subjectId || document.visibilityState !== "visible" || Date.now() - awake > AWAKE_MS) return;
    let status = 0;
    try {
      status = (await ask("/review/hold", { subject_id: subjectId })).status;
    } catch {
      return; // The server is being started again; the next time will tell.
    }
    if (status === 401) location.assign("/sign-in");
    if (status === 409 && subjectId === held().subjectId) lost();
  }

  function wake() {
    if (document.visibilityState !== "visible") return;
    const slept = Date.now() - awake > AWAKE_MS;
    awake = Date.now();
    if (slept) renew();
  }

  setInterval(renew, RENEW_MS);
  for (const sign of ["keydown", "pointerdown", "pointermove", "scroll"]) {
    document.addEventListener(sign, wake, { passive: true, capture: true });
  }
  document.addEventListener("visibilitychange", wake);
  addEventListener("pagehide", () => ask("/review/leave", { page_id: held().pageId }, { keepalive: true }));
  // A page that comes back out of the browser's memory holds nothing any more.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
