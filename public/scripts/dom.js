// Building the page's elements. Text goes in by textContent only, so a name with markup in it stays a name.

import { onSchemeChange } from "./scheme.js";

/** `element("p", { class: "hint", text: "..." }, child, ...)`; `on` holds listeners, `data` the data attributes. */
export function element(tag, { text, on = {}, data = {}, ...attributes } = {}, ...children) {
    const node = document.createElement(tag);
    apply(node, attributes, on);
    Object.assign(node.dataset, data);
    if (text !== undefined) node.textContent = text;
    node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return node;
}

const svgNamespace = "http://www.w3.org/2000/svg";

export function svg(tag, { text, on = {}, ...attributes } = {}, ...children) {
    const node = document.createElementNS(svgNamespace, tag);
    apply(node, attributes, on);
    if (text !== undefined) node.textContent = text;
    node.append(...children);
    return node;
}

function apply(node, attributes, listeners) {
    for (const [key, value] of Object.entries(attributes)) {
        if (value === true) node.setAttribute(key, "");
        else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, value);
    }
    for (const [event, listener] of Object.entries(listeners)) node.addEventListener(event, listener);
}

export const byId = (id) => document.getElementById(id);

/** Whether a box was ticked, or its tick taken away, before there was code to listen. */
export const isEarly = (box) => box.checked !== box.defaultChecked;

const tokens = new Map();
onSchemeChange(() => tokens.clear());

/** The value of a CSS custom property, so that the canvases follow the style sheet in light and dark. */
export function token(property) {
    if (!tokens.has(property)) {
        tokens.set(property, getComputedStyle(document.documentElement).getPropertyValue(property).trim());
    }
    return tokens.get(property);
}

/** A number as a person reads it: three or four significant figures, a true minus sign. */
export function figure(value, digits = 2) {
    if (value === null || value === undefined || !Number.isFinite(value)) return "–";
    return value.toFixed(digits).replace("-", "\u2212");
}
