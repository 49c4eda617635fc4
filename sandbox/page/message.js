/**
 * One message, or one command on its way to becoming one.
 */

import { renderComponents } from "./components.js";
import { h, icon } from "./dom.js";
import { renderAttachments, renderEmbed } from "./embeds.js";
import { clock, fullTime, hexColour, messageTime, userName } from "./format.js";
import { rich } from "./richtext.js";
import { EPHEMERAL, LAYOUT, LOADING, messageDate } from "./state.js";

/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./state.js").Store} Store */

export const REPLY = 19;

/**
 * @param {Message} message
 * @param {Store} store
 * @param {{grouped: boolean, expired: boolean, inspect: () => void, dismiss: () => void, seek: (id: string) => void}} how
 *   `grouped` leaves the header out, `expired` says that the answer never came; the others are what can be pressed
 * @returns {HTMLElement}
 */
export function renderMessage(message, store, { grouped, expired, inspect, dismiss, seek }) {
  const flags = message.flags ?? 0;
  const ephemeral = Boolean(flags & EPHEMERAL);
  const loading = Boolean(flags & LOADING);
  const mentioned = Boolean(
    store.me && (message.mention_everyone || message.mentions?.some(({ id }) => id === store.me?.id)),
  );
  const date = messageDate(message);
  const edited =
    message.edited_timestamp && !loading
      ? h("span.edited", { title: fullTime(new Date(message.edited_timestamp)) }, "(edited)")
      : null;
  const content = message.content && !loading ? rich(message.content, store, "content") : null;
  if (content && edited) content.append(" ", edited);
  return h(
    "li.message",
    {
      data: {
        testid: "message",
        messageId: message.id,
        ephemeral,
        thinking: loading,
        interaction: (message.interaction_metadata ?? message.interaction)?.id ?? "",
      },
      class: ["message", grouped && "grouped", ephemeral && "ephemeral", mentioned && "mentioned"]
        .filter(Boolean)
        .join(" "),
    },
    originLine(message, store, seek),
    grouped
      ? h("time.side-time", { datetime: date.toISOString(), title: fullTime(date) }, clock(date))
      : avatar(message.author, store),
    h(
      "div.message-body",
      {},
      !grouped && header(message.author, date, store),
      expired ? failedText("") : loading && thinking(store),
      content,
      // A message of layout components shows its files where those say.
      !(flags & LAYOUT) && renderAttachments(message),
      (message.embeds ?? []).map((embed) => renderEmbed(embed, message, store)),
      !content && edited,
      renderComponents(message, store),
      ephemeral && dismissLine(dismiss),
    ),
    h(
      "div.message-actions",
      {},
      h(
        "button",
        {
          type: "button",
          title: "Show as JSON",
          "aria-label": "Show as JSON",
          data: { testid: "inspect" },
          onclick: inspect,
        },
        icon("braces"),
      ),
    ),
  );
}

/**
 * The line above a message that says what it answers.
 *
 * @param {Message} message
 * @param {Store} store
 * @param {(id: string) => void} seek
 * @returns {HTMLElement|null}
 */
function originLine(message, store, seek) {
  const origin = message.interaction ?? message.interaction_metadata;
  if (message.type === REPLY && message.message_reference) {
    const replied =
      message.referenced_message ?? store.message(message.channel_id, message.message_reference.message_id ?? "");
    if (!replied) return h("div.origin", {}, h("i.spine"), h("em", {}, "Original message was deleted"));
    const excerpt =
      replied.content || replied.embeds?.[0]?.title || replied.embeds?.[0]?.description || "Click to see attachment";
    return h(
      "div.origin",
      { data: { testid: "reply" } },
      h("i.spine"),
      avatar(replied.author, store),
      authorName(replied.author, store),
      h("button.excerpt", { type: "button", onclick: () => seek(replied.id) }, excerpt.slice(0, 160)),
    );
  }
  if (origin?.user && (origin.name || message.type === 20))
    return usedLine(origin.user, origin.name ?? "a command", store);
  return null;
}

/** @param {() => void} dismiss @returns {HTMLElement} */
function dismissLine(dismiss) {
  return h(
    "div.only-you",
    {},
    icon("eye"),
    "Only you can see this • ",
    h("button.dismiss", { type: "button", data: { testid: "dismiss" }, onclick: dismiss }, "Dismiss message"),
  );
}

/**
 * A command that has no answer yet, or never got one.
 *
 * @param {import("./state.js").Sent} sent
 * @param {Store} store
 * @param {() => void} dismiss
 * @returns {HTMLElement}
 */
export function renderSent(sent, store, dismiss) {
  const bot = store.bot ?? { id: "", name: "The bot", bot: true };
  const failed = sent.state === "failed";
  return h(
    "li.message",
    {
      data: { testid: failed ? "interaction-failed" : "pending", state: sent.state, interaction: sent.id ?? "" },
      class: `message${failed ? " ephemeral" : " pending"}`,
    },
    store.me && usedLine(store.me, sent.text, store),
    avatar(bot, store),
    h(
      "div.message-body",
      {},
      header(bot, sent.at, store),
      failed
        ? failedText(sent.reason)
        : sent.state === "thinking"
          ? thinking(store)
          : h("div.sending", {}, "Sending command…"),
      failed && dismissLine(dismiss),
    ),
  );
}

/** @param {string} reason the sandbox's, where it says more than Discord would @returns {HTMLElement} */
function failedText(reason) {
  const said = "The application did not respond";
  return h(
    "div.failed-text",
    {},
    icon("warning"),
    h("span", {}, said),
    reason && reason !== said && h("span.sandbox-reason", {}, ` · ${reason}`),
  );
}

/** @param {Store} store @returns {HTMLElement} */
function thinking(store) {
  return h(
    "div.thinking",
    { data: { testid: "thinking" } },
    h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")),
    `${userName(store.bot)} is thinking…`,
  );
}

/** @param {import("./types.js").User} user @param {string} command @param {Store} store @returns {HTMLElement} */
function usedLine(user, command, store) {
  return h(
    "div.origin",
    { data: { testid: "used" } },
    h("i.spine"),
    avatar(user, store),
    authorName(user, store),
    " used ",
    h("button.mention", { type: "button", data: { command } }, `/${command}`),
  );
}

/** @param {import("./types.js").User} author @param {Date} date @param {Store} store @returns {HTMLElement} */
function header(author, date, store) {
  return h(
    "div.message-header",
    {},
    authorName(author, store),
    author.bot && h("span.app-badge", {}, "APP"),
    h("time.message-time", { datetime: date.toISOString(), title: fullTime(date) }, messageTime(date, new Date())),
  );
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
  const element = h(
    "span.avatar",
    { "aria-hidden": "true" },
    user.bot ? icon("gauge") : name.slice(0, 1).toUpperCase(),
  );
  element.style.backgroundColor = user.bot
    ? "#5865f2"
    : AVATAR_COLOURS[Number(BigInt(user.id || 0) % BigInt(AVATAR_COLOURS.length))];
  return element;
}

const AVATAR_COLOURS = ["#c0567a", "#3c8f6b", "#4f6fc4", "#b0772e", "#7a58b8"];
