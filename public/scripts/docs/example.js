// Examples: the document's own, else one made from the schema; and JSON laid out to be read.

/** The value that a media type, parameter or header shows; undefined where nothing can be said. */
export function exampleOf(specification, { example, examples, schema }) {
    if (example !== undefined) return example;
    const [first] = Object.values(examples ?? {});
    if (first !== undefined) return specification.resolve(first).value;
    return schema ? fromSchema(specification, schema) : undefined;
}

/** The part of a schema's value that has to be there, or one entry where nothing has to. */
function fromSchema(specification, schema, depth = 0) {
    const resolved = specification.resolve(schema);
    const known = [resolved.example, resolved.examples?.[0], resolved.const, resolved.default, resolved.enum?.[0]]
        .find((candidate) => candidate !== undefined);
    if (known !== undefined || depth > 5) return known;
    const inner = (part) => fromSchema(specification, part, depth + 1);
    const form = (resolved.oneOf ?? resolved.anyOf)?.[0];
    if (form) return inner(form);
    if (resolved.allOf) return Object.assign({}, ...resolved.allOf.map(inner));
    if (resolved.properties) {
        const names = resolved.required ?? Object.keys(resolved.properties);
        const entries = names.map((name) => [name, inner(resolved.properties[name] ?? {})]);
        return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
    }
    if (resolved.items) return [inner(resolved.items)].filter((value) => value !== undefined);
    const number = resolved.minimum ?? 0;
    return { number, integer: number, boolean: true, string: "", object: {}, array: [] }[[resolved.type].flat()[0]];
}

/** Whether a body of this type is typed in as text. */
export const isJSON = (type) => /^application\/(.+\+)?json\b/.test(type);

/** JSON of which short parts and rows of numbers stay on one line. */
export function pretty(value, indent = "") {
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const isList = Array.isArray(value);
    const members = isList ? value : Object.values(value);
    if (members.length === 0 || (isList && members.every((member) => member === null || typeof member !== "object"))) {
        return oneLine(value);
    }
    if (members.length <= 12) {
        const line = oneLine(value);
        if (indent.length + line.length <= 76) return line;
    }
    const deeper = `${indent}  `;
    const lines = isList
        ? value.map((member) => deeper + pretty(member, deeper))
        : Object.entries(value).map(([key, member]) => `${deeper}${JSON.stringify(key)}: ${pretty(member, deeper)}`);
    const [open, close] = isList ? "[]" : "{}";
    return `${open}\n${lines.join(",\n")}\n${indent}${close}`;
}

export function oneLine(value) {
    if (Array.isArray(value)) return `[${value.map(oneLine).join(", ")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    return `{${Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${oneLine(member)}`).join(", ")}}`;
}
