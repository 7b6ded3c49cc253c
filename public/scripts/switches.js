// The switches of what the map shows. Those that are not as usual stand in the address, so that a reload shows the same.

import { byId, isEarly } from "./dom.js";

const field = "show";

export class Switches {
    constructor(address) {
        Object.assign(this, { address, all: new Map() });
    }

    /** `changed(on)` is called for the checkbox `NAME-switch`, and at once where it is not as usual. `usual`: whether it is on of itself. */
    add(name, usual, changed) {
        const box = byId(`${name}-switch`);
        this.all.set(name, { box, usual, changed, on: usual });
        box.addEventListener("change", () => {
            this.apply(name, box.checked);
            this.remember();
        });
        if (isEarly(box)) this.set(name, box.checked);
        else this.apply(name, this.asked().get(name) ?? usual);
    }

    set(name, on) {
        this.apply(name, on);
        this.remember();
    }

    /** `reason`: why it cannot be had, in place of its explanation; or null. */
    offer(name, reason) {
        const one = this.all.get(name);
        const words = one.box.parentElement.querySelector("small");
        one.words ??= words.textContent;
        one.box.disabled = reason !== null;
        words.textContent = reason ?? one.words;
    }

    apply(name, on) {
        const one = this.all.get(name);
        one.box.checked = on;
        if (one.on === on) return;
        one.on = on;
        one.changed(on);
    }

    /** "manifold,-names": what is on and what is off against the usual. */
    asked() {
        const words = (this.address.get(field) ?? "").split(",").filter(Boolean);
        return new Map(words.map((word) => (word.startsWith("-") ? [word.slice(1), false] : [word, true])));
    }

    remember() {
        const words = this.asked(); // those of switches that are still to be added among them
        for (const [name, { on, usual }] of this.all) on === usual ? words.delete(name) : words.set(name, on);
        this.address.set(field, [...words].map(([name, on]) => (on ? name : `-${name}`)).join(","));
    }

    restore() {
        const asked = this.asked();
        for (const [name, { usual }] of this.all) this.apply(name, asked.get(name) ?? usual);
    }
}
