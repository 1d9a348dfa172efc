// The list of who looked, turned to the citizen: it is noted that it is printed, then printed.

import { byId, part } from "/static/page.js";

async function print() {
  await part(byId("print").dataset.note, { method: "POST" });
  window.print();
}

byId("print").addEventListener("click", print);
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "p" && !event.ctrlKey && !event.altKey && !event.metaKey) print();
});
