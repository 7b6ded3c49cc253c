// The section of a space with other than two dimensions: which plane of it the map shows, and its latent, a slider a dimension.

import * as api from "../api.js";
import { element } from "../dom.js";
import { latest } from "../latest.js";
import { Missing } from "../missing.js";
import { drawPicture } from "../picture.js";
import { encodingsOf } from "./encodings.js";
import { baseOf, drawSliders, normal, textOf } from "./latents.js";
import { Planes } from "./planes.js";
import { PlaneChoice } from "./plane-choice.js";
import { fitted } from "./projection.js";
import { Sliders } from "./sliders.js";
import { Space } from "./space.js";

const reach = 12; // CSS pixels around a click in which a point is meant

export class DimensionsPanel {
    constructor(box, page) {
        Object.assign(this, { page, model: null, space: null, planes: null });
        const button = (id, text, click) => element("button", { type: "button", class: "plain", id, text, on: { click } });
        this.picture = element("canvas", { class: "picture", id: "dimension-picture", draggable: "true", role: "img", "aria-label": "The latent of the sliders, decoded" });
        this.choice = new PlaneChoice((plane) => this.show(plane));
        this.sliders = new Sliders((dimension, value) => {
            this.space.base[dimension] = value;
            this.moved();
        });
        this.hint = element("p", { class: "hint", id: "dimension-hint", role: "status" });
        box.replaceChildren(this.choice.element,
            element("div", { class: "tray-result" }, this.picture, element("div", { class: "tool-column" },
                button("dimension-origin", "To the origin", () => this.set(this.space.base.map(() => 0))),
                button("dimension-random", "At random", () => this.set(this.space.base.map(normal))),
                button("dimension-add", "To the tray", () => page.tray.add({ kind: "latent", latent: [...this.space.base] })))),
            this.hint, this.sliders.element);
        this.ask = latest(({ latent }) => page.decoding.decode([latent]), ({ values }, { model, latent }) => {
            drawPicture(this.picture, values, model.input);
            this.picture.dataset.latent = latent.join(",");
        }, page.report);
        page.view.layers.push((context, viewport) => {
            const place = this.model && this.space.placeOf(this.space.base);
            if (place) drawSliders(context, viewport, place);
        });
    }

    leave() {
        this.model = null;
        this.ask.forget();
    }

    async use(model, cloud) {
        const { page } = this;
        Object.assign(this, { model, space: new Space(model.latent_dimension), planes: new Planes(model, cloud, null) });
        this.space.base = baseOf(page.address.get("z") ?? "", model.latent_dimension);
        page.space = this.space;
        const inOrder = this.space.base.map((_, dimension) => dimension);
        this.sliders.use(inOrder, null, this.space.base);
        this.choice.use(inOrder, null);
        this.moved();
        const told = (done, all) => model === this.model && (this.hint.textContent = `Looking at what each dimension tells: ${done} of ${all}.`);
        const encodings = await encodingsOf(model, page.samples, cloud.count, told);
        if (model !== this.model) return;
        this.planes.encodings = encodings;
        if (encodings) {
            this.space.projection = fitted(encodings.means, encodings.indices.map((i) => [cloud.positions[2 * i], cloud.positions[2 * i + 1]]));
            const order = inOrder.toSorted((a, b) => encodings.strengths[b] - encodings.strengths[a]);
            this.sliders.use(order, encodings, this.space.base);
            this.choice.use(order, encodings);
        }
        const measure = encodings?.unit === "nats" ? "KL divergence from the prior" : "variance of the encodings";
        this.note = encodings ? `By ${measure}, of ${encodings.indices.length} test images, the strongest first.`
            : `In the model's own order: the daemon does not have the images of ${page.samples.dataset ?? "its dataset"}, by which they could be ranked.`;
        const plane = page.address.numbers("axes", 2);
        const view = page.address.get("view");
        await this.show(plane?.every((d) => Number.isInteger(d) && d >= 0 && d < model.latent_dimension) ? plane : null);
        if (model !== this.model) return;
        page.address.set("view", view); // another plane is shown whole, but not where the address says how
        page.framing.restore();
        page.spaceKnown(model);
    }

    /** plane: two dimensions, or null for the principal plane. */
    async show(plane) {
        const { page, model, planes } = this;
        try {
            const { cloud, partial } = await planes.cloud(plane);
            if (model !== this.model) return;
            const moved = String(plane) !== String(this.space.plane);
            this.space.plane = plane;
            page.address.set("axes", plane ? plane.join(",") : null);
            this.choice.show(plane);
            page.view.frame.dataset.plane = plane ? plane.join(",") : "principal";
            if (moved) page.showPlane(cloud, plane);
            this.hint.textContent = `${this.note}${partial ? ` The map shows the ${partial} of them alone: this daemon gives no pairs of dimensions.` : ""}`;
        } catch (error) {
            this.choice.show(this.space.plane);
            page.report(error);
        }
    }

    async cloudOf(text) {
        const plane = text.split(".").map(Number);
        const fits = plane.length === 2 && plane.every((d) => Number.isInteger(d) && d >= 0 && d < this.space.base.length);
        if (!fits) throw new Missing(`This model has ${this.space.base.length} dimensions.`);
        return (await this.planes.cloud(plane)).cloud;
    }

    set(latent) {
        this.space.base = [...latent];
        this.sliders.set(latent);
        this.moved();
    }

    moved() {
        this.page.address.set("z", textOf(this.space.base));
        this.page.view.requestOverlay();
        this.ask({ model: this.model, latent: [...this.space.base] });
    }

    /** A point under the click is encoded exactly; elsewhere it is the place in the cut. */
    async pick(x, y) {
        const { page, model } = this;
        const { cloud, visible, viewport } = page.view;
        const index = cloud.nearest(x, y, visible);
        const away = index < 0 ? Infinity : Math.hypot(cloud.positions[2 * index] - x, cloud.positions[2 * index + 1] - y);
        try {
            const isPoint = away * viewport.scale <= reach && await page.samples.available();
            const latent = isPoint ? (await api.encodePoint(model.name, page.samples.point(index))).mean[0] : this.space.latentAt(x, y);
            if (latent && model === this.model) this.set(latent);
        } catch (error) {
            page.report(error);
        }
    }
}
