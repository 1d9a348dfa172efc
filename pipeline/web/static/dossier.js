// A dossier: keys for its actions, and answers that count at once. Without it the page has buttons for both.

import { byId } from "/static/page.js";
import { pressByKey } from "/static/keys.js";

pressByKey();

const conditions = byId("conditions");
if (conditions) {
  conditions.querySelector("button").hidden = true;
  conditions.addEventListener("change", () => conditions.requestSubmit());
}
