// Saying why: digits press the answers.

import { pressByKey } from "/static/keys.js";

pressByKey();
