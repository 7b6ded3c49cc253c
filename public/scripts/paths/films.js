// A film strip for each curve: its name, its line as on the map, its length, the image that is being played, and its frames.

import { byId, element, figure, svg } from "../dom.js";
import { blankRow } from "../path-tool.js";
import { drawPicture } from "../picture.js";
import { dashes } from "./curve-layer.js";
import { segments } from "./curves.js";
import { nameOf } from "./pins.js";

const told = 6; // numbers of a latent

export class Films {
    /** pointed(latent) as a frame is pointed at, null as it is left. */
    constructor(pointed) {
        Object.assign(this, { pointed, rows: new Map(), box: byId("frames"), blank: blankRow() });
    }

    show(curves, model) {
        this.model = model;
        for (const method of [...this.rows.keys()]) {
            if (!curves.some((curve) => curve.method === method)) this.rows.delete(method);
        }
        const shortest = Math.min(...curves.map(({ length }) => length ?? Infinity));
        const boxes = curves.map((curve) => {
            if (!this.rows.has(curve.method)) this.rows.set(curve.method, row(curve.method));
            this.fill(this.rows.get(curve.method), curve, shortest, curves.length);
            return this.rows.get(curve.method).box;
        });
        if (boxes.length === 0) boxes.push(this.blank);
        // Only what has changed: an element that is put in again loses the focus.
        if (boxes.length !== this.box.children.length || boxes.some((one, i) => one !== this.box.children[i])) this.box.replaceChildren(...boxes);
        this.box.dataset.rows = curves.length;
        this.box.dataset.frames = Math.max(0, ...curves.map(({ values, latents }) => (values ? latents.length : 0)));
    }

    fill({ box, text, now, frames }, curve, shortest, among) {
        text.textContent = describe(curve, shortest, among);
        box.dataset.length = curve.length ?? "";
        now.hidden = !curve.values;
        const count = curve.values ? curve.latents.length : 0;
        while (frames.children.length > count) frames.lastChild.remove();
        while (frames.children.length < count) frames.append(this.frame(frames.children.length));
        const size = count && curve.values.length / count;
        curve.latents.slice(0, count).forEach((latent, i) => {
            const item = frames.children[i];
            const place = latent.slice(0, told).map((value) => figure(value)).join(", ") + (latent.length > told ? ", …" : "");
            item.latent = latent;
            item.title = place;
            item.firstChild.setAttribute("aria-label", `${curve.method}, frame ${i + 1} of ${count}, decoded at ${place}`);
            item.lastChild.textContent = i % segments === 0 ? nameOf(i / segments) : "";
            item.firstChild.dataset.latent = latent.join(",");
            drawPicture(item.firstChild, curve.values, this.model.input, i * size);
        });
    }

    frame() {
        const item = element("li", { class: "frame", on: {
            pointerenter: () => this.pointed(item.latent), pointerleave: () => this.pointed(null),
        } }, element("canvas", { class: "picture", role: "img", draggable: "true" }), element("span", {}));
        return item;
    }

    /** The image at a time of 0 to 1, of the many where they are there, else of the frames. */
    playAt(time, curves) {
        for (const { method, latents, values, fine } of curves) {
            const { now } = this.rows.get(method);
            const images = fine ?? { latents, values };
            if (!images.values) continue;
            const index = Math.round(time * (images.latents.length - 1));
            drawPicture(now, images.values, this.model.input, (index * images.values.length) / images.latents.length);
        }
    }
}

function row(method) {
    const text = element("small", {});
    const now = element("canvas", { class: "picture now", role: "img", "aria-label": `${method}, the image that is played` });
    const frames = element("ol", { class: "film-frames", tabindex: 0, "aria-label": `Decoded images, ${method}` });
    const line = svg("svg", { viewBox: "0 0 34 8", width: 34, height: 8, "aria-hidden": "true" }, svg("line", {
        x1: 0, y1: 4, x2: 34, y2: 4, "stroke-width": method === "geodesic" ? 3 : 2, "stroke-dasharray": dashes[method].join(" "),
    }));
    const head = element("div", { class: "film-head" }, element("b", { text: method }), line, text);
    return { text, now, frames, box: element("div", { class: "film", data: { method } }, head, now, frames) };
}

function describe({ error, isPending, length }, shortest, among) {
    if (error) return error.message;
    if (isPending) return "Looking for the shortest way…";
    if (length === undefined) return "";
    const more = shortest > 0 ? (100 * (length - shortest)) / shortest : 0;
    const compared = among < 2 ? "" : more < 0.05 ? ", the shortest" : `, ${figure(more, more < 9.5 ? 1 : 0)} % longer`;
    return `length ${Number(length.toPrecision(3))}${compared}`;
}
