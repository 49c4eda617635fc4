/**
 * Slash commands without their looks: which there are, which fit what was typed, and whether a value would do. Pure.
 */

/** @typedef {import("./types.js").Command} Command */
/** @typedef {import("./types.js").Option} Option */
/** @typedef {import("./types.js").Runnable} Runnable */

/** Discord's option types. */
export const OptionType = Object.freeze({
  SUB_COMMAND: 1,
  SUB_GROUP: 2,
  STRING: 3,
  INTEGER: 4,
  BOOLEAN: 5,
  USER: 6,
  CHANNEL: 7,
  ROLE: 8,
  MENTIONABLE: 9,
  NUMBER: 10,
  ATTACHMENT: 11,
});

/**
 * Every command that can be run, subcommands spelled out: "perf recent".
 *
 * @param {Command[]} commands
 * @returns {Runnable[]} by name
 */
export function runnables(commands) {
  /** @type {Runnable[]} */
  const found = [];
  const walk = (/** @type {Command} */ command, /** @type {Command|Option} */ part, /** @type {string} */ path) => {
    const options = part.options ?? [];
    const deeper = options.filter(({ type }) => type === OptionType.SUB_COMMAND || type === OptionType.SUB_GROUP);
    if (!deeper.length) found.push({ path, description: part.description ?? "", options, command });
    for (const option of deeper) walk(command, option, `${path} ${option.name}`);
  };
  for (const command of commands) if ((command.type ?? 1) === 1) walk(command, command, command.name);
  return found.sort((left, right) => left.path.localeCompare(right.path));
}

/**
 * How well a command fits what was typed; lower is better.
 *
 * @param {Runnable} runnable
 * @param {string} typed lower case
 * @returns {number} Infinity for not at all
 */
function rank(runnable, typed) {
  const path = runnable.path.toLowerCase();
  if (path.startsWith(typed)) return 0;
  if (path.split(/[ -]/).some((word) => word.startsWith(typed))) return 1;
  if (typed.split(/\s+/).every((word) => path.includes(word))) return 2;
  return typed.length > 2 && runnable.description.toLowerCase().includes(typed) ? 3 : Infinity;
}

/**
 * @param {Runnable[]} all
 * @param {string} text what follows the slash
 * @returns {Runnable[]} those that fit, best first
 */
export function search(all, text) {
  const typed = text.toLowerCase().trim();
  return all
    .map((runnable) => ({ runnable, score: rank(runnable, typed) }))
    .filter(({ score }) => score < Infinity)
    .sort((left, right) => left.score - right.score)
    .map(({ runnable }) => runnable);
}

/**
 * Recognises a command that was typed out, space included, and what follows it.
 *
 * @param {Runnable[]} all
 * @param {string} text what follows the slash
 * @returns {{runnable: Runnable, rest: string}|null}
 */
export function typedOut(all, text) {
  const runnable = all
    .filter(({ path }) => text.toLowerCase().startsWith(`${path.toLowerCase()} `))
    .sort((left, right) => right.path.length - left.path.length)[0];
  return runnable ? { runnable, rest: text.slice(runnable.path.length + 1) } : null;
}

/**
 * Splits what follows a pasted command: `operation:docker_operation limit:5`.
 *
 * @param {Runnable} runnable
 * @param {string} rest
 * @returns {{values: Record<string, string>, left: string}} values by option, and the text before the first name
 */
export function splitOptions(runnable, rest) {
  const names = runnable.options.map(({ name }) => name.replace(/[^\p{L}\p{N}_-]/gu, "\\$&"));
  /** @type {Record<string, string>} */
  const values = {};
  if (!names.length) return { values, left: rest };
  const parts = rest.split(new RegExp(`(?:^|\\s)(${names.join("|")}):`, "u"));
  for (let at = 1; at + 1 < parts.length; at += 2) values[parts[at]] = parts[at + 1].trim();
  return { values, left: parts[0] };
}

/**
 * What can be picked for an option without asking the bot.
 *
 * @param {Option} option
 * @param {import("./state.js").Store} store
 * @returns {Choice[]|null} null where any text goes
 *
 * @typedef {{name: string, value: any, hint?: string}} Choice
 */
export function fixedChoices(option, store) {
  const users = () =>
    [...store.users, ...(store.bot ? [store.bot] : [])].map((user) => ({
      name: `@${user.name}`,
      value: user.id,
      hint: user.bot ? "app" : (user.role_names ?? []).join(", "),
    }));
  const roles = () =>
    store.roles.map((role) => ({ name: `@${role.name.replace(/^@/, "")}`, value: role.id, hint: "role" }));
  switch (option.type) {
    case OptionType.BOOLEAN:
      return [
        { name: "True", value: true },
        { name: "False", value: false },
      ];
    case OptionType.USER:
      return users();
    case OptionType.ROLE:
      return roles();
    case OptionType.MENTIONABLE:
      return [...users(), ...roles()];
    case OptionType.CHANNEL:
      return store.channels.map((channel) => ({ name: `#${channel.name}`, value: channel.id }));
    default:
      return option.choices?.length ? option.choices : null;
  }
}

/**
 * @param {Choice[]} choices
 * @param {string} text
 * @returns {Choice[]} those whose name holds the text, the ones that begin with it first
 */
export function filterChoices(choices, text) {
  const typed = text.toLowerCase().replace(/^[@#]/, "");
  const plain = (/** @type {Choice} */ choice) => choice.name.toLowerCase().replace(/^[@#]/, "");
  return choices
    .filter((choice) => plain(choice).includes(typed))
    .sort((left, right) => Number(plain(right).startsWith(typed)) - Number(plain(left).startsWith(typed)));
}

/**
 * Checks what was typed for an option, as Discord does before it sends.
 *
 * @param {Option} option
 * @param {string} text
 * @param {Choice[]|null} choices what it must be one of
 * @returns {{value?: any, error?: string}} neither for an optional option left empty
 */
export function check(option, text, choices) {
  const typed = text.trim();
  if (option.type === OptionType.ATTACHMENT) {
    return option.required ? { error: "Files can't be attached in the sandbox." } : {};
  }
  if (!typed) return option.required ? { error: "This option is required. Specify a value." } : {};
  if (choices) {
    const same = choices.find(
      ({ name, value }) =>
        name.toLowerCase().replace(/^[@#]/, "") === typed.toLowerCase().replace(/^[@#]/, "") || String(value) === typed,
    );
    return same ? { value: same.value } : { error: "Input a valid choice: pick one from the list." };
  }
  if (option.type === OptionType.INTEGER || option.type === OptionType.NUMBER) return checkNumber(option, typed);
  const { min_length: least = 0, max_length: most = 6000 } = option;
  if (typed.length < least) return { error: `Too short: at least ${least} characters.` };
  if (typed.length > most) return { error: `Too long: at most ${most} characters.` };
  return { value: typed };
}

/**
 * @param {Option} option
 * @param {string} typed
 * @returns {{value?: number, error?: string}}
 */
function checkNumber(option, typed) {
  const whole = option.type === OptionType.INTEGER;
  const value = Number(typed);
  if (!Number.isFinite(value) || (whole && !Number.isSafeInteger(value))) {
    return { error: whole ? "Input a valid integer." : "Input a valid number." };
  }
  const { min_value: least = -Infinity, max_value: most = Infinity } = option;
  if (value < least) return { error: `Input a number greater than or equal to ${least}.` };
  if (value > most) return { error: `Input a number less than or equal to ${most}.` };
  return { value };
}
