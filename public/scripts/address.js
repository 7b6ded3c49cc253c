// What is shown lives in the URL's hash, so that a reload or a sent link shows the same.
// Writing replaces the history entry: moving the map must not fill the back button.

import { settled } from "./latest.js";

export class Address {
    constructor() {
        this.fields = new URLSearchParams(location.hash.slice(1));
        this.write = settled(200, () => history.replaceState(null, "", `#${this.fields}`));
    }

    get(field) {
        return this.fields.get(field);
    }

    /** The comma-separated finite numbers of a field, or null if it holds anything else. */
    numbers(field, count) {
        const text = this.fields.get(field);
        if (!text) return null;
        const numbers = text.split(",").map(Number);
        return numbers.every(Number.isFinite) && (count === undefined || numbers.length === count) ? numbers : null;
    }

    set(field, value) {
        const text = Array.isArray(value) ? value.map((n) => Number(n.toPrecision(5))).join(",") : value;
        if (text === null || text === undefined || text === "") this.fields.delete(field);
        else this.fields.set(field, text);
        this.write();
    }

    /** Calls `changed` when the person edits the hash or follows a link to another, in the order in which they listen. */
    listen(changed) {
        addEventListener("hashchange", () => {
            this.fields = new URLSearchParams(location.hash.slice(1));
            changed();
        });
    }
}
