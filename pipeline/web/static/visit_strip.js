// The open visit: two keys that no typing needs, on every page.

import { byId } from "/static/page.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "F8") {
    event.preventDefault();
    byId("visit-close").requestSubmit();
  } else if (event.key === "F9" && byId("visit-back")) {
    event.preventDefault();
    byId("visit-back").click();
  }
});
