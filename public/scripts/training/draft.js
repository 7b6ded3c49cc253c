// What is typed in the form, kept for this tab, so that a reload loses nothing; and the key under which it is submitted.

import { remember, remembered } from "../storage.js";

const place = "training.draft";

export function readDraft() {
    try {
        const draft = JSON.parse(remembered(place, sessionStorage));
        return draft && typeof draft === "object" ? draft : {};
    } catch {
        return {};
    }
}

/** values: texts by field; null forgets. */
export const keepDraft = (values) => remember(place, values && JSON.stringify(values), sessionStorage);

let last = { body: null, key: null };

/** The same body has the same key until `used`, so that what is sent again after a lost answer is no second job. */
export function keyFor(body) {
    const text = JSON.stringify(body);
    if (last.body !== text) {
        const bytes = crypto.getRandomValues(new Uint8Array(16));
        last = { body: text, key: [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("") };
    }
    return last.key;
}

export const used = () => (last = { body: null, key: null });
