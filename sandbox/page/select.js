/**
 * A select menu, of its own options or of users, roles or channels; used in messages and in dialogs.
 */

import { h, icon } from "./dom.js";
import { userName } from "./format.js";

/** @typedef {import("./types.js").Component} Component */
/** @typedef {import("./types.js").SelectOption} SelectOption */

export const SelectType = Object.freeze({ STRING: 3, USER: 5, ROLE: 6, MENTIONABLE: 7, CHANNEL: 8 });

/**
 * @param {Component} component
 * @param {import("./state.js").Store} store
 * @returns {SelectOption[]}
 */
function selectOptions(component, store) {
  const users = [...store.users, ...(store.bot ? [store.bot] : [])].map((user) => ({
    label: userName(user),
    value: user.id,
    description: user.bot ? "app" : (user.role_names ?? []).join(", "),
  }));
  const roles = store.roles.map((role) => ({ label: `@${role.name.replace(/^@/, "")}`, value: role.id }));
  switch (component.type) {
    case SelectType.USER:
      return users;
    case SelectType.ROLE:
      return roles;
    case SelectType.MENTIONABLE:
      return [...users, ...roles];
    case SelectType.CHANNEL:
      return store.channels.map(({ id, name }) => ({ label: `#${name}`, value: id }));
    default:
      return component.options ?? [];
  }
}

/**
 * @param {Component} component
 * @returns {string[]} the values it starts with
 */
export function defaultValues(component) {
  if (component.type !== SelectType.STRING) return (component.default_values ?? []).map(({ id }) => id);
  return (component.options ?? []).filter((option) => option.default).map(({ value }) => value);
}

/** @param {import("./types.js").Emoji|undefined} emoji @returns {HTMLElement|null} */
export function emojiMark(emoji) {
  if (!emoji?.name) return null;
  return h("span.emoji", { title: emoji.id ? `:${emoji.name}:` : null }, emoji.id ? `:${emoji.name}:` : emoji.name);
}

/**
 * Makes a select menu.
 *
 * @param {Component} component
 * @param {import("./state.js").Store} store
 * @param {{values: string[], disabled?: boolean, onPick: (values: string[]) => void}} use `onPick` is called when the
 *   choice is made: at once for a single one, at closing for several
 * @returns {HTMLElement}
 */
export function makeSelect(component, store, { values, disabled = false, onPick }) {
  const options = selectOptions(component, store);
  const least = component.min_values ?? 1;
  const most = component.max_values ?? 1;
  const searchable = component.type !== SelectType.STRING;
  let chosen = [...values];
  let typed = "";
  const placeholder = component.placeholder ?? "Make a selection";
  const box = h("button.select-box", {
    type: "button",
    "aria-haspopup": "listbox",
    "aria-expanded": "false",
    "aria-disabled": disabled ? "true" : null,
    "aria-label": placeholder,
    data: { testid: `select-${component.custom_id}`, focusKey: component.custom_id },
    onclick: () => {
      if (!disabled) (menu.hidden ? open : close)();
    },
  });
  const field = h("input.select-search", {
    type: "text",
    placeholder: "Search",
    "aria-label": "Search",
    oninput: () => {
      typed = field.value.toLowerCase();
      drawMenu();
    },
  });
  const list = h("ul.select-list", {
    role: "listbox",
    "aria-label": placeholder,
    "aria-multiselectable": String(most > 1),
    tabindex: "-1",
  });
  const menu = h("div.select-menu", { hidden: true, data: { testid: "select-menu" } }, searchable && field, list);
  const element = h("div.select", { onkeydown: keydown }, box, menu);

  function drawBox() {
    const picked = options.filter(({ value }) => chosen.includes(value));
    const text = picked.length
      ? picked.map((option) => h(most > 1 ? "span.select-tag" : "span", {}, emojiMark(option.emoji), option.label))
      : [h("span.select-placeholder", {}, placeholder)];
    box.replaceChildren(h("span.select-values", {}, text), icon("chevron"));
  }

  function drawMenu() {
    const fitting = options.filter(({ label }) => label.toLowerCase().includes(typed));
    list.replaceChildren(
      ...fitting.map((option) => {
        const on = chosen.includes(option.value);
        return h(
          "li.select-option",
          {
            role: "option",
            tabindex: "-1",
            "aria-selected": String(on),
            "aria-disabled": !on && most > 1 && chosen.length >= most ? "true" : null,
            data: { testid: "select-option", value: option.value },
            onclick: () => toggle(option.value),
          },
          emojiMark(option.emoji),
          h(
            "span.select-text",
            {},
            h("span.select-label", {}, option.label),
            option.description && h("span.select-description", {}, option.description),
          ),
          most > 1 ? h("span.select-tick", {}, on && icon("check")) : on && h("span.select-dot", {}, icon("check")),
        );
      }),
    );
    if (!fitting.length) list.replaceChildren(h("li.select-none", {}, "Nothing fits"));
  }

  /** @param {string} value */
  function toggle(value) {
    if (most === 1) {
      const values = chosen.includes(value) && least === 0 ? [] : [value];
      chosen = values;
      shut();
      drawBox();
      onPick(values);
      return;
    }
    if (chosen.includes(value)) chosen = chosen.filter((other) => other !== value);
    else if (chosen.length < most) chosen.push(value);
    drawBox();
    drawMenu();
    /** @type {HTMLElement|null} */ (list.querySelector(`[data-value="${CSS.escape(value)}"]`))?.focus();
  }

  function open() {
    drawMenu();
    menu.hidden = false;
    box.setAttribute("aria-expanded", "true");
    place();
    (searchable ? field : (list.querySelector('[aria-selected="true"]') ?? list.firstElementChild))?.focus();
    document.addEventListener("pointerdown", outside, true);
  }

  /** Below the box where there is room, else above it. */
  function place() {
    const room = element.closest("dialog, .messages")?.getBoundingClientRect() ?? document.body.getBoundingClientRect();
    const above = room.bottom - box.getBoundingClientRect().bottom < Math.min(menu.scrollHeight, 240);
    menu.classList.toggle("above", above && box.getBoundingClientRect().top - room.top > 160);
  }

  /** @param {Event} event */
  function outside(event) {
    if (!element.contains(/** @type {Node} */ (event.target))) close();
  }

  function shut() {
    menu.hidden = true;
    box.setAttribute("aria-expanded", "false");
    document.removeEventListener("pointerdown", outside, true);
  }

  function close() {
    if (menu.hidden) return;
    const focused = menu.contains(document.activeElement);
    shut();
    if (focused) box.focus();
    const changed = chosen.length !== values.length || chosen.some((value) => !values.includes(value));
    if (most > 1 && changed && chosen.length >= least) {
      values = [...chosen];
      onPick(values);
    } else if (most > 1) {
      chosen = [...values];
      drawBox();
    }
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    if (menu.hidden) {
      if (event.key !== "ArrowDown" || disabled) return;
      open();
    } else if (event.key === "Escape" || event.key === "Tab") close();
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") step(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" || (event.key === " " && document.activeElement !== field)) {
      const active = /** @type {HTMLElement|null} */ (document.activeElement?.closest(".select-option"));
      const target =
        active ??
        (document.activeElement === field
          ? /** @type {HTMLElement|null} */ (list.querySelector(".select-option"))
          : null);
      if (!target) return;
      target.click();
      if (menu.hidden) box.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {number} by */
  function step(by) {
    const lines = /** @type {HTMLElement[]} */ ([...list.querySelectorAll(".select-option")]);
    const at = lines.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    lines[(at + by + lines.length) % lines.length]?.focus();
  }

  drawBox();
  return element;
}
