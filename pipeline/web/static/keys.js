// Single-letter keys for what a page's links and buttons do.

/** Whether a key press is somebody typing, or meant for the browser: never a shortcut. */
export function isTyping(event) {
  const field = event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]");
  return Boolean(field) || event.isComposing || event.altKey || event.metaKey;
}

/** Presses what carries `data-key` with the letter that was typed. */
export function pressByKey() {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event) || event.ctrlKey || event.repeat || event.key.length !== 1) return;
    const meant = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (!meant || meant.disabled) return;
    event.preventDefault();
    meant.click();
  });
}
