// A schema as a list of its fields; what is nested is a disclosure, built when it is opened, so that a schema may
// contain itself.

import { element } from "../dom.js";
import { disclosure, inline } from "./text.js";
import { limitsOf, typeOf } from "./words.js";

/** The fields of a schema, or the one value that it is. */
export function schemaView(specification, schema) {
    const { label, rows } = partsOf(specification, schema);
    if (rows.length === 0) return fieldList([fieldRow(specification, { schema })]);
    const words = label === "" ? [] : [element("p", { class: "hint", text: label })];
    return element("div", {}, ...words, fieldList(rows.map((row) => fieldRow(specification, row))));
}

export const fieldList = (rows) => element("ul", { class: "fields" }, ...rows);

/** One field or parameter: `{ name, schema, required, description, place }`. */
export function fieldRow(specification, { name, schema = {}, required = false, description, place }) {
    const resolved = specification.core(schema);
    const facts = [typeOf(specification, schema), ...limitsOf(resolved)].filter((fact) => fact !== "");
    const words = description ?? specification.resolve(schema).description ?? resolved.description;
    const { label, rows } = partsOf(specification, schema);
    const inside = label || (name ? `fields of ${name}` : rows.map((row) => row.name ?? "…").join(", "));
    return element("li", {},
        element("div", { class: "field-head" },
            name === undefined ? null : element("code", { class: "name", text: name }),
            place ? element("span", { class: "place", text: place }) : null,
            element("span", { class: "type", text: facts.join(", ") }),
            required ? element("span", { class: "required", text: "required" }) : null),
        words ? element("p", { class: "hint" }, ...inline(words)) : null,
        rows.length === 0 ? null : disclosure({}, element("summary", { text: inside }), () =>
            [fieldList(rows.map((row) => fieldRow(specification, row)))]));
}

/** What there is to say of the inside of a schema. */
function partsOf(specification, schema, depth = 0) {
    const resolved = specification.core(schema);
    const forms = resolved.oneOf ?? resolved.anyOf;
    if (forms) {
        const says = (form) => partsOf(specification, form, depth + 1).rows.length > 0 || specification.resolve(form).description;
        const rows = depth < 4 && forms.some(says) ? forms.map((form) => ({ schema: form })) : [];
        return { label: rows.length > 0 ? "one of these" : "", rows };
    }
    if (resolved.items && depth < 4) {
        const inner = partsOf(specification, resolved.items, depth + 1);
        return { ...inner, label: inner.rows.length === 0 ? "" : inner.label ? `each entry is ${inner.label}` : "each entry" };
    }
    const rows = Object.entries(resolved.properties ?? {}).map(([name, part]) => ({
        name, schema: part, required: resolved.required?.includes(name) ?? false,
    }));
    for (const part of depth < 4 ? resolved.allOf ?? [] : []) rows.push(...partsOf(specification, part, depth + 1).rows);
    if (typeof resolved.additionalProperties === "object") rows.push({ name: "…", schema: resolved.additionalProperties });
    return { label: "", rows };
}
