// The figures: periods and downloads by key. The page itself is whole without this.

import { pressByKey } from "/static/keys.js";

pressByKey();
