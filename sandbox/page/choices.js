/**
 * What the list offers for the option being filled: its fixed choices, or what the bot suggests for what was typed.
 */

import { autocomplete, Refused } from "./api.js";
import { filterChoices } from "./commands.js";
import { h } from "./dom.js";

/** @typedef {import("./chips.js").Chip} Chip */
/** @typedef {import("./commands.js").Choice} Choice */

/** A pause in typing that is worth a question to the bot. */
const DEBOUNCE_MS = 150;
const FIRST_MS = 30;

export class Choices {
  /** @type {AbortController|null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;

  /**
   * @param {import("./state.js").Store} store
   * @param {import("./suggest.js").Suggest} suggest
   * @param {(chip: Chip, choice: Choice) => void} onPick
   */
  constructor(store, suggest, onPick) {
    this.store = store;
    this.suggest = suggest;
    this.onPick = onPick;
  }

  /** Forgets the question on its way. */
  stop() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** @param {import("./draft.js").Draft} draft @param {Chip} chip the one that has the cursor */
  offer(draft, chip) {
    this.stop();
    const { option } = chip;
    const heading = h(
      "span",
      {},
      h("b", {}, option.name),
      ` ${option.description ?? ""} `,
      h("span.suggest-kind", {}, `${chip.kind} · ${option.required ? "required" : "optional"}`),
    );
    const text = chip.settled ? "" : chip.input.value;
    if (chip.fixed) this.#list(chip, heading, filterChoices(chip.fixed, text));
    else if (option.autocomplete) {
      const first = this.suggest.element.dataset.option !== option.name;
      if (first) this.suggest.show({ heading, items: [], note: "Loading options…" });
      this.suggest.element.dataset.state = "loading";
      this.#timer = setTimeout(() => this.#ask(draft, chip, heading), first ? FIRST_MS : DEBOUNCE_MS);
    } else this.suggest.show({ heading, items: [] });
    this.suggest.element.dataset.option = option.name;
  }

  /** Asks the bot; a newer question makes this one void. @param {import("./draft.js").Draft} draft @param {Chip} chip @param {Node} heading */
  async #ask(draft, chip, heading) {
    const asking = new AbortController();
    this.#asking = asking;
    const options = draft.options(chip);
    if (chip.settled) options[chip.option.name] = "";
    try {
      const { choices, error } = await autocomplete(
        {
          user: this.store.me?.id ?? "",
          channel: this.store.channel,
          command: draft.command.path,
          options,
          focused: chip.option.name,
        },
        asking.signal,
      );
      if (asking.signal.aborted) return;
      if (error) this.suggest.show({ heading, items: [], note: error });
      else this.#list(chip, heading, choices);
    } catch (error) {
      if (asking.signal.aborted) return;
      const reason = error instanceof Refused ? ` ${error.message}` : "";
      this.suggest.show({ heading, items: [], note: `Loading options failed.${reason}` });
    }
  }

  /** @param {Chip} chip @param {Node} heading @param {Choice[]} choices */
  #list(chip, heading, choices) {
    const typed = chip.input.value.trim().toLowerCase();
    const same = choices.findIndex(({ name, value }) =>
      [name, String(value)].some((text) => text.toLowerCase() === typed),
    );
    this.suggest.show({
      heading,
      note: choices.length ? "" : "No options match your search.",
      active: chip.settled ? -1 : Math.max(same, 0),
      items: choices.map((choice) => ({
        label: choice.name,
        meta: choice.hint,
        testid: "choice-item",
        data: { value: String(choice.value) },
        pick: () => this.onPick(chip, choice),
      })),
    });
  }
}
