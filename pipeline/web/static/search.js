// Search as one types.

import { byId, part } from "/static/page.js";

const TYPING_PAUSE_MS = 150;
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
}

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
