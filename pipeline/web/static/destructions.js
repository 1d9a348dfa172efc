// Destructions: what may be done, by key. The pages themselves are whole without this.

import { pressByKey } from "/static/keys.js";

pressByKey();
