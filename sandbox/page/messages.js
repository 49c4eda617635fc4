/**
 * The messages of the channel on show, with what stands between them and what is still on its way.
 *
 * Only what changed is drawn anew: each line keeps a signature of all it shows, so that an open select menu or a
 * half-read spoiler survives another message's arrival.
 */

import { h, icon } from "./dom.js";
import { channelName, dayLabel, sameDay } from "./format.js";
import { renderMessage, renderSent, REPLY } from "./message.js";
import { EPHEMERAL, LOADING, messageDate } from "./state.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {{key: string, signature: string, make: () => HTMLElement}} Line */

const GROUP_MS = 7 * 60 * 1000;
const NEAR_BOTTOM_PX = 60;

export class MessageList {
  /** @type {Map<string, {signature: string, element: HTMLElement}>} */ #drawn = new Map();
  #channel = "";
  #stuck = true;
  #top = 0;

  /** @param {Store} store @param {(message: Message) => void} inspect shows a message as the bot sent it */
  constructor(store, inspect) {
    this.store = store;
    this.inspect = inspect;
    this.list = h("ol.message-list", { role: "log", "aria-live": "polite", "aria-relevant": "additions text" });
    this.scroller = h(
      "div.messages",
      { tabindex: "0", data: { testid: "messages" }, onscroll: () => this.#scrolled() },
      this.list,
    );
    this.jump = h(
      "button.jump",
      { type: "button", hidden: true, onclick: () => this.toBottom() },
      "Jump to the newest messages",
      icon("chevron"),
    );
    this.element = h("div.message-pane", {}, this.scroller, this.jump);
    new ResizeObserver(() => this.#stuck && this.toBottom()).observe(this.list);
    new ResizeObserver(() => this.#stuck && this.toBottom()).observe(this.scroller);
    store.on(["world"], () => this.#drawn.clear());
    store.on(["world", "channel", "messages"], (detail) => {
      if (detail?.mine) this.#stuck = true;
      this.draw();
    });
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    // Only the reader scrolls up: when a picture grows, the bottom moves away without anyone having left it.
    if (scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX) this.#stuck = true;
    else if (scrollTop < this.#top) this.#stuck = false;
    this.#top = scrollTop;
    this.jump.hidden = this.#stuck;
  }

  toBottom() {
    this.#stuck = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#top = this.scroller.scrollTop;
    this.jump.hidden = true;
  }

  draw() {
    const { store } = this;
    const name = channelName(store.channels.find(({ id }) => id === store.channel));
    this.list.setAttribute("aria-label", `Messages in ${name}`);
    const lines = [...this.#lines(name)];
    const kept = new Set(lines.map(({ key }) => key));
    for (const key of this.#drawn.keys()) if (!kept.has(key)) this.#drawn.delete(key);
    const elements = lines.map((line) => this.#element(line));
    this.#reconcile(elements);
    if (this.#channel !== store.channel) {
      this.#channel = store.channel;
      this.toBottom();
    } else if (this.#stuck) this.toBottom();
  }

  /** @param {Line} line @returns {HTMLElement} */
  #element({ key, signature, make }) {
    const drawn = this.#drawn.get(key);
    if (drawn?.signature === signature) return drawn.element;
    const focused = /** @type {HTMLElement|null} */ (
      drawn?.element.contains(document.activeElement) ? document.activeElement : null
    );
    const element = make();
    this.#drawn.set(key, { signature, element });
    if (drawn) {
      drawn.element.replaceWith(element);
      // Whoever pages by keyboard keeps the place on the button.
      const focusKey = focused?.dataset.focusKey;
      if (focusKey)
        /** @type {HTMLElement|null} */ (element.querySelector(`[data-focus-key="${CSS.escape(focusKey)}"]`))?.focus();
    }
    return element;
  }

  /** Puts the elements in order without moving those that are in place. @param {HTMLElement[]} elements */
  #reconcile(elements) {
    const wanted = new Set(elements);
    for (const child of [...this.list.children]) if (!wanted.has(child)) child.remove();
    elements.forEach((element, at) => {
      if (this.list.children[at] !== element) this.list.insertBefore(element, this.list.children[at] ?? null);
    });
  }

  /** @param {string} name of the channel, with its sign @returns {Generator<Line>} */
  *#lines(name) {
    const { store } = this;
    const messages = store.messages(store.channel);
    const sent = [...store.sent.values()].filter(({ channel }) => channel === store.channel);
    const silent = store.channels.find(({ id }) => id === store.channel)?.can_send === false;
    const hint = !messages.length && !sent.length && !silent;
    yield { key: "welcome", signature: `${name}/${hint}`, make: () => welcome(name, hint) };
    /** @type {Message|null} */
    let before = null;
    for (const message of messages) {
      const date = messageDate(message);
      if (!before || !sameDay(date, messageDate(before))) {
        const day = dayLabel(date);
        yield { key: `day-${day}`, signature: day, make: () => h("li.day", { role: "separator" }, h("span", {}, day)) };
        before = null;
      }
      const grouped = before !== null && groups(before, message);
      const picked = [...store.picked].filter(([key]) => key.startsWith(`${message.id}/`));
      const signature = JSON.stringify([
        message,
        grouped,
        store.pressOf(message.id) ?? null,
        picked,
        this.#expired(message),
      ]);
      yield { key: message.id, signature, make: () => this.#message(message, grouped) };
      before = message;
    }
    for (const one of sent)
      yield {
        key: one.nonce,
        signature: JSON.stringify(one),
        make: () => renderSent(one, store, () => store.dismiss(store.channel, one.nonce)),
      };
  }

  /** @param {Message} message @param {boolean} grouped @returns {HTMLElement} */
  #message(message, grouped) {
    return renderMessage(message, this.store, {
      grouped,
      expired: this.#expired(message),
      inspect: () => this.inspect(message),
      dismiss: () => this.store.dismiss(this.store.channel, message.id),
      seek: (id) => this.#flash(id),
    });
  }

  /** @param {Message} message @returns {boolean} whether it still loads and always will */
  #expired(message) {
    const id = (message.interaction_metadata ?? message.interaction)?.id ?? "";
    return Boolean((message.flags ?? 0) & LOADING) && this.store.expired.has(id);
  }

  /** Scrolls to a message and lights it up. @param {string} id */
  #flash(id) {
    const element = this.#drawn.get(id)?.element;
    element?.scrollIntoView({ block: "center" });
    element?.animate([{ backgroundColor: "#5865f240" }, { backgroundColor: "transparent" }], 1500);
  }
}

/** @param {Message} before @param {Message} message @returns {boolean} whether the second needs no header of its own */
function groups(before, message) {
  const answers = message.type === REPLY || Boolean(message.interaction) || message.type === 20;
  return (
    before.author.id === message.author.id &&
    !answers &&
    ((before.flags ?? 0) & EPHEMERAL) === ((message.flags ?? 0) & EPHEMERAL) &&
    messageDate(message).getTime() - messageDate(before).getTime() < GROUP_MS
  );
}

/** @param {string} name @param {boolean} hint whether to say what to try @returns {HTMLElement} */
function welcome(name, hint) {
  return h(
    "li.welcome",
    {},
    h("div.welcome-mark", {}, icon(name.startsWith("@") ? "at" : "hash")),
    h("h2", {}, `Welcome to ${name}!`),
    h("p", {}, `This is the start of ${name}.`),
    hint &&
      h(
        "p.welcome-hint",
        { data: { testid: "welcome-hint" } },
        "Type ",
        h("kbd", {}, "/"),
        " to see the commands. Try ",
        h("button.mention", { type: "button", data: { command: "docker list" } }, "/docker list"),
        ", then ",
        h("button.mention", { type: "button", data: { command: "perf recent" } }, "/perf recent"),
        ".",
      ),
  );
}
