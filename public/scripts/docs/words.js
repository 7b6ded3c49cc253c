// A schema in words: "array of Point, 1 to 1,000 entries".

export const nameOf = (schema) => schema?.$ref?.split("/").at(-1);

/** What kind of value it is; an object that the document names goes by its name. */
export function typeOf(specification, schema, depth = 0) {
    const name = nameOf(schema);
    const { oneOf, anyOf, allOf, type, items, properties, ...rest } = specification.resolve(schema);
    if (depth > 4) return name ?? "any value";
    const inner = (part) => typeOf(specification, part, depth + 1);
    const forms = oneOf ?? anyOf;
    if (forms) return name ?? [...new Set(forms.map(inner))].join(" or ");
    if (allOf) return name ?? inner(allOf[0]);
    if ("const" in rest) return JSON.stringify(rest.const);
    const types = [type ?? (properties ? "object" : rest.enum ? [] : "any value")].flat();
    return types.map((word) => {
        if (word === "array") return items ? `array of ${plural(inner(items))}` : "array";
        return word === "object" ? name ?? "object" : word;
    }).join(" or ");
}

const plural = (words) => words.replaceAll(/(?<=^|or )(array|boolean|integer|number|object|string)\b/g, "$1s");

/** What the value has to be beside its type, as a list of phrases. */
export function limitsOf(schema) {
    const phrases = [];
    if (schema.enum) phrases.push(`${schema.enum.length === 1 ? "always" : "one of"} ${schema.enum.map(value).join(", ")}`);
    if (schema.format) phrases.push(schema.format);
    const {
        minimum, maximum, exclusiveMinimum, exclusiveMaximum, minItems, maxItems, minLength, maxLength, pattern,
    } = schema;
    // What is over the exact integers is not a limit that anyone meets.
    phrases.push(range(minimum, maximum <= Number.MAX_SAFE_INTEGER ? maximum : undefined));
    if (exclusiveMinimum !== undefined) phrases.push(`above ${figure(exclusiveMinimum)}`);
    if (exclusiveMaximum !== undefined) phrases.push(`below ${figure(exclusiveMaximum)}`);
    phrases.push(range(minItems, maxItems, "entries"), range(minLength, maxLength, "characters"));
    if (pattern) phrases.push(`matching ${pattern}`);
    if (schema.default !== undefined) phrases.push(`default ${value(schema.default)}`);
    if (schema.deprecated) phrases.push("deprecated");
    return phrases.filter(Boolean);
}

function range(least, most, unit = "") {
    const words = least === undefined
        ? most === undefined ? "" : `at most ${figure(most)}`
        : most === undefined ? `at least ${figure(least)}` : least === most ? figure(least) : `${figure(least)} to ${figure(most)}`;
    return words && unit ? `${words} ${unit}` : words;
}

const figure = (number) => number.toLocaleString("en", { maximumFractionDigits: 12 });
const value = (any) => (typeof any === "string" && any !== "" ? any : JSON.stringify(any));
