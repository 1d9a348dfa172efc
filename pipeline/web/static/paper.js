// The page of a paper: its viewer, and what leads to places on its pages. Without it the pages stand below each other.

import { isTyping, pressByKey } from "/static/keys.js";
import { open } from "/static/kept_words.js";
import { byId } from "/static/page.js";
import { Viewer } from "/static/viewer.js";

const CLOSES_MS = 150;
const page = byId("paper");
const stage = page.querySelector("[data-viewer]");
const viewer = stage ? new Viewer(stage) : null;

// --- pages -----------------------------------------------------------------------------------------------------------

function turned() {
  for (const row of page.querySelectorAll("[data-go]")) {
    if (Number(row.dataset.go) !== viewer.page) row.removeAttribute("aria-current");
    else {
      row.setAttribute("aria-current", "page");
      row.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
  const address = new URL(location.href);
  if (viewer.page === 1) address.searchParams.delete("page");
  else address.searchParams.set("page", viewer.page);
  history.replaceState(history.state, "", address);
}

// --- the words that led here -----------------------------------------------------------------------------------------

// They come from the page of searching through this tab's own memory, so that they stand in no address; sealed, so that
// nobody reads them there and another officer, who signs in later, does not take them over.
async function wordsThatLed() {
  const left = JSON.parse(sessionStorage.getItem("hoso-words") ?? "null");
  sessionStorage.removeItem("hoso-words");
  const led = left ?? history.state?.led;
  if (!led || led.id !== page.dataset.id) return "";
  history.replaceState({ ...history.state, led }, "");
  return (await open(led.kept)).q ?? "";
}

// --- fields ----------------------------------------------------------------------------------------------------------

async function point(button) {
  const seen = await viewer.point(button.dataset.find, Number(button.dataset.at));
  for (const old of page.querySelectorAll("[data-find]")) old.removeAttribute("aria-pressed");
  button.setAttribute("aria-pressed", "true");
  button.parentElement.querySelector(".unseen-value")?.remove();
  if (seen) return;
  const told = document.createElement("span");
  told.className = "unseen-value small";
  told.setAttribute("role", "status");
  told.textContent = button.dataset.unseen;
  button.after(told);
}

function unpoint() {
  const pointed = page.querySelector("[data-find][aria-pressed]");
  pointed?.removeAttribute("aria-pressed");
  viewer?.point("");
  return pointed !== null;
}

// --- back ------------------------------------------------------------------------------------------------------------

function back() {
  const fromHere = document.referrer !== "" && new URL(document.referrer).origin === location.origin;
  if (fromHere && history.length > 1) {
    history.back();
    return;
  }
  window.close(); // Opened in a tab of its own. A browser that does not allow it is led to the search.
  setTimeout(() => location.assign(byId("back").href), CLOSES_MS);
}

// --- wiring ----------------------------------------------------------------------------------------------------------

if (viewer) {
  viewer.addEventListener("turn", turned);
  turned();
  wordsThatLed().then((words) => viewer.search(words));
}
page.addEventListener("click", (event) => {
  const row = event.target.closest("[data-go]");
  const value = event.target.closest("[data-find]");
  if (row && !event.ctrlKey) {
    event.preventDefault();
    viewer.show(Number(row.dataset.go));
  } else if (value) {
    point(value);
  } else if (event.target.closest("#back")) {
    event.preventDefault();
    back();
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || isTyping(event) || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (!unpoint()) back();
});
pressByKey();
