/**
 * The line at the bottom: type `/`, pick a command, fill its options, send. All of it by keyboard or pointer.
 *
 * It is in one of two modes. Without a command the field holds text, and after a slash the list shows the commands that
 * fit. With a command there is a chip for each option in use, and the field behind them (the tail) finds further
 * options by name; text that is no option's name goes into the first free one, so `/perf recent docker_operation`
 * can be typed as it is read.
 */

import { autocomplete, Refused, sendCommand } from "./api.js";
import { Chip } from "./chips.js";
import { filterChoices, runnables, search, splitOptions, typedOut } from "./commands.js";
import { h, icon } from "./dom.js";
import { Suggest } from "./suggest.js";

/** @typedef {import("./types.js").Runnable} Runnable */
/** @typedef {import("./commands.js").Choice} Choice */

const DEBOUNCE_MS = 150;

export class Composer {
  /** @type {Runnable|null} */ #command = null;
  /** @type {Chip[]} */ #chips = [];
  /** @type {{command: string, values: Map<string, {picked: Choice|null, text: string}>}|null} */ #last = null;
  /** @type {AbortController|null} */ #asking = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #busy = false;

  /** @param {import("./state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.suggest = new Suggest();
    this.notice = h("div.composer-notice", { role: "alert", hidden: true, data: { testid: "composer-notice" } });
    this.name = h("span.composer-command", { hidden: true, data: { testid: "composer-command" } });
    this.fields = h("span.composer-chips");
    this.tail = h("input.composer-tail", {
      type: "text", autocomplete: "off", spellcheck: "false", autocapitalize: "off", enterkeyhint: "send",
      role: "combobox", "aria-expanded": "false", "aria-controls": "suggestions", "aria-autocomplete": "list",
      "aria-label": "Message", data: { testid: "composer" },
    });
    this.more = h("button.composer-more", { type: "button", hidden: true, onclick: () => this.tail.focus() });
    this.button = h("button.composer-send", { type: "submit", "aria-label": "Send", title: "Send (Enter)" }, icon("send"));
    this.element = h("form.composer", {
      data: { testid: "composer-form" },
      onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); this.#send(); },
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keydown(event),
      oninput: (/** @type {Event} */ event) => this.#input(event),
      onfocusin: (/** @type {Event} */ event) => this.#suggestFor(event.target),
      onfocusout: (/** @type {FocusEvent} */ event) => {
        if (!this.element.contains(event.relatedTarget)) this.#hide();
      },
    }, this.suggest.element, this.notice,
    h("div.composer-box", { onclick: (/** @type {Event} */ event) => event.target === event.currentTarget && this.tail.focus() },
      h("span.composer-line", {}, this.name, this.fields, this.tail), this.more, this.button));
    this.suggest.element.addEventListener("active", (/** @type {CustomEvent} */ event) => {
      const field = /** @type {HTMLElement|null} */ (document.activeElement);
      if (!field || !this.element.contains(field) || field.getAttribute("role") !== "combobox") return;
      field.setAttribute("aria-expanded", String(this.suggest.open));
      if (event.detail) field.setAttribute("aria-activedescendant", event.detail);
      else field.removeAttribute("aria-activedescendant");
    });
    store.on(["world", "channel", "commands"], () => this.refresh());
  }

  /** @returns {Runnable[]} */
  get #all() {
    return runnables(this.store.commands);
  }

  /** Draws what depends on the channel and the user; a command that has gone meanwhile is dropped. */
  refresh() {
    const channel = this.store.channels.find(({ id }) => id === this.store.channel);
    const locked = channel?.can_send === false;
    this.tail.disabled = locked;
    this.button.disabled = locked;
    this.element.classList.toggle("locked", locked);
    if (this.#command && (locked || !this.#all.some(({ path }) => path === this.#command?.path))) this.clear();
    this.tail.placeholder = this.#command ? "" : locked
      ? "You do not have permission to send messages in this channel."
      : `Message #${channel?.name ?? ""} · type / for commands`;
    if (this.element.contains(document.activeElement)) this.#suggestFor(document.activeElement);
  }

  /** Begins a command by its name, as when its mention is pressed. @param {string} path */
  begin(path) {
    const runnable = this.#all.find((candidate) => candidate.path === path);
    if (runnable) this.#start(runnable);
  }

  /** Shows every command, as typing a slash does. */
  beginSlash() {
    this.clear();
    this.tail.value = "/";
    this.tail.focus();
    this.#suggestFor(this.tail);
  }

  clear() {
    this.#command = null;
    this.#chips = [];
    if (this.fields.contains(document.activeElement)) this.tail.focus();
    this.fields.replaceChildren();
    this.name.hidden = true;
    this.tail.value = "";
    this.#hide();
    this.#tell("");
    this.#count();
  }

  /** @param {string} message */
  #tell(message) {
    this.notice.textContent = message;
    this.notice.hidden = !message;
  }

  #hide() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.suggest.hide();
  }

  /** @param {Runnable} runnable @param {string} [rest] what was typed or pasted behind its name */
  #start(runnable, rest = "") {
    this.clear();
    this.#command = runnable;
    this.name.textContent = `/${runnable.path}`;
    this.name.hidden = false;
    this.tail.placeholder = "";
    for (const option of runnable.options) if (option.required) this.#add(option);
    const { values, left } = splitOptions(runnable, rest);
    for (const [name, text] of Object.entries(values)) {
      const option = runnable.options.find((candidate) => candidate.name === name);
      if (option) (this.#chips.find((chip) => chip.option === option) ?? this.#add(option)).set(null, text);
    }
    this.#count();
    this.#advance();
    if (left.trim()) this.#spill(left.trimStart());
  }

  /** @param {import("./types.js").Option} option @returns {Chip} */
  #add(option) {
    const chip = new Chip(option, this.store);
    this.#chips.push(chip);
    this.fields.append(chip.element);
    this.#count();
    return chip;
  }

  /** @returns {import("./types.js").Option[]} options without a chip */
  get #free() {
    return this.#command?.options.filter((option) => !this.#chips.some((chip) => chip.option === option)) ?? [];
  }

  #count() {
    const free = this.#free.length;
    this.more.hidden = !free;
    this.more.textContent = `+${free} optional`;
    this.tail.placeholder = this.#command ? "" : this.tail.placeholder;
  }

  /** Goes to the next thing to fill. */
  #advance() {
    const next = this.#chips.find((chip) => chip.option.required && chip.empty);
    if (next) next.focus();
    else this.tail.focus();
    this.#suggestFor(document.activeElement);
  }

  /** Text that names no option becomes the first free option's value. @param {string} text */
  #spill(text) {
    const chip = this.#chips.find(({ empty }) => empty) ?? (this.#free[0] && this.#add(this.#free[0]));
    if (!chip) return;
    this.tail.value = "";
    chip.set(null, text);
    chip.focus();
    this.#suggestFor(chip.input);
  }

  /** @param {Event} event */
  #input(event) {
    this.#tell("");
    const chip = this.#chips.find(({ input }) => input === event.target);
    if (chip) {
      chip.resize();
      chip.showError("");
      const named = /^(.*?)\s*(\S+):$/u.exec(chip.input.value);
      const option = named && this.#free.find(({ name }) => name === named[2]);
      if (named && option) {
        chip.set(null, named[1]);
        this.#add(option).focus();
        return;
      }
    } else if (this.#command) {
      const text = this.tail.value;
      const option = this.#free.find(({ name }) => `${name}:` === text.trim());
      if (option) {
        this.tail.value = "";
        this.#add(option).focus();
        return;
      }
      if (text.trim() && !this.#named(text).length) {
        this.#spill(text.trimStart());
        return;
      }
    } else if (this.tail.value.startsWith("/")) {
      const typed = typedOut(this.#all, this.tail.value.slice(1));
      if (typed) {
        this.#start(typed.runnable, typed.rest);
        return;
      }
    }
    this.#suggestFor(event.target);
  }

  /** @param {string} text @returns {import("./types.js").Option[]} free options whose name begins so */
  #named(text) {
    return this.#free.filter(({ name }) => name.toLowerCase().startsWith(text.trim().toLowerCase()));
  }

  /** @param {EventTarget|null} field */
  #suggestFor(field) {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    const chip = this.#chips.find(({ input }) => input === field);
    if (chip) this.#suggestChoices(chip);
    else if (field !== this.tail) this.suggest.hide();
    else if (this.#command) this.#suggestOptions();
    else if (this.tail.value.startsWith("/")) this.#suggestCommands();
    else this.suggest.hide();
  }

  #suggestCommands() {
    const found = search(this.#all, this.tail.value.slice(1));
    const app = this.store.bot?.name ?? "";
    this.suggest.show({
      heading: h("span.suggest-app", {}, app),
      note: found.length ? "" : this.store.commands.length
        ? "No command fits." : "There are no commands yet: the bot has not registered any for you.",
      items: found.map((runnable) => ({
        label: `/${runnable.path}`, hint: runnable.description, testid: "command-item", data: { command: runnable.path },
        meta: runnable.options.map(({ name, required }) => (required ? name : `[${name}]`)).join(" "),
        pick: () => this.#start(runnable),
      })),
    });
  }

  #suggestOptions() {
    const found = this.#named(this.tail.value);
    this.suggest.show({
      heading: h("span", {}, h("b", {}, `/${this.#command?.path}`), ` ${this.#command?.description ?? ""}`),
      active: this.tail.value.trim() ? 0 : -1,
      items: found.map((option) => ({
        label: option.name, hint: option.description, testid: "option-item", data: { option: option.name },
        badge: option.required ? "required" : "",
        pick: () => { this.tail.value = ""; this.#add(option).focus(); },
      })),
    });
  }

  /** @param {Chip} chip */
  #suggestChoices(chip) {
    const heading = h("span", {}, h("b", {}, chip.option.name), ` ${chip.option.description ?? ""} `,
      h("span.suggest-kind", {}, `${chip.kind} · ${chip.option.required ? "required" : "optional"}`));
    const text = chip.settled ? "" : chip.input.value;
    if (chip.fixed) this.#listChoices(chip, heading, filterChoices(chip.fixed, text));
    else if (chip.option.autocomplete) {
      if (!this.suggest.count) this.suggest.show({ heading, items: [], note: "Loading options…", state: "loading" });
      else this.suggest.element.dataset.state = "loading";
      this.#timer = setTimeout(() => this.#ask(chip, heading, text), this.suggest.count ? DEBOUNCE_MS : DEBOUNCE_MS / 3);
    } else this.suggest.show({ heading, items: [] });
  }

  /** Asks the bot what it suggests; a newer question makes this one void. @param {Chip} chip @param {Node} heading @param {string} text */
  async #ask(chip, heading, text) {
    const asking = new AbortController();
    this.#asking = asking;
    const options = Object.fromEntries(this.#chips
      .map((other) => [other.option.name, other === chip ? text : other.result().value])
      .filter(([, value]) => value !== undefined));
    try {
      const { choices } = await autocomplete({
        user: this.store.me?.id ?? "", channel: this.store.channel, command: this.#command?.path ?? "", options, focused: chip.option.name,
      }, asking.signal);
      if (!asking.signal.aborted) this.#listChoices(chip, heading, choices);
    } catch (error) {
      if (asking.signal.aborted) return;
      const reason = error instanceof Refused ? ` ${error.message}` : "";
      this.suggest.show({ heading, items: [], note: `Loading options failed.${reason}` });
    }
  }

  /** @param {Chip} chip @param {Node} heading @param {Choice[]} choices */
  #listChoices(chip, heading, choices) {
    const typed = chip.input.value.trim().toLowerCase();
    const same = choices.findIndex(({ name, value }) => [name, String(value)].some((text) => text.toLowerCase() === typed));
    this.suggest.show({
      heading,
      note: choices.length ? "" : "No options match your search.",
      active: chip.settled ? -1 : Math.max(same, 0),
      items: choices.map((choice) => ({
        label: choice.name, meta: choice.hint, testid: "choice-item", data: { value: String(choice.value) },
        pick: () => { chip.set(choice); this.#hide(); this.#advance(); },
      })),
    });
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    if (event.isComposing) return;
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.tagName !== "INPUT") return;
    const atStart = field.selectionStart === 0 && field.selectionEnd === 0;
    const atEnd = field.selectionStart === field.value.length && field.selectionEnd === field.value.length;
    let handled = true;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (event.key === "ArrowUp" && field === this.tail && !this.#command && !field.value) this.#recall();
      else this.suggest.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Tab" && !event.shiftKey) handled = this.suggest.pick();
    else if (event.key === "Enter" && this.suggest.hasActive) this.suggest.pick();
    else if (event.key === "Enter") this.#send();
    else if (event.key === "Escape") {
      if (this.suggest.open) this.#hide();
      else if (this.#command || field.value) this.clear();
      else handled = false;
    } else if (event.key === "Backspace" && atStart) handled = this.#backspace(field);
    else if (event.key === "ArrowLeft" && atStart) handled = this.#step(field, -1);
    else if (event.key === "ArrowRight" && atEnd) handled = this.#step(field, 1);
    else handled = false;
    if (handled) event.preventDefault();
  }

  /** @param {HTMLInputElement} field @param {number} by @returns {boolean} */
  #step(field, by) {
    const fields = [...this.#chips.map(({ input }) => input), this.tail];
    const next = fields[fields.indexOf(field) + by];
    if (!next) return false;
    next.focus();
    const end = by < 0 ? next.value.length : 0;
    next.setSelectionRange(end, end);
    return true;
  }

  /** Deletes backwards over the chips and, past the first, out of the command. @param {HTMLInputElement} field @returns {boolean} */
  #backspace(field) {
    if (!this.#command) return false;
    const chip = this.#chips.find(({ input }) => input === field);
    const stepped = this.#step(field, -1);
    if (chip && chip.empty && !chip.option.required) {
      this.#chips = this.#chips.filter((other) => other !== chip);
      if (!stepped) this.tail.focus();
      chip.element.remove();
      this.#count();
      this.#suggestFor(document.activeElement);
    } else if (!stepped) {
      const { path } = this.#command;
      this.clear();
      this.tail.value = `/${path}`;
      this.tail.focus();
      this.#suggestFor(this.tail);
    }
    return true;
  }

  /** Brings the last command back to be sent again or changed. */
  #recall() {
    const last = this.#last;
    const runnable = last && this.#all.find(({ path }) => path === last.command);
    if (!last || !runnable) return;
    this.#start(runnable);
    for (const [name, { picked, text }] of last.values) {
      const option = runnable.options.find((candidate) => candidate.name === name);
      if (option) (this.#chips.find((chip) => chip.option.name === name) ?? this.#add(option)).set(picked, text);
    }
    this.#advance();
  }

  async #send() {
    if (this.#busy) return;
    const command = this.#command;
    if (!command) {
      if (this.tail.value.trim()) this.#tell("The sandbox sends commands only. Type / to see them, then pick one.");
      return;
    }
    const results = this.#chips.map((chip) => ({ chip, ...chip.result() }));
    const wrong = results.find(({ error }) => error);
    if (wrong || this.tail.value.trim()) {
      for (const { chip, error } of results) chip.showError(error ?? "");
      wrong?.chip.focus();
      this.suggest.hide();
      this.#tell(wrong ? `${wrong.chip.option.name}: ${wrong.error}` : "There is no such option.");
      return;
    }
    const values = new Map(this.#chips.map((chip) => [chip.option.name, { picked: chip.picked, text: chip.input.value }]));
    const options = Object.fromEntries(results.filter(({ value }) => value !== undefined).map(({ chip, value }) => [chip.option.name, value]));
    const sent = this.store.sending(this.store.channel, command.path);
    this.#busy = true;
    try {
      const { id } = await sendCommand({
        user: this.store.me?.id ?? "", channel: sent.channel, command: command.path, options, nonce: sent.nonce,
      });
      this.store.accepted(sent, id);
      this.#last = { command: command.path, values };
      this.clear();
      this.refresh();
    } catch (error) {
      this.store.dismiss(sent.channel, sent.nonce);
      this.#tell(error instanceof Refused ? error.message : String(error));
    } finally {
      this.#busy = false;
    }
  }
}
