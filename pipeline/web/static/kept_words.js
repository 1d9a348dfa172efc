// What was searched for, as this browser may keep it: sealed by the server, which opens it for the same session alone.

import { part } from "/static/page.js";

/** What was searched for, by the names of the page's fields; empty values where another session did, or nobody. */
export async function open(kept) {
  const text = kept ? await part("/search/kept", { method: "POST", body: new URLSearchParams({ kept }) }, true) : null;
  return text ? JSON.parse(text) : {};
}
