// A look at a dataset's images: some at random, others at a click. They are fetched, since an <img> cannot send a token.

import { element } from "../dom.js";
import * as calls from "./calls.js";

const shown = 24;

export class Preview {
    constructor(dataset, report) {
        Object.assign(this, { dataset, report, split: "train", begun: false });
        this.pictures = element("ul", { class: "previews", "aria-label": `Images of ${dataset.name}` });
        const choice = (split) => element("label", {},
            element("input", { type: "radio", name: `split-${dataset.name}`, value: split, checked: split === "train", on: { change: () => this.look(split) } }),
            element("span", { text: split }));
        const other = element("button", { type: "button", class: "plain", text: "Others", "aria-label": `Other images of ${dataset.name}`, on: { click: () => this.look() } });
        this.node = element("div", { class: "preview" },
            element("div", { class: "preview-head" },
                element("div", { class: "segmented", role: "radiogroup", "aria-label": "Part" }, choice("train"), choice("test")), other),
            this.pictures);
    }

    begin() {
        if (!this.begun) this.look();
        this.begun = true;
    }

    async look(split = this.split) {
        this.split = split;
        this.asked?.abort();
        const { signal } = (this.asked = new AbortController());
        const { name, splits, shape } = this.dataset;
        const indices = chosen(splits[split] ?? 0);
        const slots = indices.map((index) => element("li", { title: `${split} image ${index}` },
            element("canvas", { class: "picture", width: shape.width, height: shape.height, role: "img", "aria-label": `${split} image ${index}` })));
        this.pictures.replaceChildren(...slots);
        try {
            await Promise.all(slots.map(async (slot, place) => {
                const bitmap = await createImageBitmap(await calls.sample(name, split, indices[place], signal));
                slot.firstChild.getContext("2d").drawImage(bitmap, 0, 0);
                bitmap.close();
            }));
            if (!signal.aborted) this.pictures.dataset.shown = `${split} ${indices.join(" ")}`;
        } catch (error) {
            if (!signal.aborted) this.report(error);
        }
    }
}

/** Random places without repetition, in order. */
function chosen(count) {
    if (count <= shown) return Array.from({ length: count }, (_, i) => i);
    const picked = new Set();
    while (picked.size < shown) picked.add(Math.floor(Math.random() * count));
    return [...picked].sort((a, b) => a - b);
}
