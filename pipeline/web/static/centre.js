// The line about the centre renews itself while the page is seen.

import { byId, part } from "/static/page.js";
import { morphChildren } from "/static/morph.js";

const RENEW_MS = 30_000;

async function renew() {
  const text = document.hidden ? null : await part("/centre", {}, true);
  if (text !== null) {
    const fresh = document.createElement("div");
    fresh.innerHTML = text;
    morphChildren(byId("centre"), fresh);
  }
  setTimeout(renew, RENEW_MS);
}

setTimeout(renew, RENEW_MS);
