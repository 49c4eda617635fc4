/**
 * The list above the composer: what can be picked now, moved through with the arrow keys or the pointer. Focus stays in
 * the text field, which names the active line for screen readers.
 */

import { append, h } from "./dom.js";

/**
 * @typedef {{label: string, hint?: string, meta?: string, badge?: string, testid: string, pick: () => void,
 *            data?: Record<string, string>}} Item
 * @typedef {{heading: Node|string|null, items: Item[], note?: string, active?: number, state?: "loading"|"ready"}} Listing
 */

const LIST = "suggestions";

/** What a text field has whose typing is helped by the list. */
export const FIELD = Object.freeze({
  type: "text",
  autocomplete: "off",
  spellcheck: "false",
  autocapitalize: "off",
  enterkeyhint: "send",
  role: "combobox",
  "aria-expanded": "false",
  "aria-controls": LIST,
  "aria-autocomplete": "list",
});

export class Suggest {
  #active = -1;
  /** @type {Item[]} */ #items = [];
  /** @type {HTMLElement[]} */ #lines = [];

  constructor() {
    this.list = h("ul.suggest-list", { id: LIST, role: "listbox", "aria-label": "Suggestions" });
    this.heading = h("div.suggest-heading");
    this.note = h("div.suggest-note");
    this.element = h("div.suggest", { hidden: true, data: { testid: "suggest" } }, this.heading, this.list, this.note);
    // A press here must not take the focus out of the field.
    this.element.addEventListener("pointerdown", (/** @type {Event} */ event) => event.preventDefault());
    this.element.addEventListener("mousedown", (/** @type {Event} */ event) => event.preventDefault());
  }

  get open() {
    return !this.element.hidden;
  }

  /** @returns {boolean} whether Enter would pick something */
  get hasActive() {
    return this.open && this.#active >= 0;
  }

  get count() {
    return this.open ? this.#items.length : 0;
  }

  /** @param {Listing} listing */
  show({ heading, items, note = "", active = 0, state = "ready" }) {
    this.#items = items;
    this.heading.replaceChildren();
    append(this.heading, [heading]);
    this.heading.hidden = !heading;
    this.note.textContent = note;
    this.note.hidden = !note;
    this.#lines = items.map((item, index) => this.#line(item, index));
    this.list.replaceChildren(...this.#lines);
    this.list.hidden = !items.length;
    this.element.dataset.state = state;
    this.element.hidden = !heading && !items.length && !note;
    this.#activate(Math.min(active, items.length - 1));
  }

  /** @param {Item} item @param {number} index @returns {HTMLElement} */
  #line(item, index) {
    return h(
      "li.suggest-item",
      {
        role: "option",
        id: `suggestion-${index}`,
        "aria-selected": "false",
        data: { testid: item.testid, ...item.data },
        onclick: () => item.pick(),
        onpointermove: () => this.#active !== index && this.#activate(index),
      },
      h(
        "span.suggest-main",
        {},
        h("span.suggest-label", {}, item.label, item.badge && h("span.suggest-badge", {}, item.badge)),
        item.hint && h("span.suggest-hint", {}, item.hint),
      ),
      item.meta && h("span.suggest-meta", {}, item.meta),
    );
  }

  hide() {
    this.element.hidden = true;
    this.#items = [];
    this.#activate(-1);
  }

  /** @param {number} step 1 down, -1 up; past the end it begins anew */
  move(step) {
    const count = this.#items.length;
    if (!count) return;
    this.#activate(this.#active < 0 ? (step > 0 ? 0 : count - 1) : (this.#active + step + count) % count);
    this.#lines[this.#active].scrollIntoView({ block: "nearest" });
  }

  /** @param {number} index */
  #activate(index) {
    this.#active = index;
    this.#lines.forEach((line, at) => line.setAttribute("aria-selected", String(at === index)));
    const field = document.activeElement;
    if (!field || field.getAttribute("aria-controls") !== this.list.id) return;
    field.setAttribute("aria-expanded", String(this.open));
    if (index >= 0) field.setAttribute("aria-activedescendant", `suggestion-${index}`);
    else field.removeAttribute("aria-activedescendant");
  }

  /** Picks the active line, or the first when none is. @returns {boolean} whether there was one */
  pick() {
    const item = this.#items[Math.max(this.#active, 0)];
    if (!this.open || !item) return false;
    item.pick();
    return true;
  }
}
