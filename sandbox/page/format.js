/**
 * Text for numbers, times, sizes and addresses. Pure: the present comes in as an argument.
 */

const DISCORD_EPOCH_MS = 1420070400000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The page speaks English; dates follow the reader's kind of English, and the British one for everyone else. */
const LOCALE = globalThis.navigator?.language?.startsWith("en") ? navigator.language : "en-GB";

/** @type {Record<string, Intl.DateTimeFormatOptions>} */
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { year: "numeric", month: "2-digit", day: "2-digit" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { year: "numeric", month: "2-digit", day: "2-digit", hour: "numeric", minute: "2-digit" },
  S: { year: "numeric", month: "2-digit", day: "2-digit", hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/**
 * @param {Date} date
 * @param {string} style a Discord timestamp style
 * @returns {string}
 */
function dated(date, style) {
  // Newer browsers put a narrow no-break space before AM and PM; an ordinary one wraps and searches better.
  return new Intl.DateTimeFormat(LOCALE, STYLES[style]).format(date).replace(/[\u202f\u00a0]/g, " ");
}

/**
 * When a snowflake was made.
 *
 * @param {string} id
 * @returns {Date}
 */
export function snowflakeTime(id) {
  return new Date(Number(BigInt(id) >> 22n) + DISCORD_EPOCH_MS);
}

/**
 * Orders snowflakes by age; they are too long for a number.
 *
 * @param {string} left
 * @param {string} right
 * @returns {number} negative when left is older
 */
export function compareIds(left, right) {
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

/**
 * How long ago or how far ahead, as Discord words it.
 *
 * @param {number} seconds positive is in the future
 * @returns {string} "5 minutes ago", "in an hour"
 */
export function relativeTime(seconds) {
  const size = Math.abs(seconds);
  if (size < 1) return "now";
  /** @type {[number, number, string, string][]} limit, unit in seconds, one of it, its name */
  const steps = [
    [45, 1, "a second", "seconds"],
    [45 * MINUTE, MINUTE, "a minute", "minutes"],
    [22 * HOUR, HOUR, "an hour", "hours"],
    [26 * DAY, DAY, "a day", "days"],
    [320 * DAY, 30.44 * DAY, "a month", "months"],
    [Infinity, 365.25 * DAY, "a year", "years"],
  ];
  const [, unit, one, many] = steps.find(([limit]) => size < limit) ?? steps[5];
  const count = Math.max(1, Math.round(size / unit));
  const words = count === 1 ? one : `${count} ${many}`;
  return seconds > 0 ? `in ${words}` : `${words} ago`;
}

/**
 * What `<t:unix:style>` shows.
 *
 * @param {number} unix seconds
 * @param {string} style one of t T d D f F s S R
 * @param {number} nowMs the present, milliseconds
 * @returns {string}
 */
export function discordTimestamp(unix, style, nowMs) {
  if (style === "R") return relativeTime(unix - Math.floor(nowMs / 1000));
  return dated(new Date(unix * 1000), style in STYLES ? style : "f");
}

/**
 * @param {Date} left
 * @param {Date} right
 * @returns {boolean} whether both fall on one day here
 */
export function sameDay(left, right) {
  return left.toDateString() === right.toDateString();
}

/**
 * @param {Date} date
 * @returns {string} "November 24, 2026"
 */
export function dayLabel(date) {
  return dated(date, "D");
}

/**
 * @param {Date} date
 * @returns {string} "3:45 PM"
 */
export function clock(date) {
  return dated(date, "t");
}

/**
 * @param {Date} date
 * @returns {string} "Tuesday, November 24, 2026 at 3:45 PM"
 */
export function fullTime(date) {
  return dated(date, "F");
}

/**
 * The time beside a message's author, or in an embed's footer.
 *
 * @param {Date} date
 * @param {Date} now
 * @param {boolean} [spoken] with "Today at" before today's times, as footers have it
 * @returns {string}
 */
export function messageTime(date, now, spoken = false) {
  if (sameDay(date, now)) return spoken ? `Today at ${clock(date)}` : clock(date);
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (sameDay(date, yesterday)) return `Yesterday at ${clock(date)}`;
  return `${dated(date, "d")} ${clock(date)}`;
}

/**
 * @param {number} bytes
 * @returns {string} "1.95 KB"
 */
export function fileSize(bytes) {
  if (bytes < 1024) return bytes === 1 ? "1 byte" : `${bytes} bytes`;
  let size = bytes / 1024;
  for (const unit of ["KB", "MB"]) {
    if (size < 1024) return `${size.toFixed(2)} ${unit}`;
    size /= 1024;
  }
  return `${size.toFixed(2)} GB`;
}

/**
 * @param {number|string|null|undefined} colour Discord's integer or a CSS hex colour
 * @returns {string|null} "#5865f2", or null for none
 */
export function hexColour(colour) {
  if (typeof colour === "string") return /^#[0-9a-f]{6}$/i.test(colour) && colour !== "#000000" ? colour : null;
  return typeof colour === "number" && colour > 0 ? `#${(colour & 0xffffff).toString(16).padStart(6, "0")}` : null;
}

/**
 * Lets through only addresses that a click or an image may follow.
 *
 * @param {unknown} url
 * @returns {string|null} the address made absolute, or null
 */
export function safeUrl(url) {
  if (typeof url !== "string") return null;
  try {
    const parsed = new URL(url, globalThis.location?.origin);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch {
    return null;
  }
}

const DIRECT = 1;

/**
 * @param {import("./types.js").Channel|undefined} channel
 * @returns {boolean} whether it is a conversation with the bot alone
 */
export function isDirect(channel) {
  return channel?.type === DIRECT;
}

/**
 * @param {import("./types.js").Channel|undefined} channel
 * @returns {string} "#bot-commands", or "@ddc-perf" for a direct one
 */
export function channelName(channel) {
  return `${isDirect(channel) ? "@" : "#"}${channel?.name ?? ""}`;
}

/**
 * @param {import("./types.js").User|undefined|null} user
 * @returns {string}
 */
export function userName(user) {
  return user?.name || user?.global_name || user?.username || "Unknown User";
}
