/**
 * What the list above the composer shows while no option is being filled: commands, or the options a command still has.
 */

import { runnables, search } from "./commands.js";
import { h } from "./dom.js";

/** @typedef {import("./suggest.js").Listing} Listing */

/**
 * @param {import("./state.js").Store} store
 * @param {string} text what was typed behind the slash
 * @param {(runnable: import("./types.js").Runnable) => void} onPick
 * @returns {Listing} the commands that fit
 */
export function commandListing(store, text, onPick) {
  const found = search(runnables(store.commands), text);
  const none = store.commands.length
    ? "No command fits."
    : "There are no commands yet: the bot has not registered any for you.";
  return {
    heading: h("span.suggest-app", {}, store.bot?.name ?? ""),
    note: found.length ? "" : none,
    items: found.map((runnable) => ({
      label: `/${runnable.path}`,
      hint: runnable.description,
      testid: "command-item",
      data: { command: runnable.path },
      meta: runnable.options.map(({ name, required }) => (required ? name : `[${name}]`)).join(" "),
      pick: () => onPick(runnable),
    })),
  };
}

/**
 * @param {import("./draft.js").Draft} draft
 * @param {string} text the beginning of an option's name
 * @param {(option: import("./types.js").Option) => void} onPick
 * @returns {Listing} the options that have no value yet; none is active until something was typed, so that Enter sends
 */
export function optionListing(draft, text, onPick) {
  return {
    heading: h("span", {}, h("b", {}, `/${draft.command.path}`), ` ${draft.command.description}`),
    active: text.trim() ? 0 : -1,
    items: draft.named(text).map((option) => ({
      label: option.name,
      hint: option.description,
      testid: "option-item",
      data: { option: option.name },
      badge: option.required ? "required" : "",
      pick: () => onPick(option),
    })),
  };
}
