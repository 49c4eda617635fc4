/**
 * The line at the bottom: type `/`, pick a command, fill its options, send. All of it by keyboard or pointer.
 *
 * It is in one of two modes. Without a command the field holds text, and after a slash the list shows the commands that
 * fit. With a command (a draft) there is a chip for each option in use, and the field behind them, the tail, finds
 * further options by name; text that is no option's name goes into the first free one, so that
 * `/perf recent docker_operation` can be typed as it is read.
 */

import { Refused, sendMessage } from "./api.js";
import { Choices } from "./choices.js";
import { runnables, typedOut } from "./commands.js";
import { h, icon } from "./dom.js";
import { Draft } from "./draft.js";
import { channelName } from "./format.js";
import { commandListing, optionListing } from "./listings.js";
import { FIELD, Suggest } from "./suggest.js";

/** @typedef {import("./types.js").Runnable} Runnable */

export class Composer {
  /** @type {Draft|null} */ #draft = null;
  /** @type {{path: string, written: import("./draft.js").Written}|null} what Arrow Up brings back */ #last = null;
  #busy = false;

  /** @param {import("./state.js").Store} store */
  constructor(store) {
    this.store = store;
    this.suggest = new Suggest();
    this.choices = new Choices(store, this.suggest, (chip, choice) => {
      chip.set(choice);
      this.#hide();
      this.#advance();
    });
    this.notice = h("div.composer-notice", { role: "alert", hidden: true, data: { testid: "composer-notice" } });
    this.tail = h("input.composer-tail", { ...FIELD, "aria-label": "Message", data: { testid: "composer" } });
    this.more = h("button.composer-more", {
      type: "button",
      hidden: true,
      data: { testid: "more-options" },
      onclick: () => this.tail.focus(),
    });
    this.line = h("span.composer-line", {}, this.tail, this.more);
    this.button = h(
      "button.composer-send",
      { type: "submit", "aria-label": "Send", title: "Send (Enter)" },
      icon("send"),
    );
    this.element = h(
      "form.composer",
      {
        data: { testid: "composer-form", sent: "" },
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          this.#send();
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#keydown(event),
        oninput: (/** @type {Event} */ event) => this.#input(event),
        onfocusin: (/** @type {Event} */ event) => this.#suggestFor(event.target),
        onfocusout: (/** @type {FocusEvent} */ event) => {
          if (!this.element.contains(event.relatedTarget)) this.#hide();
        },
      },
      this.suggest.element,
      this.notice,
      h(
        "div.composer-box",
        {
          onclick: (/** @type {Event} */ event) => event.target === event.currentTarget && this.tail.focus(),
        },
        this.line,
        this.button,
      ),
    );
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
    if (this.#draft && (locked || !this.#all.some(({ path }) => path === this.#draft?.command.path))) this.clear();
    this.#drawTail();
    if (this.element.contains(document.activeElement)) this.#suggestFor(document.activeElement);
  }

  #drawTail() {
    const channel = this.store.channels.find(({ id }) => id === this.store.channel);
    const free = this.#draft?.free.length ?? 0;
    this.more.hidden = !free;
    this.more.textContent = `+${free} optional`;
    this.tail.placeholder = this.#draft
      ? ""
      : channel?.can_send === false
        ? "You do not have permission to send messages in this channel."
        : `Type / for commands in ${channelName(channel)}`;
  }

  /** Begins a command by its name, as when its mention is pressed. @param {string} path */
  begin(path) {
    const runnable = this.#all.find((candidate) => candidate.path === path);
    if (runnable && !this.tail.disabled) this.#start(runnable);
  }

  /** Shows every command, as typing a slash does. */
  beginSlash() {
    if (this.tail.disabled) return;
    this.clear("/");
    this.tail.focus();
    this.#suggestFor(this.tail);
  }

  /** Drops the command. @param {string} [text] what the field holds then */
  clear(text = "") {
    const draft = this.#draft;
    this.#draft = null;
    if (draft?.element.contains(document.activeElement)) this.tail.focus();
    draft?.element.remove();
    this.tail.value = text;
    this.#hide();
    this.#tell("");
    this.#drawTail();
  }

  /** @param {string} message none hides it */
  #tell(message) {
    this.notice.textContent = message;
    this.notice.hidden = !message;
  }

  #hide() {
    this.choices.stop();
    this.suggest.hide();
  }

  /** @param {Runnable} runnable @param {string} [rest] what was typed or pasted behind its name */
  #start(runnable, rest = "") {
    this.clear();
    const draft = new Draft(runnable, this.store);
    this.#draft = draft;
    this.line.prepend(draft.element);
    const left = draft.fill(rest);
    if (left.trim()) this.#spill(draft, left);
    else this.#advance();
    this.#drawTail();
  }

  /** @param {Draft} draft @param {import("./types.js").Option} option */
  #open(draft, option) {
    this.tail.value = "";
    draft.use(option).focus();
    this.#drawTail();
  }

  /** Goes to the next thing to fill. */
  #advance() {
    const next = this.#draft?.chips.find((chip) => chip.option.required && chip.empty);
    if (next) next.focus();
    else this.tail.focus();
    this.#suggestFor(document.activeElement);
  }

  /** Text that names no option becomes the first free option's value. @param {Draft} draft @param {string} text */
  #spill(draft, text) {
    const chip = draft.spare();
    if (!chip) {
      this.tail.value = text;
      this.tail.focus();
      return;
    }
    this.tail.value = "";
    chip.set(null, text);
    chip.focus();
    this.#drawTail();
    this.#suggestFor(chip.input);
  }

  /** @param {Event} event */
  #input(event) {
    const draft = this.#draft;
    const chip = draft?.chipOf(event.target);
    this.#tell("");
    if (draft && chip) {
      chip.resize();
      chip.showError("");
      const [, before, name] = /^(.*?)\s*(\S+):$/u.exec(chip.input.value) ?? [];
      const option = draft.free.find((free) => free.name === name);
      if (option) {
        chip.set(null, before);
        this.#open(draft, option);
        return;
      }
    } else if (draft) {
      const text = this.tail.value;
      const option = draft.free.find(({ name }) => `${name}:` === text.trim());
      if (option) {
        this.#open(draft, option);
        return;
      }
      if (text.trim() && !draft.named(text).length) {
        this.#spill(draft, text.trimStart());
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

  /** @param {EventTarget|null} field */
  #suggestFor(field) {
    this.choices.stop();
    const draft = this.#draft;
    const chip = draft?.chipOf(field);
    if (draft && chip) {
      this.choices.offer(draft, chip);
      return;
    }
    this.suggest.element.dataset.option = "";
    if (field !== this.tail) this.suggest.hide();
    else if (draft) this.suggest.show(optionListing(draft, this.tail.value, (option) => this.#open(draft, option)));
    else if (this.tail.value.startsWith("/"))
      this.suggest.show(commandListing(this.store, this.tail.value.slice(1), (runnable) => this.#start(runnable)));
    else this.suggest.hide();
  }

  /** @param {KeyboardEvent} event */
  #keydown(event) {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (event.isComposing || field.tagName !== "INPUT") return;
    const atStart = field.selectionStart === 0 && field.selectionEnd === 0;
    const atEnd = field.selectionStart === field.value.length && field.selectionEnd === field.value.length;
    let handled = true;
    if (event.key === "ArrowUp" && field === this.tail && !this.#draft && !field.value) this.#recall();
    else if (event.key === "ArrowUp") this.suggest.move(-1);
    else if (event.key === "ArrowDown") this.suggest.move(1);
    else if (event.key === "Tab" && !event.shiftKey) handled = this.suggest.pick();
    else if (event.key === "Enter" && this.suggest.hasActive) this.suggest.pick();
    else if (event.key === "Enter") this.#send();
    else if (event.key === "Escape" && this.suggest.open) this.#hide();
    else if (event.key === "Escape" && (this.#draft || field.value)) this.clear();
    else if (event.key === "Backspace" && atStart) handled = this.#backspace(field);
    else if (event.key === "ArrowLeft" && atStart) handled = this.#step(field, -1);
    else if (event.key === "ArrowRight" && atEnd) handled = this.#step(field, 1);
    else handled = false;
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** Goes to the field before or behind. @param {HTMLInputElement} field @param {number} by @returns {boolean} whether there is one */
  #step(field, by) {
    const fields = [...(this.#draft?.chips.map(({ input }) => input) ?? []), this.tail];
    const next = fields[fields.indexOf(field) + by];
    if (!next) return false;
    next.focus();
    const place = by < 0 ? next.value.length : 0;
    next.setSelectionRange(place, place);
    return true;
  }

  /** Deletes backwards over the chips and, past the first, out of the command. @param {HTMLInputElement} field @returns {boolean} */
  #backspace(field) {
    const draft = this.#draft;
    if (!draft) return false;
    const chip = draft.chipOf(field);
    const stepped = this.#step(field, -1);
    if (chip && chip.empty && !chip.option.required) {
      if (!stepped) this.tail.focus();
      draft.drop(chip);
      this.#drawTail();
    } else if (!stepped) {
      this.clear(`/${draft.command.path}`);
      this.tail.focus();
    }
    this.#suggestFor(document.activeElement);
    return true;
  }

  /** Brings the last command back, to be sent again or changed. */
  #recall() {
    const last = this.#last;
    const runnable = last && this.#all.find(({ path }) => path === last.path);
    if (!last || !runnable) return;
    this.#start(runnable);
    this.#draft?.restore(last.written);
    this.#drawTail();
    this.#advance();
  }

  async #send() {
    if (this.#busy) return;
    this.#busy = true;
    try {
      await (this.#draft ? this.#sendDraft(this.#draft) : this.#sendText());
    } catch (error) {
      this.#tell(error instanceof Refused ? error.message : String(error));
    } finally {
      this.#busy = false;
    }
  }

  async #sendText() {
    const content = this.tail.value.trim();
    if (!content) return;
    if (content.startsWith("/")) {
      this.#tell("There is no such command here. Pick one from the list.");
      return;
    }
    await sendMessage({ user: this.store.me?.id ?? "", channel: this.store.channel, content });
    this.clear();
  }

  /** @param {Draft} draft */
  async #sendDraft(draft) {
    const wrong = draft.problem();
    if (wrong || this.tail.value.trim()) {
      wrong?.chip.focus();
      this.#hide();
      this.#tell(wrong ? `${wrong.chip.option.name}: ${wrong.error}` : "There is no such option.");
      return;
    }
    this.#hide();
    this.element.dataset.sent = await draft.send();
    this.#last = { path: draft.command.path, written: draft.written() };
    if (this.#draft === draft) this.clear();
  }
}
