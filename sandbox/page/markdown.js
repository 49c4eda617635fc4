/**
 * Discord's markdown as a pure parser: text in, a tree of plain objects out; richtext.js makes DOM of it.
 *
 * Blocks (headings, quotes, lists, subtext) begin at a line's start; everything else is inline. Where Discord has a
 * quirk that reports run into, it is kept: `snake_case` is not italic, `__init__` is underlined, a quote doesn't nest,
 * a masked link whose text is itself an address stays text. Short codes such as `:smile:` stay as they were written.
 *
 * @typedef {{type: "text", text: string} | {type: "br"} | {type: "code", text: string}
 *   | {type: "codeblock", language: string, text: string}
 *   | {type: "strong"|"em"|"u"|"s"|"spoiler"|"quote"|"subtext", children: MarkNode[]}
 *   | {type: "heading", level: number, children: MarkNode[]}
 *   | {type: "list", ordered: boolean, start: number, items: MarkNode[][]}
 *   | {type: "link", href: string, children: MarkNode[]}
 *   | {type: "user"|"role"|"channel", id: string} | {type: "everyone", name: string}
 *   | {type: "command", name: string, id: string} | {type: "emoji", name: string, id: string, animated: boolean}
 *   | {type: "time", unix: number, style: string}} MarkNode
 * @typedef {{title: boolean, link: boolean, quote: boolean, depth: number}} Context
 */

/** Deeper nesting than anyone writes: beyond it text stays text, so that no input can exhaust the stack. */
const MAX_DEPTH = 16;
const MAX_UNIX = 8_640_000_000_000;

const FENCE = /```(?:([\w+.#-]+)\n)?([\s\S]*?[^`\s][\s\S]*?)```/y;
const HEADING = /(#{1,3})[ \t]+(?!#)([^\n]+?)[ \t]*#*[ \t]*(?:\n|$)/y;
const SUBTEXT = /-#[ \t]+([^\n]+)(?:\n|$)/y;
const QUOTE_REST = / *>>> +([\s\S]*)/y;
const QUOTE_LINES = / *>(?!>>) +[^\n]*(?:\n *>(?!>>) +[^\n]*)*\n?/y;
const LIST = / *(?:[-*]|\d{1,9}\.) +[^\s][^\n]*(?:\n(?: *(?:[-*]|\d{1,9}\.) +[^\s]| {2,}[^\s])[^\n]*)*\n?/y;
const LIST_ITEM = /^( *)(?:([-*])|(\d{1,9})\.) +(.*)$/;

const INLINE_CODE = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y;
const MASKED_LINK = /\[((?:\\.|[^\[\]\\\n])+)\]\(\s*<?(https?:\/\/(?:\([^\s()]*\)|[^\s()<>])+)>?(?:\s+["'][^\n]*?["'])?\s*\)/y;
const BARE_LINK = /https?:\/\/[^\s<]+/y;
const ANGLED_LINK = /<(https?:\/\/[^\s<>]+)>/y;
const MENTION = /<(@!?|@&|#)(\d{1,20})>/y;
const COMMAND = /<\/([^<>:\n]{1,100}):(\d{1,20})>/y;
const EMOJI = /<(a?):(\w{2,32}):(\d{1,20})>/y;
const TIME = /<t:(-?\d{1,15})(?::([tTdDfFRsS]))?>/y;
const EVERYONE = /@(everyone|here)\b/y;

/** @type {[string, "strong"|"u"|"s"|"spoiler"][]} */
const PAIRS = [["**", "strong"], ["__", "u"], ["~~", "s"], ["||", "spoiler"]];

/**
 * @param {RegExp} pattern sticky
 * @param {string} text
 * @param {number} at
 * @returns {RegExpExecArray|null}
 */
function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

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
    return { node: { type: "heading", level: found[1].length, children: inline(found[2], inner) }, end: HEADING.lastIndex };
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

/**
 * @param {string} text
 * @param {Context} context
 * @returns {MarkNode[]}
 */
function inline(text, context) {
  if (context.depth >= MAX_DEPTH) return text ? [{ type: "text", text }] : [];
  /** @type {MarkNode[]} */
  const nodes = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    if (text[at] === "\\" && /[^0-9A-Za-z\s]/.test(text[at + 1] ?? "")) {
      const escaped = String.fromCodePoint(/** @type {number} */ (text.codePointAt(at + 1)));
      plain += escaped;
      at += 1 + escaped.length;
      continue;
    }
    const found = inlineAt(text, at, context);
    if (found) {
      if (plain) nodes.push({ type: "text", text: plain });
      plain = "";
      nodes.push(found.node);
      at = found.end;
      continue;
    }
    plain += text[at];
    at += 1;
  }
  if (plain) nodes.push({ type: "text", text: plain });
  return nodes;
}

/**
 * @param {string} text
 * @param {number} at
 * @param {Context} context
 * @returns {{node: MarkNode, end: number}|null}
 */
function inlineAt(text, at, context) {
  switch (text[at]) {
    case "\n":
      return { node: { type: "br" }, end: at + 1 };
    case "`":
      return code(text, at, context);
    case "*":
    case "_":
    case "~":
    case "|":
      return paired(text, at, context) ?? emphasis(text, at, context);
    case "<":
      return angled(text, at, context);
    case "[":
    case "h":
      return context.link ? null : link(text, at, context);
    case "@": {
      const found = context.title ? null : match(EVERYONE, text, at);
      return found && { node: { type: "everyone", name: found[1] }, end: EVERYONE.lastIndex };
    }
    default:
      return null;
  }
}

/** @type {typeof inlineAt} */
function code(text, at, context) {
  if (text[at - 1] === "`") return null;
  const fence = context.title ? null : match(FENCE, text, at);
  if (fence) {
    const end = FENCE.lastIndex + (text[FENCE.lastIndex] === "\n" ? 1 : 0);
    const body = fence[2].replace(/^\n+|\n+$/g, "");
    return { node: { type: "codeblock", language: fence[1] ?? "", text: body }, end };
  }
  const span = match(INLINE_CODE, text, at);
  if (!span) return null;
  // Spaces that only keep a backtick off the fence are not part of the text.
  return { node: { type: "code", text: span[2].replace(/^ (?= *`)|(?<=` *) $/g, "") }, end: INLINE_CODE.lastIndex };
}

/** @type {typeof inlineAt} */
function paired(text, at, context) {
  for (const [mark, type] of PAIRS) {
    if (!text.startsWith(mark, at)) continue;
    const close = closing(text, at + 2, mark);
    if (close <= at + 2) return null;
    const children = inline(text.slice(at + 2, close), { ...context, depth: context.depth + 1 });
    return { node: { type, children }, end: close + 2 };
  }
  return null;
}

/** @type {typeof inlineAt} */
function emphasis(text, at, context) {
  const mark = text[at];
  if ((mark !== "*" && mark !== "_") || text[at + 1] === undefined) return null;
  if (mark === "*" && /\s/.test(text[at + 1])) return null;
  const close = closing(text, at + 1, mark);
  if (close <= at + 1 || text.slice(at + 1, close) === mark + mark) return null;
  if (mark === "*" && /\s/.test(text[close - 1])) return null;
  if (mark === "_" && /\w/.test(text[close + 1] ?? "")) return null;
  const children = inline(text.slice(at + 1, close), { ...context, depth: context.depth + 1 });
  return { node: { type: "em", children }, end: close + 1 };
}

/**
 * Finds where a style ends: not in code, not after a backslash, and not inside a longer run of the same sign.
 *
 * @param {string} text
 * @param {number} from
 * @param {string} mark
 * @returns {number} -1 for nowhere
 */
function closing(text, from, mark) {
  for (let at = from; at < text.length; ) {
    if (text[at] === "\\") at += 2;
    else if (text[at] === "`") at = match(INLINE_CODE, text, at) ? INLINE_CODE.lastIndex : at + 1;
    else if (!text.startsWith(mark, at)) at += 1;
    else if (mark.length === 1 && text[at + 1] === mark) at += 2;
    else if (text[at + mark.length] === mark[0] && mark !== "||" && mark !== "~~") at += 1;
    else return at;
  }
  return -1;
}

/** @type {typeof inlineAt} */
function link(text, at, context) {
  if (text[at] === "[") {
    const masked = match(MASKED_LINK, text, at);
    if (!masked || /https?:\/\//i.test(masked[1])) return null;
    const children = inline(masked[1], { ...context, link: true, depth: context.depth + 1 });
    return { node: { type: "link", href: masked[2], children }, end: MASKED_LINK.lastIndex };
  }
  const bare = match(BARE_LINK, text, at);
  if (!bare) return null;
  let href = bare[0].replace(/[.,:;"'!?\]|*_~]+$/, "");
  while (href.endsWith(")") && href.split(")").length > href.split("(").length) href = href.slice(0, -1);
  if (/^https?:\/\/$/.test(href)) return null;
  return { node: { type: "link", href, children: [{ type: "text", text: href }] }, end: at + href.length };
}

/** @type {typeof inlineAt} */
function angled(text, at, context) {
  let found = match(EMOJI, text, at);
  if (found) {
    const [whole, animated, name, id] = found;
    return { node: { type: "emoji", name, id, animated: animated === "a" }, end: at + whole.length };
  }
  if (context.title) return null;
  found = match(MENTION, text, at);
  if (found) {
    const type = found[1] === "#" ? "channel" : found[1] === "@&" ? "role" : "user";
    return { node: { type, id: found[2] }, end: MENTION.lastIndex };
  }
  found = match(TIME, text, at);
  if (found && Math.abs(Number(found[1])) <= MAX_UNIX) {
    return { node: { type: "time", unix: Number(found[1]), style: found[2] ?? "f" }, end: TIME.lastIndex };
  }
  found = match(COMMAND, text, at);
  if (found) return { node: { type: "command", name: found[1], id: found[2] }, end: COMMAND.lastIndex };
  found = context.link ? null : match(ANGLED_LINK, text, at);
  return found && { node: { type: "link", href: found[1], children: [{ type: "text", text: found[1] }] }, end: ANGLED_LINK.lastIndex };
}
