// The selected images, a page of them at a time, each above what the model makes of it.

import * as api from "../api.js";
import { element } from "../dom.js";
import { latest } from "../latest.js";
import { drawPicture } from "../picture.js";
import { pixelsOf } from "../pixels.js";

const pageSize = 18;

export class SelectionGrid {
    constructor(selection, page) {
        Object.assign(this, { selection, page, indices: new Uint32Array(), model: null, first: 0 });
        this.cells = element("ol", { class: "sample-grid", id: "selection-grid", "aria-label": "Selected images above their reconstructions" });
        this.text = element("span", { class: "hint", role: "status" });
        const turn = (pages) => () => this.turn(this.first + pages * pageSize);
        this.back = element("button", { type: "button", class: "plain", id: "selection-back", text: "‹", "aria-label": "Images before these", on: { click: turn(-1) } });
        this.on = element("button", { type: "button", class: "plain", id: "selection-on", text: "›", "aria-label": "Images after these", on: { click: turn(1) } });
        this.pager = element("div", { class: "tool-row" }, this.back, this.text, this.on);
        this.hint = element("p", { class: "hint" });
        this.element = element("div", {}, this.cells, this.pager, this.hint);
        this.ask = latest((asked) => this.load(asked), (loaded, asked) => this.fill(loaded, asked), (error) => page.report(error));
    }

    show(model, indices) {
        const isSame = model === this.model && indices.length === this.indices.length && indices.every((index, i) => index === this.indices[i]);
        if (isSame) return;
        Object.assign(this, { model, indices });
        this.turn(0);
    }

    turn(first) {
        const { indices, model } = this;
        this.first = Math.max(0, Math.min(first, pageSize * Math.floor((indices.length - 1) / pageSize)));
        const shown = Array.from(indices.slice(this.first, this.first + pageSize));
        this.element.hidden = shown.length === 0;
        this.back.disabled = this.first === 0;
        this.on.disabled = this.first + pageSize >= indices.length;
        this.text.textContent = `${this.first + 1} to ${this.first + shown.length} of ${indices.length.toLocaleString("en")}`;
        this.cells.dataset.loaded = "";
        this.ask.forget();
        this.cells.replaceChildren(...shown.map((index) => this.cell(index)));
        if (shown.length > 0 && model) this.ask({ model, shown, samples: this.page.samples });
    }

    cell(index) {
        const { cloud } = this.selection;
        const name = `test image ${index}, ${this.page.labelName(cloud.labels[index])}`;
        const point = () => this.page.cursor.moveTo(this.page.view.cloud.positions[2 * index], this.page.view.cloud.positions[2 * index + 1]);
        const button = element("button", {
            type: "button", class: "sample", "aria-label": `${name}: add to the tray`, title: name, draggable: "true", data: { index },
            on: {
                mouseenter: point, focus: point, mouseleave: () => this.page.cursor.leave(), blur: () => this.page.cursor.leave(),
                click: () => this.page.addToTray({ kind: "sample", index }),
            },
        }, element("canvas", { class: "picture blank" }), element("canvas", { class: "picture blank" }));
        return element("li", {}, button);
    }

    /** Both rows of pictures; without the dataset only what the model makes of the points' places, where it can. */
    async load({ model, shown, samples }) {
        if (await samples.available()) {
            const bitmaps = await Promise.all(shown.map((index) => samples.bitmap(index)));
            const { channels, height, width } = model.input;
            const bytes = new Uint8Array(shown.length * channels * height * width);
            bitmaps.forEach((bitmap, i) => bytes.set(pixelsOf(bitmap, model.input), i * channels * height * width));
            return { bytes, ...(await api.reconstruct(model.name, bytes, [shown.length, channels, height, width])) };
        }
        if (model.latent_dimension !== 2) return { bytes: null, values: null };
        const { positions } = this.selection.cloud;
        return { bytes: null, ...(await api.decode(model.name, shown.map((index) => [positions[2 * index], positions[2 * index + 1]]))) };
    }

    fill({ bytes, values }, { model, shown, samples }) {
        const each = model.input.channels * model.input.height * model.input.width;
        const images = bytes && Float32Array.from(bytes, (byte) => byte / 255);
        this.cells.querySelectorAll(".sample").forEach((cell, i) => {
            [images, values].forEach((from, row) => {
                const canvas = cell.children[row];
                canvas.hidden = from === null;
                if (from) drawPicture(canvas, from, model.input, i * each);
                canvas.classList.remove("blank");
            });
        });
        this.cells.dataset.loaded = shown.join(",");
        this.hint.textContent = bytes ? "Above the image, below its reconstruction. Click or drag one to add it to the tray."
            : `The daemon does not have the images of ${samples.dataset ?? "this model"}${values ? ": these are reconstructions only." : "."}`;
    }
}
