/**
 * The window that shows a message as JSON.
 */

import { h, icon } from "./dom.js";

/**
 * Shows a message as it came from the sandbox, for whoever builds the bot.
 *
 * @param {object} message
 */
export function inspect(message) {
  const dialog = h(
    "dialog.modal.inspector",
    {
      "aria-label": "Message as JSON",
      onclose: () => dialog.remove(),
      onclick: (/** @type {Event} */ event) => event.target === dialog && dialog.close(),
    },
    h(
      "header.modal-header",
      {},
      h("h2", {}, "Message as JSON"),
      h("button.icon-button", { type: "button", "aria-label": "Close", onclick: () => dialog.close() }, icon("close")),
    ),
    h("pre.code-block", { tabindex: "0" }, JSON.stringify(message, null, 2)),
  );
  document.body.append(dialog);
  dialog.showModal();
}
