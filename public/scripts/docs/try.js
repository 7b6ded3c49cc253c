// The form under an operation: its parameters, a JSON body, the answer's type; the curl line follows what is typed.

import { authorized } from "../access.js";
import { element } from "../dom.js";
import { showAnswer, showFailure } from "./answer.js";
import { curlBox, curlLine } from "./curl.js";
import { exampleOf, isJSON, pretty } from "./example.js";
import { limitsOf, typeOf } from "./words.js";

/** `{ curl, form }`; there is no form where a body is needed that cannot be typed in. */
export function tryForm(specification, operation) {
    const bodies = Object.entries(operation.body?.content ?? {});
    const json = bodies.find(([type]) => isJSON(type));
    const type = (json ?? bodies[0])?.[0];
    const fields = operation.parameters.map((parameter) => parameterField(specification, operation, parameter));
    const example = json ? exampleOf(specification, json[1]) : undefined;
    const body = json ? bodyField(operation, example === undefined ? "" : pretty(example)) : null;
    const accept = acceptField(operation);

    const request = () => {
        const filled = (place) => fields.filter((field) => field.place === place && field.input.value !== "")
            .map((field) => [field.name, field.input.value]);
        const path = filled("path").reduce((path, [name, value]) => path.replace(`{${name}}`, encodeURIComponent(value)), operation.path);
        const query = new URLSearchParams(filled("query")).toString();
        const hasBody = body ? body.input.value.trim() !== "" : type !== undefined;
        return {
            method: operation.method,
            url: new URL(path + (query && `?${query}`), base(specification)).href.replaceAll(/%7B(\w+)%7D/g, "{$1}"),
            headers: Object.fromEntries(filled("header")),
            ...hasBody ? { type, body: body?.input.value } : {},
            accept: accept?.input.value || undefined,
        };
    };
    const curl = curlBox();
    const update = () => curl.show(curlLine(request()));
    update();
    if (type !== undefined && !json) return { curl: curl.node, form: null };

    const answer = element("div", { class: "answer", role: "status", "aria-live": "polite", "aria-label": "Answer" });
    const send = element("button", { type: "submit", class: "primary", text: "Send" });
    const submit = async (event) => {
        event.preventDefault();
        send.disabled = true;
        await perform(request(), answer);
        send.disabled = false;
        update(); // a token may have been asked for
    };
    const form = element("form", { class: "try", on: { submit, input: update } },
        element("h4", { text: "Try it" }),
        ...fields.map((field) => field.node), body?.node, accept?.node, send, answer);
    return { curl: curl.node, form };
}

async function perform({ method, url, headers, type, body, accept }, place) {
    const began = performance.now();
    try {
        const own = { ...type ? { "Content-Type": type } : {}, Accept: accept ?? "application/json, */*;q=0.5" };
        const response = await authorized(url, { method, headers: { ...own, ...headers }, body });
        await showAnswer(place, response, performance.now() - began);
    } catch {
        showFailure(place);
    }
}

/** Where the document says that the API is, as seen from this page. */
const base = (specification) => new URL(specification.document.servers?.[0]?.url ?? "/", location.href);

function parameterField(specification, operation, parameter) {
    const { name, in: place, required = false, schema = {} } = parameter;
    const resolved = specification.resolve(schema);
    const example = exampleOf(specification, { ...parameter, schema: required ? schema : undefined }) ?? "";
    const id = `${operation.id}--${place}-${name}`;
    const choices = resolved.enum ?? (resolved.type === "boolean" ? [true, false] : null);
    const hint = [typeOf(specification, schema), ...limitsOf(resolved)].join(", ");
    const input = choices
        ? element("select", { id, required }, ...required ? [] : [element("option", { value: "", text: absent(resolved) })],
            ...choices.map((choice) => element("option", { text: String(choice) })))
        : element("input", { type: "text", id, required, placeholder: required ? name : hint, autocomplete: "off", spellcheck: "false" });
    if (required) input.value = String(example);
    return { name, place, input, node: field(id, name, input) };
}

const absent = (schema) => (schema.default === undefined ? "not given" : `not given (${schema.default})`);

function bodyField(operation, text) {
    const id = `${operation.id}--body`;
    const input = element("textarea", { id, rows: Math.min(14, text.split("\n").length + 1), spellcheck: "false" });
    input.value = text;
    return { input, node: field(id, "Body", input, "wide") };
}

/** The types that a good answer may have, where there is a choice; a stream is none, since it may never end. */
function acceptField(operation) {
    const good = operation.responses.filter(({ statuses }) => statuses[0].startsWith("2"));
    const types = [...new Set(good.flatMap(({ content }) => Object.keys(content ?? {})))].filter((type) => type !== "text/event-stream");
    if (types.length < 2) return null;
    const id = `${operation.id}--accept`;
    const input = element("select", { id }, ...types.map((type, index) => element("option", { value: index === 0 ? "" : type, text: type })));
    return { input, node: field(id, "Answer as", input) };
}

const field = (id, name, input, width = "") =>
    element("p", { class: `try-field ${width}` }, element("label", { for: id, text: name }), input);
