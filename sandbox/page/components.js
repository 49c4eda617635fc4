/**
 * What stands under a message to be pressed, and the newer layout components that may stand for its content.
 */

import { pressComponent, Refused } from "./api.js";
import { h, icon, outsideLink } from "./dom.js";
import { hexColour } from "./format.js";
import { rich } from "./richtext.js";
import { defaultValues, emojiMark, makeSelect, SelectType } from "./select.js";

/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./types.js").Message} Message */
/** @typedef {import("./state.js").Store} Store */

export const ComponentType = Object.freeze({
  ROW: 1,
  BUTTON: 2,
  TEXT_INPUT: 4,
  SECTION: 9,
  TEXT: 10,
  THUMBNAIL: 11,
  GALLERY: 12,
  FILE: 13,
  SEPARATOR: 14,
  CONTAINER: 17,
  LABEL: 18,
  ...SelectType,
});

const BUTTON_STYLES = ["", "primary", "secondary", "success", "danger", "link", "premium"];
const LINK = 5;
const FAILED = "This interaction failed";

/**
 * @param {Message} message
 * @param {Store} store
 * @returns {HTMLElement|null} null when there are none
 */
export function renderComponents(message, store) {
  if (!message.components?.length) return null;
  const press = store.pressOf(message.id);
  const reason = press?.reason === FAILED ? "" : press?.reason;
  return h(
    "div.components",
    {},
    message.components.map((component) => renderComponent(component, message, store)),
    press?.state === "failed" &&
      h(
        "div.component-failed",
        { role: "alert", data: { testid: "component-failed" } },
        icon("warning"),
        FAILED,
        reason && h("span.sandbox-reason", {}, ` · ${reason}`),
      ),
  );
}

/**
 * @param {Component} component
 * @param {Message} message
 * @param {Store} store
 * @returns {HTMLElement|null}
 */
function renderComponent(component, message, store) {
  const inner = () => (component.components ?? []).map((child) => renderComponent(child, message, store));
  switch (component.type) {
    case ComponentType.ROW:
      return h("div.component-row", {}, inner());
    case ComponentType.BUTTON:
      return button(component, message, store);
    case ComponentType.SECTION:
      return h(
        "div.layout-section",
        {},
        h("div", {}, inner()),
        component.accessory && renderComponent(component.accessory, message, store),
      );
    case ComponentType.TEXT:
      return rich(component.content ?? "", store);
    case ComponentType.THUMBNAIL:
      return h("img.layout-thumbnail", {
        src: fileUrl(component.media?.url, message),
        alt: component.description ?? "",
      });
    case ComponentType.GALLERY:
      return h(
        "div.layout-gallery",
        {},
        (component.items ?? []).map((item) =>
          h("img", { src: fileUrl(item.media.url, message), alt: item.description ?? "" }),
        ),
      );
    case ComponentType.FILE:
      return h(
        "div.attachment",
        {},
        icon("file"),
        outsideLink(
          ".attachment-name",
          fileUrl(component.file?.url, message),
          (component.file?.url ?? "").split("/").at(-1),
        ),
      );
    case ComponentType.SEPARATOR:
      return h("hr.layout-separator", {
        data: { divider: component.divider ?? true, spacing: component.spacing ?? 1 },
      });
    case ComponentType.CONTAINER: {
      const element = h("div.embed.layout-container", {}, h("div.embed-body", {}, inner()));
      element.style.borderLeftColor = hexColour(component.accent_color) ?? "";
      return element;
    }
    default:
      return Object.values(SelectType).some((type) => type === component.type)
        ? select(component, message, store)
        : null;
  }
}

/**
 * @param {string|undefined} url
 * @param {Message} message
 * @returns {string|undefined}
 */
function fileUrl(url, message) {
  if (!url?.startsWith("attachment://")) return url;
  return message.attachments?.find(({ filename }) => `attachment://${filename}` === url)?.url;
}

/**
 * @param {Component} component
 * @param {Message} message
 * @param {Store} store
 * @returns {HTMLElement}
 */
function button(component, message, store) {
  const { style = 2, label = "", emoji, disabled = false, url, custom_id: customId = "" } = component;
  const selector = `.button.${BUTTON_STYLES[style] ?? "secondary"}`;
  const face = [emojiMark(emoji), label && h("span", {}, label)];
  if (style === LINK && !disabled) {
    const link = outsideLink(selector, url, face, icon("external"));
    link.dataset.testid = `button-${label}`;
    return link;
  }
  const press = store.pressOf(message.id);
  const loading = press?.state === "loading" && press.customId === customId;
  return h(
    `button${selector}`,
    {
      type: "button",
      disabled,
      "aria-label": label || emoji?.name,
      "aria-busy": loading ? "true" : null,
      "aria-disabled": press?.state === "loading" ? "true" : null,
      data: { testid: `button-${label || emoji?.name}`, customId, focusKey: customId },
      onclick: () => {
        if (store.pressOf(message.id)?.state !== "loading") act(message, customId, store);
      },
    },
    h("span.button-face", {}, face),
    style === LINK && icon("external"),
    loading && h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i")),
  );
}

/**
 * @param {Component} component
 * @param {Message} message
 * @param {Store} store
 * @returns {HTMLElement}
 */
function select(component, message, store) {
  const customId = component.custom_id ?? "";
  const key = `${message.id}/${customId}`;
  const loading = store.pressOf(message.id)?.state === "loading";
  return makeSelect(component, store, {
    values: store.picked.get(key) ?? defaultValues(component),
    disabled: component.disabled || loading,
    onPick: (values) => {
      store.picked.set(key, values);
      act(message, customId, store, values);
    },
  });
}

/**
 * Presses for the reader.
 *
 * @param {Message} message
 * @param {string} customId
 * @param {Store} store
 * @param {string[]} [values] of a select
 */
async function act(message, customId, store, values) {
  const press = store.pressing(message.id, customId);
  try {
    const { id } = await pressComponent(
      {
        user: store.me?.id ?? "",
        channel: message.channel_id,
        message: message.id,
        custom_id: customId,
        values,
        nonce: press.nonce,
      },
      () => press.id,
    );
    store.accepted(press, id);
  } catch (error) {
    store.refused(press, error instanceof Refused ? error.message : String(error));
  }
}
