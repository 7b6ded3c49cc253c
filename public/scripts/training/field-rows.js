// The form's fields as elements: a label, the control that fits what the daemon takes there, its range and its hint.

import { element } from "../dom.js";
import { presets, recipes } from "./fields.js";
import { isNumber, rangeInWords } from "./schema.js";

/** The choice of a model that is not a preset. */
export const own = "own";

/** What everybody looks at first, all other groups folded; `useRecipe(values)` is called when one is chosen. */
export function drawFields(box, fields, facts, useRecipe) {
    const rows = (group) => fields.filter((field) => field.group === group)
        .flatMap((field) => [row(field, facts(field)), ...(field.key === "model" ? [ownConfiguration()] : [])]);
    const groups = [...new Set(fields.map(({ group }) => group))].filter(Boolean);
    box.replaceChildren(
        element("div", { class: "recipes", role: "group", "aria-label": "Fill in a recipe" }, ...recipes.map(({ name, about, values }) =>
            element("button", { type: "button", class: "plain", text: name, title: about, on: { click: () => useRecipe(values) } }))),
        ...rows(null),
        element("details", { class: "more", id: "form-more" },
            element("summary", { text: "More settings" }),
            ...groups.map((group) => element("fieldset", {}, element("legend", { text: group }), element("div", { class: "fields" }, ...rows(group))))));
}

function row({ key, label, hint, wide }, facts) {
    const range = isNumber(facts) ? rangeInWords(facts) : "";
    const sentence = range.charAt(0).toUpperCase() + range.slice(1);
    return element("div", { class: wide ? "field" : "field short" },
        element("label", { for: `field-${key}`, text: label }),
        control(key, facts),
        element("p", { class: "field-error", id: `error-${key}`, role: "alert", hidden: true }),
        element("p", { class: "hint", id: `hint-${key}` }, `${hint} `, sentence && element("span", { class: "range", text: sentence })));
}

function control(key, facts) {
    const shared = { id: `field-${key}`, name: key, "aria-describedby": `hint-${key} error-${key}` };
    const option = (value, text = value) => element("option", { value, text });
    if (key === "dataset") return element("select", shared);
    if (key === "model") {
        const names = facts.choices ?? Object.keys(presets);
        return element("select", shared,
            ...names.map((name) => option(name, presets[name] ? `${name}: ${presets[name]}` : name)), option(own, "a configuration of one's own"));
    }
    if (facts.choices) {
        const usual = facts.usual === undefined ? "as the model has it" : `${facts.usual} (default)`;
        return element("select", shared, option("", usual), ...facts.choices.filter((choice) => choice !== facts.usual).map((choice) => option(choice)));
    }
    const number = isNumber(facts);
    const whole = facts.type === "integer";
    return element("input", {
        ...shared, type: number ? "number" : "text", step: number ? (whole ? "1" : "any") : null,
        placeholder: facts.usual ?? (key === "beta" ? "the model's" : null), autocomplete: "off", spellcheck: "false",
    });
}

function ownConfiguration() {
    return element("div", { class: "field", id: "own-row", hidden: true },
        element("label", { for: "field-configuration", text: "Configuration" }),
        element("textarea", { id: "field-configuration", rows: 9, spellcheck: "false", "aria-describedby": "hint-configuration error-configuration" }),
        element("p", { class: "field-error", id: "error-configuration", role: "alert", hidden: true }),
        element("p", { class: "hint", id: "hint-configuration", text: "JSON as in a checkpoint's config.json: layers, activation, likelihood, β. It begins as that of the open model." }));
}
