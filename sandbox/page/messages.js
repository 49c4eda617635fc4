/**
 * The messages of the channel on show, with what stands between them and what is still on its way.
 *
 * Only what changed is drawn anew: each line keeps a signature of all it shows, so that an open select menu or a
 * half-read spoiler survives another message's arrival.
 */

import { renderComponents } from "./components.js";
import { h, icon } from "./dom.js";
import { renderAttachments, renderEmbed } from "./embeds.js";
import { channelName, clock, dayLabel, fullTime, hexColour, messageTime, sameDay, userName } from "./format.js";
import { rich } from "./richtext.js";
import { EPHEMERAL, LOADING, messageDate } from "./state.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {import("./state.js").Sent} Sent */
/** @typedef {{key: string, signature: string, make: () => HTMLElement}} Line */

const REPLY = 19;
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
    this.scroller = h("div.messages", { tabindex: "0", data: { testid: "messages" }, onscroll: () => this.#scrolled() }, this.list);
    this.jump = h("button.jump", { type: "button", hidden: true, onclick: () => this.toBottom() }, "Jump to the newest messages", icon("chevron"));
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
    const focused = /** @type {HTMLElement|null} */ (drawn?.element.contains(document.activeElement) ? document.activeElement : null);
    const element = make();
    this.#drawn.set(key, { signature, element });
    if (drawn) {
      drawn.element.replaceWith(element);
      // Whoever pages by keyboard keeps the place on the button.
      const focusKey = focused?.dataset.focusKey;
      if (focusKey) /** @type {HTMLElement|null} */ (element.querySelector(`[data-focus-key="${CSS.escape(focusKey)}"]`))?.focus();
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
    const empty = !messages.length && !sent.length;
    yield { key: "welcome", signature: `${name}/${empty}`, make: () => welcome(name, empty) };
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
      const signature = JSON.stringify([message, grouped, store.pressOf(message.id) ?? null, picked, this.#expired(message)]);
      yield { key: message.id, signature, make: () => this.#message(message, grouped) };
      before = message;
    }
    for (const one of sent) yield { key: one.nonce, signature: JSON.stringify(one), make: () => this.#sent(one) };
  }

  /** @param {Message} message @param {boolean} grouped @returns {HTMLElement} */
  #message(message, grouped) {
    const { store } = this;
    const flags = message.flags ?? 0;
    const ephemeral = Boolean(flags & EPHEMERAL);
    const loading = Boolean(flags & LOADING);
    const mentioned = Boolean(store.me && (message.mention_everyone || message.mentions?.some(({ id }) => id === store.me?.id)));
    const date = messageDate(message);
    const edited = message.edited_timestamp && !loading
      ? h("span.edited", { title: fullTime(new Date(message.edited_timestamp)) }, "(edited)") : null;
    const content = message.content && !loading ? rich(message.content, store, "content") : null;
    if (content && edited) content.append(" ", edited);
    return h("li.message", {
      data: {
        testid: "message", messageId: message.id, ephemeral, thinking: loading,
        interaction: (message.interaction_metadata ?? message.interaction)?.id ?? "",
      },
      class: ["message", grouped && "grouped", ephemeral && "ephemeral", mentioned && "mentioned"].filter(Boolean).join(" "),
    },
    this.#origin(message),
    grouped ? h("time.side-time", { datetime: date.toISOString(), title: fullTime(date) }, clock(date)) : avatar(message.author, store),
    h("div.message-body", {},
      !grouped && header(message.author, date, store),
      this.#expired(message) ? failedText("") : loading && thinking(store),
      content,
      renderAttachments(message),
      (message.embeds ?? []).map((embed) => renderEmbed(embed, message, store)),
      !content && edited,
      renderComponents(message, store),
      ephemeral && this.#dismissLine(message.id)),
    h("div.message-actions", {},
      h("button", { type: "button", title: "Show as JSON", "aria-label": "Show as JSON", data: { testid: "inspect" }, onclick: () => this.inspect(message) }, icon("braces"))));
  }

  /** @param {Message} message @returns {boolean} whether it still loads and always will */
  #expired(message) {
    const id = (message.interaction_metadata ?? message.interaction)?.id ?? "";
    return Boolean((message.flags ?? 0) & LOADING) && this.store.expired.has(id);
  }

  /** The line above a message that says what it answers. @param {Message} message @returns {HTMLElement|null} */
  #origin(message) {
    const { store } = this;
    const origin = message.interaction ?? message.interaction_metadata;
    if (message.type === REPLY && message.message_reference) {
      const replied = message.referenced_message ?? store.message(message.channel_id, message.message_reference.message_id ?? "");
      if (!replied) return h("div.origin", {}, h("i.spine"), h("em", {}, "Original message was deleted"));
      const excerpt = replied.content || replied.embeds?.[0]?.title || replied.embeds?.[0]?.description || "Click to see attachment";
      return h("div.origin", { data: { testid: "reply" } }, h("i.spine"), avatar(replied.author, store), authorName(replied.author, store),
        h("button.excerpt", { type: "button", onclick: () => this.#flash(replied.id) }, excerpt.slice(0, 160)));
    }
    if (origin?.user && (origin.name || message.type === 20)) return usedLine(origin.user, origin.name ?? "a command", store);
    return null;
  }

  /** Scrolls to a message and lights it up. @param {string} id */
  #flash(id) {
    const element = this.#drawn.get(id)?.element;
    element?.scrollIntoView({ block: "center" });
    element?.animate([{ backgroundColor: "#5865f240" }, { backgroundColor: "transparent" }], 1500);
  }

  /** @param {string} id @returns {HTMLElement} */
  #dismissLine(id) {
    return h("div.only-you", {}, icon("eye"), "Only you can see this • ",
      h("button.dismiss", { type: "button", data: { testid: "dismiss" }, onclick: () => this.store.dismiss(this.store.channel, id) }, "Dismiss message"));
  }

  /** A command that has no answer yet, or never got one. @param {Sent} sent @returns {HTMLElement} */
  #sent(sent) {
    const { store } = this;
    const bot = store.bot ?? { id: "", name: "The bot", bot: true };
    const failed = sent.state === "failed";
    return h("li.message", { data: { testid: failed ? "interaction-failed" : "pending", state: sent.state, interaction: sent.id ?? "" }, class: `message${failed ? " ephemeral" : " pending"}` },
      store.me && usedLine(store.me, sent.text, store),
      avatar(bot, store),
      h("div.message-body", {},
        header(bot, sent.at, store),
        failed
          ? failedText(sent.reason)
          : sent.state === "thinking" ? thinking(store) : h("div.sending", {}, "Sending command…"),
        failed && this.#dismissLine(sent.nonce)));
  }
}

/** @param {Message} before @param {Message} message @returns {boolean} whether the second needs no header of its own */
function groups(before, message) {
  const answers = message.type === REPLY || Boolean(message.interaction) || message.type === 20;
  return before.author.id === message.author.id && !answers
    && ((before.flags ?? 0) & EPHEMERAL) === ((message.flags ?? 0) & EPHEMERAL)
    && messageDate(message).getTime() - messageDate(before).getTime() < GROUP_MS;
}

/** @param {string} name @param {boolean} empty @returns {HTMLElement} */
function welcome(name, empty) {
  return h("li.welcome", {},
    h("div.welcome-mark", {}, icon(name.startsWith("@") ? "at" : "hash")),
    h("h2", {}, `Welcome to ${name}!`),
    h("p", {}, `This is the start of ${name}.`),
    empty && h("p.welcome-hint", { data: { testid: "welcome-hint" } }, "Type ", h("kbd", {}, "/"), " to see the commands. Try ",
      h("button.mention", { type: "button", data: { command: "docker list" } }, "/docker list"), ", then ",
      h("button.mention", { type: "button", data: { command: "perf recent" } }, "/perf recent"), "."));
}

/** @param {string} reason the sandbox's, where it says more than Discord would @returns {HTMLElement} */
function failedText(reason) {
  const said = "The application did not respond";
  return h("div.failed-text", {}, icon("warning"), h("span", {}, said), reason && reason !== said && h("span.sandbox-reason", {}, ` · ${reason}`));
}

/** @param {Store} store @returns {HTMLElement} */
function thinking(store) {
  return h("div.thinking", { data: { testid: "thinking" } },
    h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${userName(store.bot)} is thinking…`);
}

/** @param {import("./types.js").User} user @param {string} command @param {Store} store @returns {HTMLElement} */
function usedLine(user, command, store) {
  return h("div.origin", { data: { testid: "used" } }, h("i.spine"), avatar(user, store), authorName(user, store), " used ",
    h("button.mention", { type: "button", data: { command } }, `/${command}`));
}

/** @param {import("./types.js").User} author @param {Date} date @param {Store} store @returns {HTMLElement} */
function header(author, date, store) {
  return h("div.message-header", {}, authorName(author, store), author.bot && h("span.app-badge", {}, "APP"),
    h("time.message-time", { datetime: date.toISOString(), title: fullTime(date) }, messageTime(date, new Date())));
}

/** @param {import("./types.js").User} user as a message names it @param {Store} store @returns {HTMLElement} */
function authorName(user, store) {
  const known = store.user(user.id) ?? user;
  const element = h("span.author", {}, userName(known));
  element.style.color = hexColour(known.colour) ?? "";
  return element;
}

/** @param {import("./types.js").User} user @param {Store} store @returns {HTMLElement} a coloured disc with an initial */
export function avatar(user, store) {
  const known = store.user(user.id) ?? user;
  const name = userName(known);
  const element = h("span.avatar", { "aria-hidden": "true" }, user.bot ? icon("gauge") : name.slice(0, 1).toUpperCase());
  element.style.backgroundColor = user.bot ? "#5865f2" : AVATAR_COLOURS[Number(BigInt(user.id || 0) % BigInt(AVATAR_COLOURS.length))];
  return element;
}

const AVATAR_COLOURS = ["#c0567a", "#3c8f6b", "#4f6fc4", "#b0772e", "#7a58b8"];
