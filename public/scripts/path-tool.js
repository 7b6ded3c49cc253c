// The path's points, latents: where they come from (clicks, keys, the address), and what of the page they need,
// which is loaded with the first of them.

import { byId, isEarly } from "./dom.js";

export const methods = ["linear", "slerp", "geodesic"];
const most = 26; // they are named A to Z
const longest = 4000; // letters of the address

export class PathTool {
    /** page: the MapPage; point(x, y): shows what is under a place, as the cursor does. */
    constructor(page, point) {
        const { view, address, decoding, report } = page;
        Object.assign(this, { page, view, address, decoding, point, report, model: null, points: [], parts: null });
        this.restore();
        for (const method of methods) {
            const box = byId(`method-${method}`);
            box.addEventListener("change", () => this.toggle(method, box.checked));
            if (isEarly(box)) this.toggle(method, box.checked);
        }
        byId("path-clear").addEventListener("click", () => this.clear());
    }

    /** A model of which places on the map can be decoded, or null. */
    use(model) {
        this.model = model;
        const numbers = (model && this.address.numbers("path")) || [];
        const dimension = model?.latent_dimension ?? 1;
        const count = Math.min(most, Math.floor(numbers.length / dimension));
        this.points = Array.from({ length: count }, (_, i) => numbers.slice(dimension * i, dimension * (i + 1)));
        this.restore();
        for (const method of methods) byId(`method-${method}`).checked = this.shown.includes(method);
        this.changed();
    }

    /** The methods that the address names. */
    restore() {
        const wanted = this.address.get("methods")?.split(",") ?? ["linear"];
        this.shown = methods.filter((method) => wanted.includes(method));
    }

    /** A place on the map as the first point where `which` is "A", the last where it is "B", or where it is null and there are two. */
    pick(place, which) {
        const latent = this.model && this.page.latentAt(...place);
        if (!latent) return;
        const isFirst = which === "A" || (which === null && this.points.length === 0);
        if (isFirst) this.points = [latent, ...this.points.slice(1)];
        else this.points = this.points.length > 1 ? [...this.points.slice(0, -1), latent] : [...this.points, latent];
        this.changed();
    }

    add(latent, at = this.points.length) {
        if (!this.model || !latent || this.points.length === most) return;
        this.points = this.points.toSpliced(at, 0, latent);
        this.changed();
    }

    /** To a place on the map. `isDragging`: more such moves follow at once. */
    move(index, place, isDragging = false) {
        this.points = this.points.with(index, this.page.latentAt(...place));
        this.changed(isDragging);
    }

    remove(index) {
        this.points = this.points.toSpliced(index, 1);
        this.changed();
    }

    clear() {
        this.points = [];
        this.changed();
    }

    toggle(method, isShown) {
        this.shown = methods.filter((one) => (one === method ? isShown : this.shown.includes(one)));
        this.address.set("methods", this.shown.join() === "linear" ? null : this.shown.join() || "none");
        this.changed();
    }

    async changed(isDragging = false) {
        if (this.model) {
            const numbers = this.points.flat();
            this.address.set("path", numbers.length * 8 < longest ? numbers : null);
        }
        byId("path-clear").disabled = this.points.length === 0;
        byId("path-hint").textContent = this.advice();
        if (this.points.length === 0 && !this.parts) {
            byId("frames").replaceChildren(blankRow());
            return;
        }
        this.parts ??= import("./paths/path-view.js").then(({ PathView }) => new PathView(this));
        try {
            (await this.parts).show(isDragging);
        } catch (error) {
            this.parts = null;
            this.report(error);
        }
    }

    advice() {
        if (!this.model) return "No place on this map can be decoded.";
        if (this.points.length === 0) return `${this.model.latent_dimension === 2 ? "Click" : "Choose the path among the map's tools, and click"} two places on the map: the images between them appear here.`;
        if (this.points.length === 1) return "Click another place for B.";
        return this.shown.length === 0 ? "Choose linear, slerp or geodesic." : "";
    }
}

/** Where no path is, so that the map keeps its height when there is one. */
export const blankRow = () => blank.cloneNode(true);
const blank = byId("frames").firstElementChild;
