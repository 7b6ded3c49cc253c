// Latent spaces that are not the plane: a section with their dimensions, loaded when a model has one.

import { byId } from "../dom.js";
import { Missing } from "../missing.js";
import { flat } from "./flat.js";

export class Dimensions {
    /** page: the map page; its `space` says what the map shows. */
    constructor(page) {
        Object.assign(this, { page, panel: null, model: null, ready: false });
    }

    /** model as GET /v1/models/{m} gives it, or null; cloud: its map. */
    use(model, cloud) {
        this.leave();
        const isFlat = model === null || model.latent_dimension === 2;
        this.model = model;
        byId("tool-dimensions").hidden = isFlat;
        byId("cursor-latent").previousElementSibling.textContent = isFlat ? "latent" : "place";
        this.usual ??= this.page.tools.modes[0].hint;
        this.page.tools.explain("move", isFlat ? this.usual
            : "Drag to move, scroll to zoom, click to set the sliders to that place. On the keyboard: arrows, + and −, 0 shows all, Enter picks the middle.");
        this.page.space = isFlat ? flat : null;
        this.ready = isFlat || this.open(model, cloud);
    }

    /** Promises whether the model's planes are known. */
    async open(model, cloud) {
        try {
            const { DimensionsPanel } = await import("./panel.js");
            if (model !== this.model) return false;
            this.panel ??= new DimensionsPanel(byId("dimensions-panel"), this.page);
            await this.panel.use(model, cloud);
            return model === this.model;
        } catch (error) {
            if (model === this.model) this.page.report(error);
            return false;
        }
    }

    leave() {
        Object.assign(this, { model: null, ready: false });
        this.panel?.leave();
    }

    /** The latent that a click on the map means becomes that of the sliders. */
    pick(x, y) {
        this.panel?.pick(x, y);
    }

    /** The cloud of two dimensions, "3.7", or null where that is not known yet. */
    async cloudOf(plane) {
        const { model } = this;
        if (!(await this.ready) || model !== this.model) return null;
        if (this.page.space === flat) throw new Missing("There is no other plane here.");
        return this.panel.cloudOf(plane);
    }
}
