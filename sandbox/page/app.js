/**
 * Puts the page together: the columns, the user switch, the event stream, and the address in the browser's bar.
 */

import { EventStream, getState, Refused } from "./api.js";
import { channelIcon, drawMembers, drawSide } from "./columns.js";
import { Composer } from "./composer.js";
import { h, icon } from "./dom.js";
import { channelName, userName } from "./format.js";
import { inspect } from "./inspect.js";
import { avatar } from "./message.js";
import { MessageList } from "./messages.js";
import { followModals } from "./modal.js";
import { refreshTimes } from "./richtext.js";
import { Store } from "./state.js";

const store = new Store();
const byId = (/** @type {string} */ id) => /** @type {HTMLElement} */ (document.getElementById(id));
const app = byId("app");

/** @type {EventStream|null} */
let stream = null;
/** Events that come while the state is being fetched; they are newer than it, or harmless to apply again. */
/** @type {any[]|null} */
let waiting = null;
let loads = 0;

/**
 * Fetches the world as a user sees it; of several fetches at once only the last counts.
 *
 * @param {string} user id or name
 */
async function load(user) {
  const mine = ++loads;
  waiting ??= [];
  try {
    const state = await getState(user);
    if (mine !== loads) return;
    store.load(state);
    const events = waiting;
    waiting = null;
    events.forEach((event) => store.apply(event));
  } catch (error) {
    if (mine !== loads) return;
    waiting = null;
    banner.textContent = error instanceof Refused ? error.message : String(error);
    banner.hidden = false;
  }
}

/**
 * Plays another user: a new stream, and with it a new state.
 *
 * @param {string} user id
 */
function become(user) {
  stream?.stop();
  stream = new EventStream(user, {
    open: () => load(user).then(() => store.setConnected(true)),
    close: () => store.setConnected(false),
    event: (event) => (waiting ? waiting.push(event) : store.apply(event)),
  });
}

const drawer = (/** @type {string} */ name, open = !app.classList.contains(name)) => {
  app.classList.toggle("show-side", name === "show-side" && open);
  app.classList.toggle("show-members", name === "show-members" && open);
};

const list = new MessageList(store, inspect);
const composer = new Composer(store);
const banner = h("div.banner", { role: "status", hidden: true, data: { testid: "banner" } });
const typing = h("div.typing", { "aria-live": "polite" });
const title = h("div.chat-title");
const who = h("button.icon-button.who", {
  type: "button",
  "aria-label": "Switch user",
  onclick: () => drawer("show-side", true),
});

byId("chat").append(
  h(
    "header.chat-header",
    {},
    h(
      "button.icon-button.menu",
      {
        type: "button",
        "aria-label": "Channels and users",
        data: { testid: "menu" },
        onclick: () => drawer("show-side"),
      },
      icon("menu"),
    ),
    title,
    who,
    h(
      "button.icon-button",
      {
        type: "button",
        "aria-label": "Members",
        title: "Members",
        data: { testid: "members-toggle" },
        onclick: toggleMembers,
      },
      icon("people"),
    ),
  ),
  banner,
  list.element,
  composer.element,
  typing,
);
byId("shade").addEventListener("click", () => drawer("", false));

function toggleMembers() {
  if (matchMedia("(max-width: 900px)").matches) drawer("show-members");
  else app.classList.toggle("no-members");
}

function drawHeader() {
  const channel = store.channels.find(({ id }) => id === store.channel);
  title.replaceChildren(
    icon(channelIcon(channel)),
    h("h2", {}, channel?.name ?? ""),
    channel?.topic ? h("span.topic", { title: channel.topic }, channel.topic) : "",
  );
  if (store.me) who.replaceChildren(avatar(store.me, store));
  document.title = channel ? `${channelName(channel)} · ${userName(store.me)} · ddc-perf sandbox` : "ddc-perf sandbox";
}

function drawBanner() {
  document.body.dataset.connected = String(store.connected);
  const lost = !store.connected;
  const offline = store.bot && !store.bot.online;
  banner.hidden = !lost && !offline;
  banner.textContent = lost
    ? "The sandbox can't be reached. Trying again…"
    : offline
      ? "The bot is offline: commands will get no answer until it comes back."
      : "";
}

function drawTyping() {
  const on = (store.typing.get(store.channel) ?? 0) > Date.now();
  const text = on ? `${userName(store.bot)} is typing…` : "";
  if (typing.textContent !== text) typing.textContent = text;
}

/** Keeps the address such that it opens what is on show. */
function drawAddress() {
  const channel = store.channels.find(({ id }) => id === store.channel);
  if (!store.me || !channel) return;
  const query = new URLSearchParams({ user: store.me.name, channel: channel.name });
  history.replaceState(null, "", `${location.pathname}?${query}`);
}

function drawColumns() {
  drawSide(byId("side"), store, {
    show: (channel) => {
      store.show(channel);
      drawer("", false);
    },
    become: (user) => {
      drawer("", false);
      if (user !== store.me?.id) become(user);
    },
  });
  drawMembers(byId("members"), store);
}

store.on(["world", "channel"], () => {
  drawColumns();
  drawHeader();
  drawTyping();
  drawAddress();
});
store.on(["bot"], drawColumns);
store.on(["world", "bot", "connection"], drawBanner);
store.on(["typing"], drawTyping);
store.on(["commands"], (detail) => detail?.stale && store.me && load(store.me.id));
followModals(store);

document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target).closest("[data-command], [data-channel]");
  if (!(target instanceof HTMLElement) || composer.element.contains(target)) return;
  if (target.dataset.channel) store.show(target.dataset.channel);
  else if (target.dataset.command) composer.begin(target.dataset.command);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") drawer("", false);
  const free = document.activeElement === document.body || document.activeElement === list.scroller;
  if (event.key !== "/" || !free || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  composer.beginSlash();
});
setInterval(() => {
  refreshTimes(document, Date.now());
  drawTyping();
}, 1000);

/** Opens the user and channel that the address names, else the first user in the channel for commands. */
async function start() {
  const query = new URLSearchParams(location.search);
  await load(query.get("user") ?? "");
  // An address that names nobody here opens as the first user.
  if (!store.me) await load("");
  const wanted = query.get("channel") ?? "bot-commands";
  const channel = store.channels.find(({ id, name }) => id === wanted || name === wanted);
  if (channel) store.show(channel.id);
  if (store.me) become(store.me.id);
  else setTimeout(start, 1000);
}

start();
