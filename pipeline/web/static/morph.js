// Makes a part of the page say what the server says now, and leaves alone what says it already: focus, pictures, typing.

/** Change `old` into `fresh`; children with an id are known again wherever they stand. */
export function morph(old, fresh) {
  if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
    old.replaceWith(fresh);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const name of old.getAttributeNames()) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const name of fresh.getAttributeNames()) {
    if (old.getAttribute(name) !== fresh.getAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
  }
  morphChildren(old, fresh);
  if (old.nodeName === "SELECT" && document.activeElement !== old) old.value = fresh.value;
}

/** Change the children of `old` into those of `fresh`. */
export function morphChildren(old, fresh) {
  const stays = new Set([...fresh.children].map((child) => child.id));
  for (const child of [...old.children]) if (child.id && !stays.has(child.id)) child.remove();
  let place = old.firstChild;
  for (const child of [...fresh.childNodes]) {
    const match = known(old, child, place);
    if (match === null) {
      old.insertBefore(child, place);
    } else {
      // What is moved loses the keyboard, so white space before it makes way instead.
      while (match !== place && place?.nodeType === Node.TEXT_NODE) place = dropped(place);
      if (match !== place) old.insertBefore(match, place);
      place = match.nextSibling;
      morph(match, child);
    }
  }
  while (place !== null) place = dropped(place);
}

function dropped(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function known(old, child, place) {
  if (child.id) return [...old.children].find((one) => one.id === child.id) ?? null;
  return place !== null && !place.id && place.nodeName === child.nodeName ? place : null;
}
