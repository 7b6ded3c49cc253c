// What came back: status and time, then JSON laid out, a picture, text, or a file to keep.

import { element } from "../dom.js";
import { isJSON, pretty } from "./example.js";
import { codeBox } from "./text.js";

const shown = 20_000; // characters: a page of pixels is enough to see what they are

/** Draws an answer into `place`, in place of the one before. */
export async function showAnswer(place, response, milliseconds) {
    const blob = await response.blob();
    const type = response.headers.get("Content-Type") ?? "";
    const size = `${blob.size.toLocaleString("en")} bytes`;
    const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    place.replaceChildren(
        element("p", { class: "outcome", data: { ok: response.ok } },
            element("b", { text: `${response.status} ${response.statusText}`.trim() }),
            element("span", { text: `${milliseconds.toFixed(0)} ms` }),
            element("span", { text: blob.size === 0 ? "no body" : `${size}${type ? `, ${type}` : ""}` })),
        ...blob.size === 0 ? [] : [await content(blob, type)],
        element("details", {}, element("summary", { text: "Header fields" }), codeBox(fields, "Header fields of the answer")));
    place.dataset.status = response.status;
}

export function showFailure(place) {
    place.replaceChildren(element("p", { class: "field-error", text: "The daemon does not answer. Is it running?" }));
    place.dataset.status = "none";
}

async function content(blob, type) {
    if (type.startsWith("image/")) {
        return element("img", { class: "answer-picture", src: address(blob), alt: "The answer, a picture" });
    }
    if (isJSON(type) || type.startsWith("text/")) {
        const text = await blob.text();
        return codeBox(cut(isJSON(type) ? layOut(text) : text), "Body of the answer");
    }
    const suffix = type === "application/x-npy" ? "npy" : "bin";
    return element("a", { href: address(blob), download: `answer.${suffix}`, text: `Save as answer.${suffix}` });
}

let last = null;

/** One answer's bytes are held at a time. */
function address(blob) {
    if (last !== null) URL.revokeObjectURL(last);
    last = URL.createObjectURL(blob);
    return last;
}

function layOut(text) {
    try {
        return pretty(JSON.parse(text));
    } catch {
        return text;
    }
}

const cut = (text) => (text.length <= shown
    ? text : `${text.slice(0, shown)}\n… and ${(text.length - shown).toLocaleString("en")} more characters`);
