/**
 * What this page knows: the world as one user sees it, what the page itself sent, and what came of it. The store
 * changes by events from the sandbox alone, or by the reader's own acts; views listen to it and draw.
 */

import { compareIds, snowflakeTime } from "./format.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").User} User */
/** @typedef {import("./types.js").Command} Command */
/**
 * Something the user sent that has no message yet: a command on its way, or one that failed.
 * @typedef {{nonce: string, id: string|null, channel: string, text: string, at: Date,
 *            state: "sending"|"thinking"|"failed", reason: string}} Sent
 */
/**
 * A pressed button or picked select, until the bot answered.
 * @typedef {{nonce: string, id: string|null, message: string, customId: string, state: "loading"|"failed",
 *            reason: string}} Press
 */
/** @typedef {"world"|"messages"|"commands"|"bot"|"modal"|"typing"|"connection"|"channel"|"settled"} Change */

export const EPHEMERAL = 64;
export const LOADING = 128;
export const LAYOUT = 1 << 15;
const TYPING_MS = 10_000;

export class Store extends EventTarget {
  /** @type {{id: string, name: string}} */ guild = { id: "0", name: "Sandbox" };
  /** @type {import("./types.js").Channel[]} */ channels = [];
  /** @type {import("./types.js").Role[]} */ roles = [];
  /** @type {User[]} */ users = [];
  /** @type {User|null} */ me = null;
  /** @type {User|null} */ bot = null;
  /** @type {Command[]} */ commands = [];
  /** @type {Map<string, Map<string, Message>>} by channel, then by id */ #messages = new Map();
  /** @type {Map<string, Sent>} by nonce */ sent = new Map();
  /** @type {Map<string, Press>} by nonce */ presses = new Map();
  /** @type {Map<string, string[]>} picked values by "message/custom id" */ picked = new Map();
  /** @type {{interactionId: string, modal: import("./types.js").Modal}|null} */ modal = null;
  /** @type {string} id of the channel on show */ channel = "";
  /** @type {Map<string, number>} channel to when the bot's typing ends, ms */ typing = new Map();
  connected = false;
  /** @type {Set<string>} ephemeral messages that the reader dismissed; a reload must not bring them back */
  #dismissed = new Set(JSON.parse(sessionStorage.getItem("dismissed") ?? "[]"));
  /** @type {Set<string>} what this tab set off: another tab of the same user hears of it too */ #own = new Set();
  /** @type {Set<string>} interactions that were deferred and never answered */ expired = new Set();

  /**
   * @param {Change} change
   * @param {any} [detail]
   */
  tell(change, detail) {
    this.dispatchEvent(new CustomEvent(change, { detail }));
  }

  /**
   * @param {Change[]} changes
   * @param {(detail: any) => void} listener
   */
  on(changes, listener) {
    for (const change of changes) {
      this.addEventListener(change, (event) => listener(/** @type {CustomEvent} */ (event).detail));
    }
  }

  /** Takes a whole new state; what it doesn't hold is gone. @param {import("./types.js").WorldState} state */
  load(state) {
    const meId = typeof state.me === "string" ? state.me : state.me.id;
    if (this.me && this.me.id !== meId) this.#forget();
    Object.assign(this, { guild: state.guild, channels: state.channels, roles: state.roles, users: state.users });
    this.commands = state.commands;
    this.bot = { ...state.bot, bot: true };
    this.me = state.users.find(({ id }) => id === meId) ?? (typeof state.me === "string" ? null : state.me);
    this.#messages = new Map();
    for (const messages of Object.values(state.messages)) messages.forEach((message) => this.#put(message));
    if (!this.channels.some(({ id }) => id === this.channel)) this.channel = this.channels[0]?.id ?? "";
    this.tell("world");
  }

  /** Another user has other unfinished business. */
  #forget() {
    for (const map of [this.sent, this.presses, this.picked, this.typing]) map.clear();
    this.modal = null;
  }

  /** @param {string} id */
  show(id) {
    this.channel = id;
    this.tell("channel");
  }

  /** @param {string} id @returns {User|undefined} */
  user(id) {
    return this.bot?.id === id ? this.bot : this.users.find((user) => user.id === id);
  }

  /** @param {string} channel @returns {Message[]} oldest first */
  messages(channel) {
    return [...(this.#messages.get(channel)?.values() ?? [])].sort((a, b) => compareIds(a.id, b.id));
  }

  /** @param {string} channel @param {string} id @returns {Message|undefined} */
  message(channel, id) {
    return this.#messages.get(channel)?.get(id);
  }

  /** @param {Message} message */
  #put(message) {
    if (this.#dismissed.has(message.id)) return;
    const channel = this.#messages.get(message.channel_id) ?? new Map();
    channel.set(message.id, { ...channel.get(message.id), ...message });
    this.#messages.set(message.channel_id, channel);
  }

  /** @param {import("./types.js").SandboxEvent} event from the sandbox's socket */
  apply(event) {
    switch (event.t) {
      case "message_create":
      case "message_update":
        if (event.message) this.#arrived(event.message, event.t === "message_update");
        break;
      case "message_delete":
        this.#messages.get(event.channel_id ?? "")?.delete(event.id ?? "");
        this.tell("messages");
        break;
      case "bot":
        if (this.bot) this.bot = { ...this.bot, online: event.online ?? false };
        this.tell("bot");
        break;
      case "commands":
        this.tell("commands", { stale: true });
        break;
      case "typing":
        this.typing.set(event.channel_id ?? "", Date.now() + TYPING_MS);
        this.tell("typing");
        break;
      case "modal":
        if (event.modal && event.interaction_id && this.#own.has(event.nonce ?? "")) {
          this.modal = { interactionId: event.interaction_id, modal: event.modal };
          this.#settle(event.interaction_id, event.nonce, "done", "");
          this.tell("modal");
        }
        break;
      case "interaction":
        this.#settle(event.id ?? "", event.nonce, event.state ?? "", event.reason ?? "");
        break;
      default: // A newer sandbox may tell more than this page shows.
    }
  }

  /** @param {Message} message @param {boolean} update */
  #arrived(message, update) {
    const origin = (message.interaction_metadata ?? message.interaction)?.id;
    for (const sent of this.sent.values()) if (origin && sent.id === origin) this.sent.delete(sent.nonce);
    if (update) {
      for (const key of this.picked.keys()) if (key.startsWith(`${message.id}/`)) this.picked.delete(key);
    } else this.typing.delete(message.channel_id);
    this.#put(message);
    this.tell("messages");
    this.tell("typing");
  }

  /**
   * @param {string} id
   * @param {string|undefined} nonce
   * @param {string} state
   * @param {string} reason
   */
  #settle(id, nonce, state, reason) {
    const sent = [...this.sent.values()].find((own) => own.nonce === nonce || own.id === id);
    const press = [...this.presses.values()].find((own) => own.nonce === nonce || own.id === id);
    if (sent) {
      sent.id ??= id;
      if (state === "done") this.sent.delete(sent.nonce);
      else if (state === "failed") Object.assign(sent, { state, reason });
      else if (state === "thinking") sent.state = state;
    } else if (press) {
      press.id ??= id;
      if (state === "done" || state === "thinking") this.presses.delete(press.nonce);
      else if (state === "failed") Object.assign(press, { state, reason });
    } else if (state === "failed") this.expired.add(id);
    this.tell("settled", { id, state, reason });
    this.tell("messages");
  }

  /** @returns {string} a mark that no other tab uses */
  #nonce() {
    const nonce = crypto.randomUUID();
    this.#own.add(nonce);
    return nonce;
  }

  /** Notes a command that goes out now. @param {string} channel @param {string} text @returns {Sent} */
  sending(channel, text) {
    /** @type {Sent} */
    const sent = { nonce: this.#nonce(), id: null, channel, text, at: new Date(), state: "sending", reason: "" };
    this.sent.set(sent.nonce, sent);
    this.tell("messages", { mine: true });
    return sent;
  }

  /** Notes a press that goes out now. @param {string} message @param {string} customId @returns {Press} */
  pressing(message, customId) {
    for (const old of this.presses.values()) if (old.message === message) this.presses.delete(old.nonce);
    /** @type {Press} */
    const press = { nonce: this.#nonce(), id: null, message, customId, state: "loading", reason: "" };
    this.presses.set(press.nonce, press);
    this.tell("messages");
    return press;
  }

  /** The sandbox took a command or press and named it. @param {Sent|Press} own @param {string} id */
  accepted(own, id) {
    own.id ??= id;
  }

  /** The sandbox refused a command or press. @param {Sent|Press} own @param {string} reason */
  refused(own, reason) {
    this.#settle("", own.nonce, "failed", reason);
  }

  /** @param {string} message @returns {Press|undefined} what is going on with a message's components */
  pressOf(message) {
    return [...this.presses.values()].find((press) => press.message === message);
  }

  /** Takes an ephemeral message, or a failed command by its nonce, off the page. @param {string} channel @param {string} id */
  dismiss(channel, id) {
    this.sent.delete(id);
    if (this.#messages.get(channel)?.delete(id)) {
      this.#dismissed.add(id);
      sessionStorage.setItem("dismissed", JSON.stringify([...this.#dismissed].slice(-500)));
    }
    this.tell("messages");
  }

  closeModal() {
    this.modal = null;
    this.tell("modal");
  }

  /** @param {boolean} connected */
  setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.tell("connection");
  }
}

/** @param {Message} message @returns {Date} */
export function messageDate(message) {
  return message.timestamp ? new Date(message.timestamp) : snowflakeTime(message.id);
}
