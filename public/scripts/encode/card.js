// One encoded image: itself and its reconstruction, its posterior, its losses, and the samples nearest to it.

import { element, figure } from "../dom.js";
import { latest } from "../latest.js";
import { drawPicture } from "../picture.js";
import { encoded } from "./encoded.js";
import { isOnWhite } from "./fit.js";
import { Neighbours } from "./neighbours.js";

export class Card {
    constructor({ number, name, bytes }, images) {
        Object.assign(this, { number, name, bytes, images, answer: null });
        this.ask = latest(encoded, (answer, asked) => this.show(answer, asked.bytes), (error) => this.failed(error));
        this.build();
    }

    build() {
        const { number, name, images } = this;
        const picture = (label) => element("canvas", { class: "picture", role: "img", "aria-label": label });
        const point = (isOn) => () => this.point(isOn);
        this.image = picture(`Image ${number} as the model sees it`);
        this.decoded = picture(`Reconstruction of image ${number}`);
        this.facts = element("dl", { class: "facts" });
        this.hint = element("p", { class: "hint", role: "status" });
        this.neighbours = new Neighbours(images.page);
        const send = (id, text, name, work) => element("button", {
            type: "button", class: "plain", text, "aria-label": name, data: { to: id }, on: { click: () => this.answer && work([...this.answer.mean]) },
        });
        this.actions = element("div", { class: "tool-row", hidden: true },
            send("path", "Add to path", `Add image ${number} to the path`, (latent) => images.page.path.add(latent)),
            send("tray", "Add to tray", `Add image ${number} to the tray`, (latent) => images.page.addToTray({ kind: "latent", latent })));
        this.again = element("button", { type: "button", class: "plain", text: "Encode again", "aria-label": `Encode image ${number} again`, hidden: true, on: { click: () => images.encode(this) } });
        this.invert = element("button", {
            type: "button", class: "quiet", text: "Invert", "aria-label": `Invert image ${number}`,
            on: { click: () => images.change(this, this.bytes.map((byte) => 255 - byte)) },
        });
        this.element = element("li", { class: "encoded", data: { number }, on: {
            pointerenter: point(true), pointerleave: point(false), focusin: point(true), focusout: point(false),
        } },
        element("div", { class: "encoded-head" },
            element("b", { class: "encoded-number", text: String(number), "aria-hidden": "true" }),
            element("span", { class: "encoded-name", text: name || `image ${number}` }), this.invert,
            element("button", { type: "button", class: "quiet", text: "×", "aria-label": `Remove image ${number}`, on: { click: () => images.remove(this) } })),
        element("div", { class: "encoded-pictures" }, this.image, this.decoded, this.facts), this.hint, this.again, this.neighbours.element, this.actions);
    }

    /** `bytes`: those that the answer is about; while one draws, newer ones may be under way. */
    show(answer, bytes) {
        if (!this.images.cards.includes(this)) return;
        const { input, configuration: { likelihood } } = this.images.model;
        this.answer = answer;
        this.element.dataset.state = bytes === this.bytes ? "encoded" : "waiting";
        this.drawImage(bytes);
        drawPicture(this.decoded, answer.values, input);
        for (const canvas of [this.image, this.decoded]) Object.assign(canvas, { draggable: true }).dataset.latent = answer.mean.join(",");
        const sigma = answer.logVariance.map((value) => Math.exp(value / 2));
        const shown = answer.mean.length <= 4 ? answer.mean : [];
        const latent = shown.map((value, i) => element("div", {},
            element("dt", { text: `z${i + 1}` }), element("dd", { text: `${figure(value)} ± ${figure(sigma[i])}` })));
        this.facts.replaceChildren(...latent,
            loss("reconstruction", answer.reconstruction, `Negative log-likelihood (${likelihood?.type ?? likelihood ?? "bernoulli"}) of the image, given the posterior's mean`),
            loss("KL", answer.divergence, "From the posterior to the prior, over all dimensions"));
        this.actions.hidden = false;
        this.invert.hidden = input.channels !== 1;
        this.hint.textContent = isOnWhite(bytes, input) ? "This is dark on light. The model has learnt light on dark: try Invert." : "";
        this.neighbours.show(answer.nearest);
        this.images.refresh();
    }

    /** Newer pixels, whose answer is under way. */
    wait(bytes) {
        this.bytes = bytes;
        this.element.dataset.state = "waiting";
        this.again.hidden = true;
        if (this.answer) return; // the former answer stays together with its image
        this.drawImage(bytes);
        this.hint.textContent = "Encoding…";
    }

    drawImage(bytes) {
        drawPicture(this.image, Float32Array.from(bytes, (byte) => byte / 255), this.images.model.input);
    }

    failed(error) {
        if (!this.images.cards.includes(this)) return;
        this.again.hidden = false;
        this.element.dataset.state = "failed";
        this.hint.textContent = error.status ? error.message : "Not encoded: the daemon does not answer.";
        if (!error.status) this.images.page.report(error);
    }

    point(isOn) {
        this.images.pointed = isOn ? this : null;
        this.images.view.requestOverlay();
    }
}

const loss = (name, value, title) => element("div", { title }, element("dt", { text: name }), element("dd", { text: `${figure(value, 1)} nats` }));
