/**
 * Makes DOM nodes of parsed markdown. What it can't resolve (an unknown user, role or channel) it shows as Discord does.
 */

import { h, outsideLink } from "./dom.js";
import { discordTimestamp, fullTime, hexColour, userName } from "./format.js";
import { parse, parseTitle } from "./markdown.js";

/** @typedef {import("./markdown.js").MarkNode} MarkNode */
/** @typedef {import("./state.js").Store} Store */

/** A message of nothing but a few emoji shows them large. */
const ONLY_EMOJI =
  /^(?:\s*(?:<a?:\w{2,32}:\d+>|\p{Regional_Indicator}{2}|\p{Extended_Pictographic}[\ufe0f\u200d\u{1f3fb}-\u{1f3ff}]*)){1,27}\s*$/u;

/**
 * @param {string} text markdown
 * @param {Store} store to resolve mentions
 * @param {string} [className] of the element
 * @returns {HTMLElement} with class `markdown`
 */
export function rich(text, store, className = "") {
  const element = h("div.markdown", {}, render(parse(text), store));
  if (className) element.classList.add(...className.split(" "));
  element.classList.toggle("jumbo", ONLY_EMOJI.test(text));
  return element;
}

/**
 * @param {string} text an embed's title or a field's name
 * @param {Store} store
 * @returns {Node[]}
 */
export function richTitle(text, store) {
  return render(parseTitle(text), store);
}

/**
 * @param {MarkNode[]} nodes
 * @param {Store} store
 * @returns {Node[]}
 */
function render(nodes, store) {
  return nodes.map((node) => renderNode(node, store));
}

/**
 * @param {MarkNode} node
 * @param {Store} store
 * @returns {Node}
 */
function renderNode(node, store) {
  switch (node.type) {
    case "text":
      return document.createTextNode(node.text);
    case "br":
      return h("br");
    case "code":
      return h("code.inline-code", {}, node.text);
    case "codeblock":
      return h("pre.code-block", { data: { language: node.language } }, h("code", {}, node.text));
    case "strong":
    case "em":
    case "u":
    case "s":
      return h(node.type, {}, render(node.children, store));
    case "spoiler":
      return spoiler(render(node.children, store));
    case "quote":
      return h("blockquote", {}, h("div", {}, render(node.children, store)));
    case "subtext":
      return h("small.subtext", {}, render(node.children, store));
    case "heading":
      // The page's own headings are h1 and h2; a bot's come below them.
      return h(`h${node.level + 2}.heading-${node.level}`, {}, render(node.children, store));
    case "list":
      return h(
        node.ordered ? "ol" : "ul",
        { start: node.ordered ? node.start : null },
        node.items.map((item) => h("li", {}, render(item, store))),
      );
    case "link":
      return outsideLink(".link", node.href, render(node.children, store));
    case "emoji":
      return h("span.custom-emoji", { title: `:${node.name}:` }, `:${node.name}:`);
    case "time":
      return timestamp(node.unix, node.style);
    default:
      return mention(node, store);
  }
}

/**
 * @param {Node[]} children
 * @returns {HTMLElement}
 */
function spoiler(children) {
  const element = h(
    "span.spoiler",
    {
      role: "button",
      tabindex: "0",
      "aria-label": "Spoiler, press to reveal",
      onclick: reveal,
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        if (event.key === "Enter" || event.key === " ") reveal(event);
      },
    },
    h("span", {}, children),
  );
  function reveal(/** @type {Event} */ event) {
    if (element.classList.contains("revealed")) return;
    event.preventDefault();
    element.classList.add("revealed");
    for (const name of ["role", "tabindex", "aria-label"]) element.removeAttribute(name);
  }
  return element;
}

/**
 * @param {Exclude<MarkNode, {type: "text"|"br"|"code"}>} node
 * @param {Store} store
 * @returns {HTMLElement}
 */
function mention(node, store) {
  switch (node.type) {
    case "user": {
      const user = store.user(node.id);
      return h("span.mention", { data: { user: node.id } }, user ? `@${userName(user)}` : "@unknown-user");
    }
    case "role": {
      const role = store.roles.find(({ id }) => id === node.id);
      const element = h("span.mention", {}, role ? `@${role.name.replace(/^@/, "")}` : "@deleted-role");
      const colour = hexColour(role?.color ?? role?.colour);
      if (colour) {
        element.style.color = colour;
        element.style.backgroundColor = `${colour}1a`;
      }
      return element;
    }
    case "channel": {
      const channel = store.channels.find(({ id }) => id === node.id);
      if (!channel) return h("span.mention", {}, "#No Access");
      return h("button.mention", { type: "button", data: { channel: node.id } }, `#${channel.name}`);
    }
    case "command":
      return h("button.mention", { type: "button", data: { command: node.name } }, `/${node.name}`);
    case "everyone":
      return h("span.mention", {}, `@${node.name}`);
    default:
      return h("span");
  }
}

/**
 * @param {number} unix seconds
 * @param {string} style
 * @returns {HTMLElement} kept fresh by `refreshTimes` when it is relative
 */
function timestamp(unix, style) {
  const date = new Date(unix * 1000);
  return h(
    "time.timestamp",
    { datetime: date.toISOString(), title: fullTime(date), data: { unix, style } },
    discordTimestamp(unix, style, Date.now()),
  );
}

/**
 * Writes the relative times on the page anew; the page calls it each second.
 *
 * @param {ParentNode} root
 * @param {number} nowMs
 */
export function refreshTimes(root, nowMs) {
  for (const element of root.querySelectorAll('time[data-style="R"]')) {
    const text = discordTimestamp(Number(/** @type {HTMLElement} */ (element).dataset.unix), "R", nowMs);
    if (element.textContent !== text) element.textContent = text;
  }
}
