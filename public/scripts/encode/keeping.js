// The images over a reload: in the address where they are small, else in what the browser keeps for this tab.

import { byId } from "../dom.js";
import { settled } from "../latest.js";
import { remember, remembered } from "../storage.js";
import { packed, unpacked } from "./pack.js";

const field = "images";
const longest = 4000; // letters in the address
const inTab = "tab";
const rest = 250; // milliseconds: a drawing changes with each move

export class Keeping {
    constructor(address) {
        Object.assign(this, { address, written: null });
        this.later = settled(rest, (images) => this.put(images));
    }

    write(images) {
        byId("encoded-images").dataset.kept = "";
        this.later(images);
    }

    async put(images) {
        const text = await packed(images);
        const isSmall = text.length <= longest;
        remember(field, isSmall ? null : text, sessionStorage);
        this.written = text === "" ? null : isSmall ? text : inTab;
        this.address.set(field, this.written);
        byId("encoded-images").dataset.kept = this.written?.length ?? 0;
    }

    /** Images of `size` bytes that the address names; `known` where they are those that were written last. */
    async read(size, known) {
        const text = this.address.get(field);
        if (text === this.written && known.every(({ bytes }) => bytes.length === size)) return known;
        this.written = text;
        return unpacked(text === inTab ? remembered(field, sessionStorage) : text, size);
    }
}
