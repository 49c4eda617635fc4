/**
 * One way to make DOM nodes. Text always goes in as text nodes and links only after their scheme was checked, so
 * nothing that a bot or a container name says can become markup.
 */

import { safeUrl } from "./format.js";

/** @typedef {Node|string|number|null|undefined|false} Child */

/**
 * Makes an element.
 *
 * @param {string} tag element name, with classes after dots: "div.embed.wide"
 * @param {Record<string, any>} [props] `on*` functions become listeners, `data` an object of data attributes,
 *   `href` and `src` are checked, null, undefined and false leave the attribute out, everything else is an attribute
 * @param {...(Child|Child[])} children nodes or text
 * @returns {any} the element (any: the caller knows the tag)
 */
export function h(tag, props = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = document.createElement(name || "div");
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "data") Object.assign(element.dataset, value);
    else if (key === "href" || key === "src") {
      const url = safeUrl(value);
      if (url) element.setAttribute(key, url);
    } else element.setAttribute(key, value === true ? "" : String(value));
  }
  append(element, children);
  return element;
}

/**
 * Appends children, text as text nodes.
 *
 * @param {Node} parent
 * @param {(Child|Child[])[]} children
 */
export function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/**
 * A link to the outside: opens in a new tab and tells it nothing. Without a good address it is plain text.
 *
 * @param {string} selector tag is always `a` or `span`; only classes count, written as ".name"
 * @param {string|undefined} url
 * @param {...(Child|Child[])} children
 * @returns {HTMLElement}
 */
export function outsideLink(selector, url, ...children) {
  if (!url || !safeUrl(url)) return h(`span${selector}`, {}, ...children);
  return h(`a${selector}`, { href: url, target: "_blank", rel: "noopener noreferrer nofollow" }, ...children);
}

const ICONS = {
  gauge: "M4.5 18a9.5 9.5 0 1 1 15 0M12 13.5l4-5M12 14.5a1 1 0 1 0 0-2 1 1 0 0 0 0 2Z",
  hash: "M10 3 8 21M16 3l-2 18M4 8.5h17M3 15.5h17",
  at: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM16 8v5a2.5 2.5 0 0 0 5 0v-1a9 9 0 1 0-4 7.5",
  menu: "M4 6h16M4 12h16M4 18h16",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.3a3.5 3.5 0 0 1 0 6.4M18 14.4c2.2.9 3.5 2.9 3.5 5.6",
  file: "M6 2.5h8l5 5V21.5H6ZM14 2.5V8h5",
  close: "M6 6l12 12M18 6 6 18",
  chevron: "M6 9l6 6 6-6",
  check: "M5 12.5 10 17.5 19 7",
  eye: "M2 12s3.6-6.5 10-6.5S22 12 22 12s-3.6 6.5-10 6.5S2 12 2 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  warning: "M12 3 1.8 20.5h20.4ZM12 9.5v5M12 17v1",
  external: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  braces:
    "M9 4c-3 0-3 1.5-3 4s-.5 4-2.5 4C5.5 12 6 13.5 6 16s0 4 3 4M15 4c3 0 3 1.5 3 4s.5 4 2.5 4c-2 0-2.5 1.5-2.5 4s0 4-3 4",
  reply: "M4 20v-6c0-3 2-5 5-5h11M20 9l-4-4M20 9l-4 4",
  send: "M3 11.5 21 3l-6 18-3.5-8Z",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  lock: "M6 11h12v9H6ZM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
};

/**
 * A small line icon, hidden from screen readers.
 *
 * @param {keyof typeof ICONS} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.appendChild(path);
  return svg;
}
