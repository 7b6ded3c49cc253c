// The sample that both maps point out: its image, and what each of the two models makes of it.

import { decode } from "../api.js";
import { byId, element, figure } from "../dom.js";
import { latest } from "../latest.js";
import { drawPicture } from "../picture.js";

export class SampleCard {
    constructor(page) {
        this.page = page;
        const picture = (name) => element("canvas", { class: "picture", role: "img", "aria-label": name, width: 28, height: 28 });
        this.pictures = ["its image", "as the first model decodes it", "as the second model decodes it"].map(picture);
        this.captions = this.pictures.map(() => element("figcaption"));
        this.words = element("p", { class: "hint", role: "status" });
        this.node = element("div", { class: "compare-sample" },
            element("div", { class: "compare-pictures" }, ...this.pictures.map((canvas, i) => element("figure", {}, canvas, this.captions[i]))), this.words);
        byId("compare-panel").append(this.node);
        this.ask = latest((sample) => this.load(sample), (images) => this.draw(images), (error) => page.report(error));
    }

    /** Both models with their clouds, or null. */
    use(first, second, ...clouds) {
        this.node.hidden = !first;
        this.ask.forget();
        if (!first) return;
        Object.assign(this, { models: [first, second], clouds });
        this.captions.forEach((caption, i) => (caption.textContent = ["image", first.name, second.name][i]));
        this.words.textContent = "Point at a sample on either map: both show where it lies. What is selected on one is selected on the other.";
    }

    show(sample) {
        const place = (cloud) => [0, 1].map((axis) => figure(cloud.positions[2 * sample + axis])).join(", ");
        const name = this.page.labelName(this.clouds[0].labels[sample]);
        this.words.textContent = `Test image ${sample}: ${name}. ${this.models.map((model, i) => `${model.name}: ${place(this.clouds[i])}`).join("; ")}.`;
        this.ask(sample);
    }

    /** The dataset may be gone, and a place on a plane of many dimensions is no latent. */
    async load(sample) {
        const { samples } = this.page;
        const bitmap = await samples.available() ? await samples.bitmap(sample) : null;
        const decoded = await Promise.all(this.models.map((model, i) => (model.latent_dimension === 2
            ? decode(model.name, [[...this.clouds[i].positions.slice(2 * sample, 2 * sample + 2)]]) : null)));
        return { bitmap, decoded, sample };
    }

    draw({ bitmap, decoded, sample }) {
        const [original, ...others] = this.pictures;
        original.parentElement.hidden = bitmap === null;
        if (bitmap) {
            Object.assign(original, { width: bitmap.width, height: bitmap.height });
            original.getContext("2d").drawImage(bitmap, 0, 0);
            bitmap.close();
        }
        others.forEach((canvas, i) => {
            canvas.parentElement.hidden = decoded[i] === null;
            if (decoded[i] === null) return;
            const [, channels, height, width] = decoded[i].shape;
            drawPicture(canvas, decoded[i].values, { channels, height, width });
        });
        this.node.dataset.sample = sample;
    }
}
