/**
 * One option of the command being written: its name and a text field in a chip.
 */

import { h } from "./dom.js";
import { check, fixedChoices, OptionType } from "./commands.js";
import { FIELD } from "./suggest.js";

/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./commands.js").Choice} Choice */

/** What an option takes, for its inline help. */
/** @type {Record<number, string>} */
const KINDS = {
  [OptionType.STRING]: "text",
  [OptionType.INTEGER]: "whole number",
  [OptionType.BOOLEAN]: "true or false",
  [OptionType.USER]: "member",
  [OptionType.CHANNEL]: "channel",
  [OptionType.ROLE]: "role",
  [OptionType.MENTIONABLE]: "member or role",
  [OptionType.NUMBER]: "number",
  [OptionType.ATTACHMENT]: "file",
};

export class Chip {
  /** @type {Choice|null} what was picked from a list; the text shows its name */
  picked = null;

  /**
   * @param {Option} option
   * @param {import("./state.js").Store} store
   */
  constructor(option, store) {
    this.option = option;
    this.fixed = fixedChoices(option, store);
    this.input = h("input.chip-input", {
      ...FIELD,
      "aria-label": `${option.name}${option.required ? ", required" : ""}: ${option.description ?? ""}`,
      "aria-required": option.required ? "true" : null,
      inputmode: option.type === OptionType.INTEGER ? "numeric" : option.type === OptionType.NUMBER ? "decimal" : null,
      data: { testid: `option-${option.name}` },
    });
    this.element = h(
      "span.chip",
      {
        data: { testid: `chip-${option.name}` },
        onmousedown: (/** @type {MouseEvent} */ event) => {
          if (event.target === this.input) return;
          event.preventDefault();
          this.focus();
        },
      },
      h("span.chip-name", {}, option.name, option.required && h("span.chip-required", { title: "required" }, "*")),
      this.input,
    );
    this.resize();
  }

  /** @returns {string} "whole number, 1 to 50" */
  get kind() {
    const { type, min_value: least, max_value: most } = this.option;
    const kind = this.option.choices?.length ? "one of the list" : (KINDS[type] ?? "text");
    if (least !== undefined && most !== undefined) return `${kind}, ${least} to ${most}`;
    if (least !== undefined) return `${kind}, at least ${least}`;
    return most === undefined ? kind : `${kind}, at most ${most}`;
  }

  get empty() {
    return this.input.value.trim() === "";
  }

  /** @returns {boolean} whether the text is still what was picked */
  get settled() {
    return this.picked !== null && this.picked.name === this.input.value;
  }

  /** @param {Choice|null} choice @param {string} [text] */
  set(choice, text = choice?.name ?? "") {
    this.picked = choice;
    this.input.value = text;
    this.resize();
    this.showError("");
  }

  /** @returns {{value?: any, error?: string}} */
  result() {
    return this.settled ? { value: this.picked?.value } : check(this.option, this.input.value, this.fixed);
  }

  /** @param {string} error none takes the mark off */
  showError(error) {
    this.element.classList.toggle("wrong", Boolean(error));
    this.input.setAttribute("aria-invalid", String(Boolean(error)));
    this.element.title = error;
  }

  resize() {
    this.input.style.width = `${Math.max(2, this.input.value.length + 1)}ch`;
  }

  /** Puts the cursor behind the text. */
  focus() {
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }
}
