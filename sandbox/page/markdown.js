/**
 * Discord's markdown as a pure parser: text in, a tree of plain objects out; richtext.js makes DOM of it.
 *
 * Blocks (headings, quotes, lists, subtext) begin at a line's start; everything else is inline. Where Discord has a
 * quirk that reports run into, it is kept: `snake_case` is not italic, `__init__` is underlined, a quote doesn't nest,
 * a masked link whose text is itself an address stays text. Short codes such as `:smile:` stay as they were written.
 */

import { FENCE, inline, match, MAX_DEPTH } from "./inline.js";

/** @typedef {import("./inline.js").MarkNode} MarkNode */
/** @typedef {import("./inline.js").Context} Context */

const HEADING = /(#{1,3})[ \t]+(?!#)([^\n]+?)[ \t]*#*[ \t]*(?:\n|$)/y;
const SUBTEXT = /-#[ \t]+([^\n]+)(?:\n|$)/y;
const QUOTE_REST = / *>>> +([\s\S]*)/y;
const QUOTE_LINES = / *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*\n?/y;
const LIST = / *(?:[-*]|\d{1,9}\.) +[^\s][^\n]*(?:\n(?: *(?:[-*]|\d{1,9}\.) +[^\s]| {2,}[^\s])[^\n]*)*\n?/y;
const LIST_ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(.*)$/;

/**
 * Parses a message's content, an embed's description or a field's value.
 *
 * @param {string} text
 * @returns {MarkNode[]}
 */
export function parse(text) {
  return blocks(text.replace(/\r\n?/g, "\n"), { title: false, link: false, quote: false, depth: 0 });
}

/**
 * Parses an embed's title or a field's name: inline styles, but no blocks, links, mentions or timestamps.
 *
 * @param {string} text
 * @returns {MarkNode[]}
 */
export function parseTitle(text) {
  return inline(text.replace(/\r\n?/g, "\n"), { title: true, link: true, quote: false, depth: 0 });
}

/**
 * @param {string} text
 * @param {Context} context
 * @returns {MarkNode[]}
 */
function blocks(text, context) {
  /** @type {MarkNode[]} */
  const nodes = [];
  let paragraph = 0;
  let at = 0;
  const flush = (/** @type {number} */ end) => {
    if (end > paragraph) nodes.push(...inline(text.slice(paragraph, end), context));
  };
  while (at < text.length) {
    const block = context.depth < MAX_DEPTH ? blockAt(text, at, context) : null;
    if (block) {
      flush(at);
      nodes.push(block.node);
      at = paragraph = block.end;
      continue;
    }
    at = nextLine(text, at);
  }
  flush(text.length);
  return nodes;
}

/**
 * Finds the next line's start, stepping over code blocks: what stands in them is never a heading.
 *
 * @param {string} text
 * @param {number} at
 * @returns {number}
 */
function nextLine(text, at) {
  while (at < text.length && text[at] !== "\n") {
    const fence = text[at] === "`" ? match(FENCE, text, at) : null;
    at = fence ? FENCE.lastIndex : at + (text[at] === "\\" && text[at + 1] !== "\n" ? 2 : 1);
  }
  return at + 1;
}

/**
 * @param {string} text
 * @param {number} at a line's start
 * @param {Context} context
 * @returns {{node: MarkNode, end: number}|null}
 */
function blockAt(text, at, context) {
  const inner = { ...context, depth: context.depth + 1 };
  let found = match(HEADING, text, at);
  if (found) {
    return {
      node: { type: "heading", level: found[1].length, children: inline(found[2], inner) },
      end: HEADING.lastIndex,
    };
  }
  found = match(SUBTEXT, text, at);
  if (found) return { node: { type: "subtext", children: inline(found[1], inner) }, end: SUBTEXT.lastIndex };
  if (!context.quote) {
    const quoted = { ...inner, quote: true };
    found = match(QUOTE_REST, text, at);
    if (found) return { node: { type: "quote", children: blocks(found[1], quoted) }, end: text.length };
    found = match(QUOTE_LINES, text, at);
    if (found) {
      const content = found[0].replace(/\n$/, "").replace(/^ *> /gm, "");
      return { node: { type: "quote", children: blocks(content, quoted) }, end: at + found[0].length };
    }
  }
  found = match(LIST, text, at);
  if (found) {
    const lines = oneKind(found[0].replace(/\n$/, "").split("\n"));
    return { node: list(lines, inner), end: Math.min(at + lines.join("\n").length + 1, text.length) };
  }
  return null;
}

/**
 * Cuts a list where numbers follow bullets, or bullets numbers: that is another list.
 *
 * @param {string[]} lines
 * @returns {string[]}
 */
function oneKind(lines) {
  const first = /** @type {RegExpExecArray} */ (LIST_ITEM.exec(lines[0]));
  const end = lines.findIndex((line) => {
    const item = LIST_ITEM.exec(line);
    return item && item[1].length <= first[1].length && (item[2] === undefined) !== (first[2] === undefined);
  });
  return end < 0 ? lines : lines.slice(0, end);
}

/**
 * Builds a list from its lines; deeper indented ones become lists inside the item above.
 *
 * @param {string[]} lines the first one is an item
 * @param {Context} context
 * @returns {MarkNode}
 */
function list(lines, context) {
  const first = /** @type {RegExpExecArray} */ (LIST_ITEM.exec(lines[0]));
  const indent = first[1].length;
  /** @type {{text: string[], below: string[]}[]} */
  const items = [];
  for (const line of lines) {
    const item = LIST_ITEM.exec(line);
    const last = items.at(-1);
    if (item && (item[1].length <= indent || !last)) items.push({ text: [item[4]], below: [] });
    else if (last && (item || last.below.length)) last.below.push(line);
    else last?.text.push(line.trim());
  }
  const inner = { ...context, depth: context.depth + 1 };
  return {
    type: "list",
    ordered: first[3] !== undefined,
    start: Number(first[3] ?? 1),
    items: items.map(({ text, below }) => {
      const nodes = inline(text.join("\n"), inner);
      if (below.length && inner.depth < MAX_DEPTH) nodes.push(list(below, inner));
      else if (below.length) nodes.push({ type: "text", text: below.join("\n") });
      return nodes;
    }),
  };
}
