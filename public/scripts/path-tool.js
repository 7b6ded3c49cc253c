// The path's points: where they come from (clicks, keys, the address), the mode of the map that puts them, and what of the
// page they need, which is loaded with the first of them.

import { byId, element } from "./dom.js";

export const methods = ["linear", "slerp", "geodesic"];
const blankFrames = 9;
const most = 26; // they are named A to Z
const near = 12; // CSS pixels

export class PathTool {
    /** point(x, y): shows what is under a place, as the cursor does. */
    constructor({ view, address, tools, decoding, point, report }) {
        Object.assign(this, { view, address, decoding, point, report, model: null, points: [], shown: ["linear"], parts: null });
        tools.add(this.mode());
        for (const method of methods) {
            byId(`method-${method}`).addEventListener("change", (event) => this.toggle(method, event.target.checked));
        }
        byId("path-clear").addEventListener("click", () => this.clear());
    }

    /** A model whose latent space is the plane, or null. */
    use(model) {
        this.model = model;
        const numbers = (model && this.address.numbers("path")) || [];
        this.points = Array.from({ length: Math.min(most, numbers.length >> 1) }, (_, i) => numbers.slice(2 * i, 2 * i + 2));
        const wanted = this.address.get("methods")?.split(",") ?? ["linear"];
        this.shown = methods.filter((method) => wanted.includes(method));
        for (const method of methods) byId(`method-${method}`).checked = this.shown.includes(method);
        this.changed();
    }

    /** The first point where `which` is "A", the last where it is "B", or where it is null and there are two. */
    pick(place, which) {
        if (!this.model) return;
        const isFirst = which === "A" || (which === null && this.points.length === 0);
        if (isFirst) this.points = [place, ...this.points.slice(1)];
        else this.points = this.points.length > 1 ? [...this.points.slice(0, -1), place] : [...this.points, place];
        this.changed();
    }

    add(place, at = this.points.length) {
        if (!this.model || this.points.length === most) return;
        this.points = this.points.toSpliced(at, 0, place);
        this.changed();
    }

    /** `isDragging`: more such moves follow at once. */
    move(index, place, isDragging = false) {
        this.points = this.points.with(index, place);
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
        this.changed();
    }

    async changed(isDragging = false) {
        if (this.model) {
            this.address.set("path", this.points.flat());
            this.address.set("methods", this.shown.join() === "linear" ? null : this.shown.join() || "none");
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
        if (!this.model) return "Paths are there for models of two latent dimensions.";
        if (this.points.length === 0) return "Click two places on the map: the images between them appear here.";
        if (this.points.length === 1) return "Click another place for B.";
        return this.shown.length === 0 ? "Choose linear, slerp or geodesic." : "";
    }

    /** In this mode a click adds a point, and a drag that begins on the path puts one in between. */
    mode() {
        let last = null;
        let held = -1;
        const pan = ({ left, top }) => {
            const [right, down] = [left - last.left, top - last.top];
            this.view.move((viewport) => viewport.pan(right, down));
        };
        return {
            name: "path", label: "Path", key: "p", cursor: "copy",
            hint: "Click to add a point to the path, drag the path to bend it, drag a point to move it; a double click removes one. On the keyboard: Enter adds the middle, Tab goes to the points.",
            icon: "M3 13.5c0-6 10-4 10-11M3 13.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0M13 2.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0",
            begin: (spot) => {
                last = spot;
                held = this.stretchAt(spot);
            },
            move: (spot) => {
                if (held < 0) pan(spot);
                else if (last.isHeld) this.move(held, [spot.x, spot.y], true);
                else this.add([spot.x, spot.y], held);
                last = { ...spot, isHeld: held >= 0 };
            },
            end: ({ x, y }) => held >= 0 && this.move(held, [x, y]),
            click: ({ x, y }) => {
                this.point(x, y);
                this.add([x, y]);
            },
            press: (key, { x, y }) => key === "Enter" && (this.add([x, y]), true),
        };
    }

    /** The index that a new point at this spot would have, if the straight path passes here; else -1. */
    stretchAt({ left, top }) {
        const places = this.points.map(([x, y]) => this.view.viewport.toScreen(x, y));
        return places.findIndex(([x1, y1], i) => {
            if (i === 0) return false;
            const [x0, y0] = places[i - 1];
            const length = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
            const part = Math.min(1, Math.max(0, ((left - x0) * (x1 - x0) + (top - y0) * (y1 - y0)) / length));
            return Math.hypot(x0 + part * (x1 - x0) - left, y0 + part * (y1 - y0) - top) < near;
        });
    }
}

/** Where no path is, so that the map keeps its height when there is one. */
export const blankRow = () => element("ol", { class: "film-frames", "aria-hidden": "true" },
    ...Array.from({ length: blankFrames }, () => element("li", { class: "frame blank" })));
