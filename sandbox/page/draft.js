/**
 * The command that is being written: which one, and a chip for each of its options in use.
 */

import { sendCommand } from "./api.js";
import { Chip } from "./chips.js";
import { splitOptions } from "./commands.js";
import { h } from "./dom.js";

/** @typedef {import("./types.js").Runnable} Runnable */
/** @typedef {import("./types.js").Option} Option */
/** @typedef {{name: string, picked: import("./commands.js").Choice|null, text: string}[]} Written */

export class Draft {
  /** @type {Chip[]} */ chips = [];

  /**
   * @param {Runnable} command its required options get their chips at once
   * @param {import("./state.js").Store} store
   */
  constructor(command, store) {
    this.command = command;
    this.store = store;
    this.name = h("span.composer-command", { data: { testid: "composer-command" } }, `/${command.path}`);
    this.element = h("span.composer-chips", {}, this.name);
    for (const option of command.options) if (option.required) this.use(option);
  }

  /** @returns {Option[]} options without a chip */
  get free() {
    return this.command.options.filter((option) => !this.chips.some((chip) => chip.option === option));
  }

  /** @param {string} text @returns {Option[]} free options whose name begins so */
  named(text) {
    return this.free.filter(({ name }) => name.toLowerCase().startsWith(text.trim().toLowerCase()));
  }

  /** @param {EventTarget|null} field @returns {Chip|undefined} */
  chipOf(field) {
    return this.chips.find(({ input }) => input === field);
  }

  /** @param {Option} option @returns {Chip} its chip, made when there is none yet */
  use(option) {
    const known = this.chips.find((chip) => chip.option === option);
    if (known) return known;
    const chip = new Chip(option, this.store);
    this.chips.push(chip);
    this.element.append(chip.element);
    return chip;
  }

  /** @param {Chip} chip */
  drop(chip) {
    this.chips = this.chips.filter((other) => other !== chip);
    chip.element.remove();
  }

  /** @returns {Chip|undefined} where text goes that names no option */
  spare() {
    return this.chips.find(({ empty }) => empty) ?? (this.free[0] && this.use(this.free[0]));
  }

  /** Fills in what was typed or pasted behind the command. @param {string} text @returns {string} what names no option */
  fill(text) {
    const { values, left } = splitOptions(this.command, text);
    for (const option of this.command.options) {
      if (option.name in values) this.use(option).set(null, values[option.name]);
    }
    return left.trimStart();
  }

  /** @returns {Written} to be restored later */
  written() {
    return this.chips.map((chip) => ({
      name: chip.option.name,
      picked: chip.picked,
      text: chip.settled ? chip.input.value : chip.input.value.trim(),
    }));
  }

  /** @param {Written} written of the same command, from before */
  restore(written) {
    for (const { name, picked, text } of written) {
      const option = this.command.options.find((candidate) => candidate.name === name);
      if (option) this.use(option).set(picked, text);
    }
  }

  /** Marks what is wrong. @returns {{chip: Chip, error: string}|undefined} the first that is */
  problem() {
    const wrong = this.chips.map((chip) => ({ chip, error: chip.result().error ?? "" }));
    for (const { chip, error } of wrong) chip.showError(error);
    return wrong.find(({ error }) => error);
  }

  /** @param {Chip} [typing] whose text counts as it is @returns {Record<string, any>} values by option, valid ones only */
  options(typing) {
    return Object.fromEntries(
      this.chips
        .map((chip) => [chip.option.name, chip === typing ? chip.input.value : chip.result().value])
        .filter(([, value]) => value !== undefined),
    );
  }

  /**
   * Sends the command.
   *
   * @returns {Promise<string>} the interaction's id
   * @throws {import("./api.js").Refused}
   */
  async send() {
    const { store, command } = this;
    const sent = store.sending(store.channel, command.path);
    const { channel, nonce } = sent;
    try {
      const invocation = { user: store.me?.id ?? "", channel, command: command.path, options: this.options(), nonce };
      const { id } = await sendCommand(invocation, () => sent.id);
      store.accepted(sent, id);
      return id;
    } catch (error) {
      store.dismiss(channel, nonce);
      throw error;
    }
  }
}
