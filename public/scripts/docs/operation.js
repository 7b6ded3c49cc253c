// One operation of the API: a line that tells what it is, and behind it everything else.

import { element } from "../dom.js";
import { exampleOf, isJSON, pretty } from "./example.js";
import { fieldList, fieldRow, schemaView } from "./schema.js";
import { codeBox, disclosure, inline, paragraphs } from "./text.js";
import { tryForm } from "./try.js";

export function operationView(specification, operation) {
    const { method, path, summary = "", id } = operation;
    const line = element("summary", {},
        element("h3", {},
            element("span", { class: "method", data: { method }, text: method }),
            element("code", { class: "path" }, ...breakable(path))),
        element("span", { class: "about" }, ...inline(summary)));
    return disclosure({ class: "operation", id }, line, () => content(specification, operation));
}

/** A path may break behind a slash. */
export const breakable = (path) => path.split(/(?<=\/)/).flatMap((part) => [part, document.createElement("wbr")]);

function content(specification, operation) {
    const { curl, form } = tryForm(specification, operation);
    return [
        ...paragraphs(operation.description),
        accessLine(operation.access),
        ...section("Parameters", operation.parameters.length > 0 && [fieldList(operation.parameters.map((parameter) =>
            fieldRow(specification, { ...parameter, place: `in the ${parameter.in}` })))]),
        ...section("Body", operation.body && [
            ...paragraphs(operation.body.description),
            ...Object.entries(operation.body.content ?? {}).map(([type, media], index) => mediaView(specification, type, media, {
                open: index === 0, example: isJSON(type) ? exampleOf(specification, media) : media.example,
            })),
        ]),
        ...section("Answers", operation.responses.length > 0 && operation.responses.map((response) => responseView(specification, response))),
        ...section("With curl", [curl]),
        form ?? "",
    ];
}

const section = (title, nodes) => (nodes ? [element("h4", { text: title }), ...nodes] : []);

const accessLine = (access) => element("p", { class: "hint" }, ...access === null
    ? ["Open to everyone."]
    : ["Where tokens are in force, takes one with the scope ", element("b", { text: access }), "."]);

function responseView(specification, { statuses, description = "", headers = {}, content = {} }) {
    const types = Object.entries(content);
    const fields = Object.entries(headers).map(([name, header]) =>
        fieldRow(specification, { name, place: "header field", ...specification.resolve(header), required: false }));
    const line = [
        element("b", { class: "status", data: { kind: statuses[0][0] }, text: statuses.join(", ") }),
        element("span", {}, ...inline(description)),
    ];
    if (types.length + fields.length === 0) return element("p", { class: "response bare" }, ...line);
    return disclosure({ class: "response" }, element("summary", {}, ...line), () => [
        ...fields.length > 0 ? [fieldList(fields)] : [],
        ...types.map(([type, media], index) => mediaView(specification, type, media, { open: index === 0, example: media.example })),
    ]);
}

/** A type of body with its schema and an example; where there is nothing to say of it, its name. */
function mediaView(specification, type, media, { open, example }) {
    const name = element("code", { text: type });
    const isKnown = media.schema && Object.keys(media.schema).length > 0 && media.schema.format !== "binary";
    if (!isKnown && example === undefined) {
        const words = specification.resolve(media.schema).description;
        return element("p", { class: "media bare" }, name, ...words ? [element("span", { class: "hint" }, " ", ...inline(words))] : []);
    }
    const text = typeof example === "string" && !isJSON(type) ? example : pretty(example ?? null);
    return disclosure({ class: "media", open }, element("summary", {}, name), () => [
        ...isKnown ? [schemaView(specification, media.schema)] : [],
        ...example === undefined ? [] : [codeBox(text, `Example, ${type}`)],
    ]);
}
