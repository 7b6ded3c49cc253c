// The encoded samples nearest to an image, as pictures that point at their places on the map.

import { element, figure } from "../dom.js";
import { latest } from "../latest.js";
import { drawPicture } from "../picture.js";
import { pixelsOf } from "../pixels.js";

export class Neighbours {
    /** page: the MapPage. */
    constructor(page) {
        Object.assign(this, { page, key: "" });
        this.ask = latest((nearest) => this.images(nearest), (images) => this.draw(images), (error) => page.report(error));
        this.list = element("ol", { class: "neighbours", "aria-label": "Nearest samples" });
        this.text = element("small", { class: "hint" });
        this.element = element("div", { hidden: true }, element("span", { class: "hint", text: "Nearest " }), this.text, this.list);
    }

    /** nearest: [{ index, label, distance }] */
    show(nearest) {
        const key = JSON.stringify(nearest);
        if (key === this.key) return;
        this.key = key;
        this.element.hidden = nearest.length === 0;
        this.ask.forget();
        this.list.replaceChildren(...nearest.map((sample) => this.button(sample)));
        this.text.textContent = "";
        this.ask(nearest);
    }

    button({ index, label, distance }) {
        const { cursor, view } = this.page;
        const name = label === null || label === undefined ? "no label" : this.page.labelName(label);
        const at = () => this.placeOf(index);
        const point = () => at() && cursor.moveTo(...at());
        const title = `${name}, test image ${index}, ${figure(distance, 3)} away`;
        return element("li", {}, element("button", {
            type: "button", class: "neighbour", draggable: "true", title, "aria-label": `${title}: show it on the map`, data: { index },
            on: {
                pointerenter: point, focus: point, pointerleave: () => cursor.leave(), blur: () => cursor.leave(),
                click: () => at() && view.move((viewport) => Object.assign(viewport, { x: at()[0], y: at()[1] })),
            },
        }, element("canvas", { class: "picture blank" }), element("span", { text: name })));
    }

    /** The map's points are the dataset's test images in their order. */
    placeOf(index) {
        const { cloud } = this.page.view;
        return index < (cloud?.count ?? 0) ? [cloud.positions[2 * index], cloud.positions[2 * index + 1]] : null;
    }

    /** The samples themselves, or where the daemon does not have them, what the model makes of their places. */
    async images(nearest) {
        const { samples, model, decoding } = this.page;
        const places = nearest.map(({ index }) => this.placeOf(index));
        if (await samples.available()) {
            const bitmaps = await Promise.all(nearest.map(({ index }) => samples.bitmap(index)));
            return bitmaps.map((bitmap) => {
                const image = Float32Array.from(pixelsOf(bitmap, model.input), (byte) => byte / 255);
                bitmap.close();
                return image;
            });
        }
        if (model.latent_dimension !== 2 || nearest.length === 0 || !places.every(Boolean)) return [];
        const { values } = await decoding.decode(places);
        const size = values.length / places.length;
        return Object.assign(places.map((_, i) => values.subarray(i * size, (i + 1) * size)), { areDecoded: true });
    }

    draw(images) {
        this.text.textContent = images.areDecoded ? "(reconstructions: the daemon does not have the images)" : "";
        [...this.list.querySelectorAll("canvas")].forEach((canvas, i) => {
            if (!images[i]) return;
            drawPicture(canvas, images[i], this.page.model.input);
            canvas.classList.remove("blank");
        });
    }
}
