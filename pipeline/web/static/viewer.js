// The viewer of a paper's pages: pictures that can be enlarged, words that can be selected, places that were found, and
// the original beside the copy. Its markup is templates/viewer_stage.html; a page makes one `Viewer` of it.

import { isTyping } from "/static/keys.js";
import { part } from "/static/page.js";

const ZOOMS = [0.25, 0.35, 0.5, 0.7, 1, 1.25, 1.5, 2, 3, 4]; // Of the width there is; "fit" is the whole page.
const AROUND_PX = 16;
const PAN_PX = 120;
const SHARP_FROM_PX = 1200; // Wider than this a page is fetched in its larger size.
const KEPT = 8;
const pen = document.createElement("canvas").getContext("2d");
pen.font = "100px sans-serif";
const EM = 0.01; // What the pen measures is for letters of a hundred pixels.
const SPACE = pen.measureText(" ").width * EM;

export class Viewer extends EventTarget {
  /**
   * Shows the paper that the markup names, if it names one; keys that a page has used itself it leaves alone. Tells by an
   * event `turn` that another page is to be shown, and by `shown` that its picture is there.
   */
  constructor(root) {
    super();
    this.root = root;
    const { id, pages, first, query, zoom } = root.dataset;
    this.query = query;
    this.zoom = zoom === "fit" ? "fit" : 1;
    this.pages = 0;
    this.page = 0;
    this.asked = "";
    this.pictures = new Map();
    this.copy = root.querySelector('[data-sheet="copy"]');
    this.original = root.querySelector('[data-sheet="original"]');
    this.leader = this.copy;
    this.#listen();
    if (id) this.open(id, Number(pages), Number(first));
  }

  /** Show a paper of so many pages, beginning with `page`. */
  open(id, pages, page = 1) {
    this.base = `/papers/${id}`;
    this.pages = pages;
    return this.show(page);
  }

  /** The sheets that are on the screen. */
  get sheets() {
    return this.original && !this.original.hidden ? [this.copy, this.original] : [this.copy];
  }

  /** Show page `page`, from 1; resolves once its picture is there. */
  async show(page) {
    if (this.pages === 0) return;
    this.page = Math.min(this.pages, Math.max(1, page));
    this.#tell();
    this.#clear();
    for (const sheet of this.sheets) sheet.scrollTo(0, 0);
    this.dispatchEvent(new Event("turn"));
    const wanted = this.#place();
    const [isDrawn] = await Promise.all(this.sheets.map((sheet) => this.#draw(sheet)));
    if (!isDrawn || wanted !== this.#place()) return;
    this.dispatchEvent(new Event("shown"));
    await Promise.all([this.#write(), this.#mark(this.asked, "found")]);
    if (this.page < this.pages) this.#picture("pages", this.page + 1, "page").catch(() => {});
  }

  /** Turn pages: 1 forward, -1 back. */
  turn(by) {
    const wanted = Math.min(this.pages, Math.max(1, this.page + by));
    if (wanted !== this.page) this.show(wanted);
  }

  /** Mark the words of a search on every page from now on. */
  async search(words) {
    this.asked = words;
    const drawn = Number(this.copy.querySelector(".leaf").dataset.page) === this.page;
    if (drawn) await this.#mark(words, "found"); // Else they are marked once the page is there.
  }

  /** Show where a text stands on a page; resolves to whether it was found. An empty one takes the mark away. */
  async point(text, page = this.page) {
    if (page !== this.page) await this.show(page);
    return (await this.#mark(text, "pointed")) > 0;
  }

  /** The next zoom in (1) or out (-1); `at` is where the pointer is. */
  zoomBy(step, at = null) {
    const now = this.#share();
    const next = step > 0 ? ZOOMS.find((one) => one > now * 1.01) : ZOOMS.findLast((one) => one < now * 0.99);
    if (next) this.#zoomTo(next, at);
  }

  /** The whole page, as large as it goes; again: as wide as there is room. */
  fit() {
    this.#zoomTo(this.zoom === "fit" ? 1 : "fit");
  }

  /** The original beside the copy, or no more. */
  async beside() {
    if (!this.original) return;
    this.original.hidden = !this.original.hidden;
    this.root.classList.toggle("two", !this.original.hidden);
    this.root.querySelector('[data-act="beside"]').setAttribute("aria-pressed", String(!this.original.hidden));
    this.#layOut();
    if (!this.original.hidden) await this.#draw(this.original);
  }

  /** The page that is to be shown; what was fetched for another one comes too late. */
  #place() {
    return `${this.base}/${this.page}`;
  }

  // --- pictures ------------------------------------------------------------------------------------------------------

  #picture(kind, page, size) {
    const key = `${this.base}/${kind}/${page}/${size}${this.query}`;
    const known = this.pictures.get(key);
    if (known) return known;
    const image = new Image();
    image.alt = "";
    image.src = key;
    // The picture itself is kept: the browser may keep none, since pages of papers are never to be stored.
    const loaded = image.decode().then(() => image);
    this.pictures.set(key, loaded);
    loaded.catch(() => this.pictures.delete(key));
    if (this.pictures.size > KEPT) this.pictures.delete(this.pictures.keys().next().value);
    return loaded;
  }

  /** Puts the picture of the page on a sheet; resolves to whether it is there. */
  async #draw(sheet) {
    const kind = sheet === this.copy ? "pages" : "originals";
    const wanted = this.#place();
    const failed = sheet.querySelector(".failed");
    try {
      const image = await this.#picture(kind, this.page, this.#size(sheet));
      if (wanted !== this.#place()) return false;
      failed.hidden = true;
      const leaf = sheet.querySelector(".leaf");
      leaf.dataset.page = String(this.page);
      sheet.aspect = image.naturalWidth / image.naturalHeight;
      leaf.style.aspectRatio = String(sheet.aspect);
      leaf.querySelector("img")?.remove();
      leaf.prepend(image);
      this.#layOut();
      return true;
    } catch {
      if (wanted === this.#place()) failed.hidden = false;
      return false;
    }
  }

  #size(sheet) {
    return this.#width(sheet) * devicePixelRatio > SHARP_FROM_PX ? "large" : "page";
  }

  #sharpen() {
    for (const sheet of this.sheets) {
      const image = sheet.querySelector("img");
      if (image && !image.src.includes("/large") && this.#size(sheet) === "large") this.#draw(sheet);
    }
  }

  // --- size ----------------------------------------------------------------------------------------------------------

  #room(sheet) {
    return Math.max(80, sheet.clientWidth - 2 * AROUND_PX);
  }

  #width(sheet) {
    const room = this.#room(sheet);
    if (this.zoom !== "fit") return room * this.zoom;
    const head = sheet.querySelector("figcaption").offsetHeight;
    return Math.min(room, (sheet.clientHeight - head - 2 * AROUND_PX) * (sheet.aspect ?? 0.7));
  }

  #share() {
    return this.#width(this.copy) / this.#room(this.copy);
  }

  #layOut() {
    for (const sheet of this.sheets) sheet.querySelector(".leaf").style.width = `${this.#width(sheet)}px`;
    this.root.querySelector("[data-percent]").textContent = `${Math.round(this.#share() * 100)} %`;
  }

  #zoomTo(zoom, at = null) {
    const sheet = this.copy;
    const frame = sheet.getBoundingClientRect();
    const x = at ? at.clientX - frame.left : frame.width / 2;
    const y = at ? at.clientY - frame.top : frame.height / 2;
    const before = sheet.querySelector(".leaf").getBoundingClientRect();
    const [left, top] = [(frame.left + x - before.left) / before.width, (frame.top + y - before.top) / before.height];
    this.zoom = zoom;
    this.#layOut();
    const after = sheet.querySelector(".leaf").getBoundingClientRect();
    sheet.scrollBy(after.left + left * after.width - frame.left - x, after.top + top * after.height - frame.top - y);
    this.#sharpen();
  }

  // --- words ---------------------------------------------------------------------------------------------------------

  #clear() {
    for (const layer of this.root.querySelectorAll(".marks, .letters")) layer.replaceChildren();
    for (const leaf of this.root.querySelectorAll(".leaf")) {
      leaf.querySelector("img")?.remove();
      delete leaf.dataset.page;
    }
    for (const failed of this.root.querySelectorAll(".failed")) failed.hidden = true;
    this.root.querySelector("[data-places]").textContent = "";
  }

  /** The page's words, unseen above its picture, so that they can be selected and read aloud. */
  async #write() {
    const wanted = this.#place();
    const text = await part(`${this.base}/pages/${this.page}/words${this.query}`);
    if (text === null || wanted !== this.#place()) return;
    const { aspect, lines } = JSON.parse(text);
    const letters = this.copy.querySelector(".letters");
    letters.replaceChildren();
    for (const line of lines) {
      line.forEach((word, at) => letters.append(wordOf(word, line[at + 1], aspect)));
      letters.append(document.createElement("br"));
    }
  }

  /** Marks what is found of `words` on the page that is shown; resolves to how many words. */
  async #mark(words, look) {
    const marks = this.copy.querySelector(".marks");
    for (const old of marks.querySelectorAll(`.${look}`)) old.remove();
    if (words.trim() === "") return 0;
    const wanted = this.#place();
    const body = new URLSearchParams({ q: words });
    const text = await part(`${this.base}/pages/${this.page}/marks${this.query}`, { method: "POST", body });
    if (text === null || wanted !== this.#place()) return 0;
    const boxes = JSON.parse(text).map((box) => markOf(box, look));
    marks.append(...boxes);
    if (look === "found") {
      const told = this.root.querySelector("[data-places]");
      told.textContent = told.dataset.words.replace("{}", boxes.length);
    }
    if (boxes.length) this.#reveal(boxes[0]);
    return boxes.length;
  }

  #reveal(mark) {
    const [frame, box] = [this.copy.getBoundingClientRect(), mark.getBoundingClientRect()];
    const inside = box.top > frame.top + 40 && box.bottom < frame.bottom - 20 && box.left > frame.left && box.right < frame.right;
    if (!inside) this.copy.scrollBy(box.left - frame.left - frame.width / 3, box.top - frame.top - frame.height / 3);
  }

  // --- what people do ------------------------------------------------------------------------------------------------

  #tell() {
    const told = this.root.querySelector("[data-page-told]");
    told.textContent = told.dataset.words.replace("{}", this.page).replace("{}", this.pages);
    this.root.querySelector('[data-act="before"]').disabled = this.page === 1;
    this.root.querySelector('[data-act="after"]').disabled = this.page === this.pages;
  }

  #listen() {
    const acts = {
      before: () => this.turn(-1),
      after: () => this.turn(1),
      in: () => this.zoomBy(1),
      out: () => this.zoomBy(-1),
      fit: () => this.fit(),
      beside: () => this.beside(),
    };
    for (const button of this.root.querySelectorAll("[data-act]")) button.addEventListener("click", acts[button.dataset.act]);
    document.addEventListener("keydown", (event) => this.#onKey(event));
    for (const sheet of [this.copy, this.original].filter(Boolean)) {
      sheet.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
      sheet.addEventListener("scroll", () => this.#follow(sheet));
      for (const touch of ["pointerenter", "focusin"]) sheet.addEventListener(touch, () => (this.leader = sheet));
    }
    new ResizeObserver(() => this.#layOut()).observe(this.root);
  }

  #onKey(event) {
    // Control with + and - is the browser's own zoom, which some people need for all of the page.
    if (event.defaultPrevented || isTyping(event) || event.ctrlKey || document.querySelector("dialog[open]")) return;
    const act = event.shiftKey ? this.#pans()[event.key] : this.#keys()[event.key];
    if (!act) return;
    event.preventDefault();
    this.leader = this.copy;
    act();
  }

  #keys() {
    const [more, less] = [() => this.zoomBy(1), () => this.zoomBy(-1)];
    return {
      ArrowLeft: () => this.turn(-1),
      ArrowRight: () => this.turn(1),
      PageUp: () => this.turn(-1),
      PageDown: () => this.turn(1),
      Home: () => this.show(1),
      End: () => this.show(this.pages),
      ArrowUp: () => this.copy.scrollBy(0, -PAN_PX),
      ArrowDown: () => this.copy.scrollBy(0, PAN_PX),
      "+": more,
      "=": more,
      "-": less,
      0: () => this.fit(),
      o: () => this.beside(),
    };
  }

  #pans() {
    return {
      "+": () => this.zoomBy(1),
      O: () => this.beside(),
      ArrowUp: () => this.copy.scrollBy(0, -PAN_PX),
      ArrowDown: () => this.copy.scrollBy(0, PAN_PX),
      ArrowLeft: () => this.copy.scrollBy(-PAN_PX, 0),
      ArrowRight: () => this.copy.scrollBy(PAN_PX, 0),
    };
  }

  #onWheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    this.zoomBy(event.deltaY < 0 ? 1 : -1, event);
  }

  // Copy and original show the same place; the one that was touched last leads.
  #follow(sheet) {
    const other = this.sheets.find((one) => one !== sheet);
    if (!other || sheet !== this.leader) return;
    const share = (way, size) => sheet[`scroll${way}`] / Math.max(1, sheet[`scroll${size}`] - sheet[`client${size}`]);
    other.scrollTop = share("Top", "Height") * (other.scrollHeight - other.clientHeight);
    other.scrollLeft = share("Left", "Width") * (other.scrollWidth - other.clientWidth);
  }
}

function place(element, box) {
  element.style.left = `${box.left * 100}%`;
  element.style.top = `${box.top * 100}%`;
}

// One word and the space behind it, as far as the next word: a line can be selected without gaps. Sizes are shares of the
// page's width, so that words stay in their places at any zoom.
function wordOf(word, next, aspect) {
  const letters = document.createElement("span");
  letters.textContent = `${word.text} `;
  place(letters, word);
  const size = (word.bottom - word.top) / aspect;
  const stretch = (word.right - word.left) / Math.max(pen.measureText(word.text).width * EM * size, 0.0001);
  const space = ((next?.left ?? word.right + size) - word.right) / stretch - SPACE * size;
  letters.style.fontSize = `${size * 100}cqw`;
  letters.style.wordSpacing = `${space * 100}cqw`;
  letters.style.transform = `scaleX(${stretch})`;
  return letters;
}

/** A mark over a box of the page, given in fractions of it. */
export function markOf(box, look) {
  const mark = document.createElement("div");
  mark.className = look;
  place(mark, box);
  mark.style.width = `${(box.right - box.left) * 100}%`;
  mark.style.height = `${(box.bottom - box.top) * 100}%`;
  return mark;
}
