/**
 * The columns at the sides: channels and the user switch, and the members.
 */

import { h, icon } from "./dom.js";
import { hexColour, isDirect, userName } from "./format.js";
import { avatar } from "./message.js";

/** @typedef {import("./state.js").Store} Store */

/**
 * The left column: channels, and whom the reader plays.
 *
 * @param {HTMLElement} side
 * @param {Store} store
 * @param {{show: (channel: string) => void, become: (user: string) => void}} acts
 */
export function drawSide(side, store, acts) {
  const { guild, channels, users, me, bot } = store;
  side.replaceChildren(
    h("header.guild", {}, h("h1", {}, guild.name), h("span.guild-kind", {}, "loopback")),
    h(
      "div.channels",
      {},
      channelGroup(
        "Text channels",
        channels.filter((one) => !isDirect(one)),
        store,
        acts.show,
      ),
      channelGroup("Direct messages", channels.filter(isDirect), store, acts.show),
    ),
    h(
      "section.switch",
      { "aria-label": "Who you are", data: { testid: "user-switch" } },
      h("h2.side-heading", {}, "You are"),
      h(
        "div",
        { role: "radiogroup", "aria-label": "You are", onkeydown: switchKeys },
        users.map((user) =>
          h(
            "button.person",
            {
              type: "button",
              role: "radio",
              "aria-checked": String(user.id === me?.id),
              tabindex: user.id === me?.id ? "0" : "-1",
              data: { testid: `user-${user.name}` },
              onclick: () => acts.become(user.id),
            },
            avatar(user, store),
            h(
              "span.person-text",
              {},
              h("span.person-name", {}, userName(user)),
              h("span.person-role", {}, user.role_names?.[0] ?? "Member"),
            ),
            h("span.person-mark", { "aria-hidden": "true" }, user.id === me?.id && icon("check")),
          ),
        ),
      ),
      bot &&
        h(
          "div.bot-state",
          { data: { testid: "bot-state", online: bot.online } },
          h(`i.presence${bot.online ? ".on" : ""}`),
          `${userName(bot)} is ${bot.online ? "online" : "offline"}`,
        ),
    ),
  );
}

/**
 * @param {string} name
 * @param {import("./types.js").Channel[]} channels
 * @param {Store} store
 * @param {(channel: string) => void} show
 * @returns {HTMLElement|null}
 */
function channelGroup(name, channels, store, show) {
  if (!channels.length) return null;
  return h(
    "section",
    {},
    h("h2.side-heading", {}, name),
    h(
      "ul",
      {},
      channels.map((one) =>
        h(
          "li",
          {},
          h(
            "button.channel",
            {
              type: "button",
              "aria-current": one.id === store.channel ? "page" : null,
              title: one.topic || null,
              data: { testid: `channel-${one.name}` },
              onclick: () => show(one.id),
            },
            icon(channelIcon(one)),
            h("span", {}, one.name),
          ),
        ),
      ),
    ),
  );
}

/** @param {import("./types.js").Channel|undefined} channel @returns {"at"|"lock"|"hash"} */
export function channelIcon(channel) {
  return isDirect(channel) ? "at" : channel?.can_send === false ? "lock" : "hash";
}

/** @param {KeyboardEvent} event the arrow keys move through the users, as in any group of radio buttons */
function switchKeys(event) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const people = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".person")]);
  people[
    (people.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step + people.length) % people.length
  ]?.focus();
}

/**
 * The right column.
 *
 * @param {HTMLElement} members
 * @param {Store} store
 */
export function drawMembers(members, store) {
  const { users, bot } = store;
  /** @type {Map<string, import("./types.js").User[]>} */
  const groups = new Map();
  for (const user of users) {
    const role = user.role_names?.[0] ?? "Members";
    groups.set(role, [...(groups.get(role) ?? []), user]);
  }
  if (bot) groups.set(bot.online ? "Apps" : "Offline", [bot]);
  members.replaceChildren(
    ...[...groups].map(([name, people]) =>
      h(
        "section",
        {},
        h("h2.side-heading", {}, `${name} — ${people.length}`),
        h(
          "ul",
          {},
          people.map((user) => {
            const label = h("span.member-name", {}, userName(user));
            label.style.color = hexColour(user.colour) ?? "";
            return h(
              "li",
              { class: `member${user.bot && !user.online ? " away" : ""}` },
              h("span.member-avatar", {}, avatar(user, store), h(`i.presence${!user.bot || user.online ? ".on" : ""}`)),
              label,
              user.bot && h("span.app-badge", {}, "APP"),
            );
          }),
        ),
      ),
    ),
  );
}
