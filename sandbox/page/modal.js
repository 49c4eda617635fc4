/**
 * A bot's dialog: text fields and selects, checked before they are sent.
 */

import { Refused, submitModal } from "./api.js";
import { ComponentType } from "./components.js";
import { h, icon } from "./dom.js";
import { rich } from "./richtext.js";
import { defaultValues, makeSelect } from "./select.js";

/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./state.js").Store} Store */
/** @typedef {{id: string, element: HTMLElement, value: () => string|string[], problem: () => string, show: (error: string) => void}} Field */

const WRONG = "Something went wrong. Try again.";
const PARAGRAPH = 2;
const MOST = 4000;

/**
 * Shows the store's modal whenever there is one.
 *
 * @param {Store} store
 */
export function followModals(store) {
  /** @type {HTMLDialogElement|null} */
  let shown = null;
  store.on(["modal", "world"], () => {
    if (store.modal && !shown)
      shown = open(store, () => {
        shown = null;
      });
    else if (!store.modal) shown?.close();
  });
}

/**
 * @param {Store} store its modal is set
 * @param {() => void} closed
 * @returns {HTMLDialogElement}
 */
function open(store, closed) {
  const { interactionId, modal } = /** @type {NonNullable<Store["modal"]>} */ (store.modal);
  /** @type {Field[]} */
  const fields = [];
  const body = h(
    "div.modal-body",
    {},
    modal.components.map((component) => entry(component, component, store, fields)),
  );
  const error = h("div.modal-error", { role: "alert", hidden: true, data: { testid: "modal-error" } });
  const submit = h("button.button.primary", { type: "submit", data: { testid: "modal-submit" } }, "Submit");
  const cancel = h(
    "button.button.plain",
    { type: "button", data: { testid: "modal-cancel" }, onclick: () => dialog.close() },
    "Cancel",
  );
  const dialog = h(
    "dialog.modal",
    {
      "aria-labelledby": "modal-title",
      data: { testid: "modal" },
      onclose: () => {
        dialog.remove();
        closed();
        if (store.modal) store.closeModal();
      },
    },
    h(
      "form",
      { novalidate: true, onsubmit: send },
      h(
        "header.modal-header",
        {},
        h("h2", { id: "modal-title" }, modal.title),
        h(
          "button.icon-button",
          { type: "button", "aria-label": "Close", onclick: () => dialog.close() },
          icon("close"),
        ),
      ),
      body,
      error,
      h("footer.modal-footer", {}, cancel, submit),
    ),
  );

  /** @param {Event} event */
  async function send(event) {
    event.preventDefault();
    if (submit.disabled) return;
    const problems = fields.filter((field) => {
      field.show(field.problem());
      return field.problem();
    });
    if (problems.length) {
      /** @type {HTMLElement|null} */ (problems[0].element.querySelector("input, textarea, button"))?.focus();
      return;
    }
    submit.disabled = true;
    error.hidden = true;
    const press = store.pressing(interactionId, modal.custom_id);
    const answered = outcome(store, press);
    try {
      const { id } = await submitModal(
        {
          user: store.me?.id ?? "",
          interaction: interactionId,
          nonce: press.nonce,
          values: Object.fromEntries(fields.map((field) => [field.id, field.value()])),
        },
        () => press.id,
      );
      store.accepted(press, id);
      const reason = await answered;
      if (reason === null) dialog.close();
      else tell(reason || WRONG);
    } catch (problem) {
      store.refused(press, "");
      tell(problem instanceof Refused ? problem.message : String(problem));
    }
  }

  /** @param {string} text */
  function tell(text) {
    error.textContent = text;
    error.hidden = false;
    submit.disabled = false;
  }

  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLElement|null} */ (body.querySelector("input, textarea, .select-box"))?.focus();
  return dialog;
}

/**
 * Waits until the bot took the answers, or failed to.
 *
 * @param {Store} store
 * @param {import("./state.js").Press} press
 * @returns {Promise<string|null>} null when it took them, else why it failed
 */
function outcome(store, press) {
  return new Promise((resolve) => {
    const look = () => {
      if (store.presses.has(press.nonce) && press.state === "loading") return;
      store.removeEventListener("settled", look);
      resolve(press.state === "failed" ? press.reason : null);
    };
    store.addEventListener("settled", look);
  });
}

/**
 * @param {Component} component
 * @param {Component} named what holds its label
 * @param {Store} store
 * @param {Field[]} fields what can be filled is added here
 * @returns {HTMLElement|null}
 */
function entry(component, named, store, fields) {
  switch (component.type) {
    case ComponentType.ROW:
      return h(
        "div",
        {},
        (component.components ?? []).map((child) => entry(child, child, store, fields)),
      );
    case ComponentType.LABEL:
      return component.component ? entry(component.component, component, store, fields) : null;
    case ComponentType.TEXT:
      return rich(component.content ?? "", store);
    case ComponentType.TEXT_INPUT: {
      const field = textField(component, named);
      fields.push(field);
      return field.element;
    }
    case ComponentType.STRING:
    case ComponentType.USER:
    case ComponentType.ROLE:
    case ComponentType.MENTIONABLE:
    case ComponentType.CHANNEL: {
      const field = selectField(component, named, store);
      fields.push(field);
      return field.element;
    }
    default:
      return h("p.modal-unknown", {}, `The sandbox can't show this part (component type ${component.type}).`);
  }
}

/**
 * @param {Component} component
 * @param {Component} named
 * @param {HTMLElement} control
 * @param {HTMLElement|null} extra
 * @returns {{element: HTMLElement, show: (error: string) => void}}
 */
function frame(component, named, control, extra) {
  const id = `modal-${component.custom_id}`;
  const error = h("div.field-error", { role: "alert", id: `${id}-error`, hidden: true });
  control.setAttribute("aria-describedby", error.id);
  const element = h(
    "div.modal-field",
    { data: { testid: `field-${component.custom_id}` } },
    h(
      "label",
      { for: id },
      named.label ?? component.custom_id,
      component.required !== false && h("span.required", { title: "required" }, " *"),
    ),
    named.description && h("div.modal-description", {}, named.description),
    control,
    h("div.modal-under", {}, error, extra),
  );
  return {
    element,
    show: (text) => {
      error.textContent = text;
      error.hidden = !text;
      control.setAttribute("aria-invalid", String(Boolean(text)));
    },
  };
}

/** @param {Component} component @param {Component} named @returns {Field} */
function textField(component, named) {
  const { min_length: least = 0, max_length: most = MOST, custom_id: id = "", required = true } = component;
  const long = component.style === PARAGRAPH;
  const control = h(long ? "textarea" : "input", {
    id: `modal-${id}`,
    type: long ? null : "text",
    rows: long ? 5 : null,
    maxlength: most,
    autocomplete: "off",
    placeholder: component.placeholder,
    "aria-required": String(required),
    data: { testid: `input-${id}` },
    oninput: () => {
      counter.textContent = count();
      shown.show("");
    },
  });
  control.value = component.value ?? "";
  const count = () => `${control.value.length}/${most}`;
  const counter = h("span.counter", {}, count());
  const shown = frame(component, named, control, long ? counter : null);
  return {
    id,
    ...shown,
    value: () => control.value,
    problem: () => {
      const { length } = control.value;
      if (!length) return required ? "This field is required." : "";
      if (length < least) return `Must be ${least} or more in length.`;
      return length > most ? `Must be ${most} or fewer in length.` : "";
    },
  };
}

/** @param {Component} component @param {Component} named @param {Store} store @returns {Field} */
function selectField(component, named, store) {
  let values = defaultValues(component);
  const control = makeSelect(component, store, {
    values,
    onPick: (picked) => {
      values = picked;
      shown.show("");
    },
  });
  control.querySelector("button")?.setAttribute("id", `modal-${component.custom_id}`);
  const shown = frame(component, named, control, null);
  const least = component.required === false ? 0 : (component.min_values ?? 1);
  return {
    id: component.custom_id ?? "",
    ...shown,
    value: () => values,
    problem: () => (values.length < least ? "Pick at least one." : ""),
  };
}
