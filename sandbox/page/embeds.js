/**
 * Embeds and attachments.
 */

import { h, icon, outsideLink } from "./dom.js";
import { fileSize, hexColour, messageTime, safeUrl } from "./format.js";
import { rich, richTitle } from "./richtext.js";

/** @typedef {import("./types.js").Embed} Embed */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./types.js").Attachment} Attachment */

const FIELDS_A_ROW = 3;
const RELOAD_MS = 500;

/**
 * @param {Embed} embed
 * @param {Message} message to find `attachment://` files in
 * @param {import("./state.js").Store} store
 * @returns {HTMLElement}
 */
export function renderEmbed(embed, message, store) {
  const { author, title, url, description, fields = [], footer, timestamp, image, thumbnail } = embed;
  const picture = mediaUrl(image?.url, message);
  const small = mediaUrl(thumbnail?.url, message);
  const element = h(
    "article.embed",
    { data: { testid: "embed" } },
    h(
      "div.embed-body",
      {},
      author &&
        h(
          "div.embed-author",
          {},
          avatarImage(author.icon_url, message),
          outsideLink(".embed-author-name", author.url, author.name),
        ),
      title && h("h3.embed-title", {}, outsideLink(".embed-title-text", url, richTitle(title, store))),
      description && rich(description, store, "embed-description"),
      fields.length > 0 && renderFields(fields, store),
      picture && imageLink(picture, "embed-image", image?.description ?? "Embed image", image),
      (footer || timestamp) &&
        h(
          "div.embed-footer",
          {},
          avatarImage(footer?.icon_url, message),
          h("span", {}, footerText(footer?.text, timestamp)),
        ),
    ),
    small && imageLink(small, "embed-thumbnail", "Thumbnail", thumbnail),
  );
  element.style.borderLeftColor = hexColour(embed.color) ?? "";
  element.classList.toggle("with-image", Boolean(picture));
  return element;
}

/**
 * Footers are plain text: neither markdown nor timestamps work in them.
 *
 * @param {string|undefined} text
 * @param {string|undefined} timestamp
 * @returns {string}
 */
function footerText(text, timestamp) {
  const time = timestamp ? messageTime(new Date(timestamp), new Date(), true) : "";
  return [text, time].filter(Boolean).join(" • ");
}

/**
 * Fields that are inline stand up to three in a row; the others have a row each.
 *
 * @param {NonNullable<Embed["fields"]>} fields
 * @param {import("./state.js").Store} store
 * @returns {HTMLElement}
 */
function renderFields(fields, store) {
  /** @type {(typeof fields)[]} */
  const rows = [];
  for (const field of fields) {
    const row = rows.at(-1);
    if (row && field.inline && row[0].inline && row.length < FIELDS_A_ROW) row.push(field);
    else rows.push([field]);
  }
  return h(
    "div.embed-fields",
    {},
    rows.flatMap((row) =>
      row.map((field) =>
        h(
          `div.embed-field.of-${row.length}`,
          { data: { testid: "embed-field" } },
          h("h4.embed-field-name", {}, richTitle(field.name, store)),
          rich(field.value, store, "embed-field-value"),
        ),
      ),
    ),
  );
}

/**
 * @param {string|undefined} url may name a file of the message
 * @param {Message} message
 * @returns {string|null}
 */
function mediaUrl(url, message) {
  if (!url) return null;
  const name = url.startsWith("attachment://") ? url.slice("attachment://".length) : null;
  return safeUrl(name === null ? url : message.attachments?.find(({ filename }) => filename === name)?.url);
}

/**
 * @param {string|undefined} url
 * @param {Message} message
 * @returns {HTMLElement|null}
 */
function avatarImage(url, message) {
  const source = mediaUrl(url, message);
  return source ? h("img.embed-icon", { src: source, alt: "" }) : null;
}

/**
 * @param {string} url
 * @param {string} className
 * @param {string} alt
 * @param {{width?: number, height?: number}|undefined} size known beforehand, it keeps the page from jumping
 * @returns {HTMLElement}
 */
function imageLink(url, className, alt, size) {
  const image = h("img", {
    src: url,
    alt,
    width: size?.width ?? null,
    height: size?.height ?? null,
    data: { testid: className },
  });
  // A load that a change of the network broke off is worth one more try.
  image.addEventListener(
    "error",
    () =>
      setTimeout(() => {
        image.src = url;
      }, RELOAD_MS),
    { once: true },
  );
  return outsideLink(`.${className}`, url, image);
}

/**
 * Attachments that no embed shows already: pictures as pictures, other files as cards to download.
 *
 * @param {Message} message
 * @returns {HTMLElement[]}
 */
export function renderAttachments(message) {
  const shown = new Set(
    (message.embeds ?? []).flatMap(({ image, thumbnail, author, footer }) =>
      [image?.url, thumbnail?.url, author?.icon_url, footer?.icon_url].map((url) => mediaUrl(url, message)),
    ),
  );
  return (message.attachments ?? []).filter(({ url }) => !shown.has(safeUrl(url))).map(renderAttachment);
}

/** @param {Attachment} attachment @returns {HTMLElement} */
function renderAttachment(attachment) {
  const { filename, url, size, content_type: type = "" } = attachment;
  const isImage = type.startsWith("image/") || /\.(png|jpe?g|gif|webp)$/i.test(filename);
  if (isImage) {
    const element = imageLink(url, "attachment-image", attachment.description ?? filename, attachment);
    element.dataset.testid = "attachment";
    return element;
  }
  return h(
    "div.attachment",
    { data: { testid: "attachment" } },
    icon("file"),
    h(
      "div.attachment-text",
      {},
      h("a.attachment-name", { href: url, download: filename, target: "_blank", rel: "noopener" }, filename),
      h("div.attachment-size", {}, fileSize(size)),
    ),
    h(
      "a.attachment-download",
      { href: url, download: filename, "aria-label": `Download ${filename}`, title: "Download" },
      icon("download"),
    ),
  );
}
