/**
 * The inline half of the markdown parser: styles, code, links, mentions, times. Pure, like markdown.js, which splits a
 * text into blocks first.
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
export const MAX_DEPTH = 16;
const MAX_UNIX = 8_640_000_000_000;

/** A code block; it may begin in the middle of a line, and what stands in it is no other block. */
export const FENCE = /```(?:([\w+.#-]+)\n)?([\s\S]*?[^`\s][\s\S]*?)```/y;
const INLINE_CODE = /(`+)(?!`)([\s\S]*?[^`])\1(?!`)/y;
const MASKED_LINK =
  /\[((?:\\.|[^\[\]\\\n])+)\]\(\s*<?(https?:\/\/(?:\([^\s()]*\)|[^\s()<>])+)>?(?:\s+["'][^\n]*?["'])?\s*\)/y;
const BARE_LINK = /https?:\/\/[^\s<]+/y;
const ANGLED_LINK = /<(https?:\/\/[^\s<>]+)>/y;
const MENTION = /<(@!?|@&|#)(\d{1,20})>/y;
const COMMAND = /<\/([^<>:\n]{1,100}):(\d{1,20})>/y;
const EMOJI = /<(a?):(\w{2,32}):(\d{1,20})>/y;
const TIME = /<t:(-?\d{1,15})(?::([tTdDfFRsS]))?>/y;
const EVERYONE = /@(everyone|here)\b/y;

/** @type {[string, "strong"|"u"|"s"|"spoiler"][]} */
const PAIRS = [
  ["**", "strong"],
  ["__", "u"],
  ["~~", "s"],
  ["||", "spoiler"],
];

/**
 * @param {RegExp} pattern sticky
 * @param {string} text
 * @param {number} at
 * @returns {RegExpExecArray|null}
 */
export function match(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * @param {string} text
 * @param {Context} context
 * @returns {MarkNode[]}
 */
export function inline(text, context) {
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
  for (let at = from; at < text.length;) {
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
  return (
    found && {
      node: { type: "link", href: found[1], children: [{ type: "text", text: found[1] }] },
      end: ANGLED_LINK.lastIndex,
    }
  );
}
