// Keys of a page, and readers that type what they read: a burst of keys that ends with Enter.

const BURST_GAP_MS = 70;
const FEWEST_OF_A_CODE = 8;
let burst = "";
let timer = 0;

/** Listen outside of fields: `keys` by the letter typed, `Enter` among them; `code` is told the text of a burst. */
export function listen(keys, code = () => {}) {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.repeat) return;
    if (event.key === "Enter") {
      ended(event, keys, code);
    } else if (event.key.length === 1) {
      if (burst !== "") event.preventDefault(); // a space in a name must not press the focused button
      burst += event.key;
      clearTimeout(timer);
      timer = setTimeout(() => pressed(keys), BURST_GAP_MS);
    } else if (keys[event.key] && !document.querySelector("dialog[open]")) {
      keys[event.key](event);
    }
  });
}

function ended(event, keys, code) {
  const text = burst;
  clearTimeout(timer);
  burst = "";
  if (text.length >= FEWEST_OF_A_CODE) {
    event.preventDefault();
    code(text);
  } else if (text === "" && !event.target.closest("a, button, label, summary") && !document.querySelector("dialog[open]")) {
    keys.Enter?.(event);
  }
}

// One key alone was a person's: a reader would have typed on by now.
function pressed(keys) {
  const key = burst;
  burst = "";
  if (key.length === 1 && !document.querySelector("dialog[open]")) keys[key.toLowerCase()]?.();
}

/** Whether a key press is somebody typing, or meant for the browser: never a shortcut. */
export function isTyping(event) {
  const field = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=file])";
  const types = event.target instanceof Element && event.target.closest(field) !== null;
  return types || event.isComposing || event.altKey || event.metaKey;
}

/** Presses what carries `data-key` with the letter that was typed. */
export function pressByKey() {
  const press = (key) => {
    const meant = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (meant && !meant.disabled) meant.click();
  };
  // A letter of a reader's burst presses nothing.
  listen(new Proxy({}, { get: (_, key) => (key.length === 1 ? () => press(key) : undefined) }));
}
