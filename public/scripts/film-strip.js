// Two picked points and the images between them.

import { interpolate } from "./api.js";
import { byId, element, figure } from "./dom.js";
import { latest } from "./latest.js";
import { drawPicture, flatten } from "./picture.js";

const steps = 9;

export class FilmStrip {
    constructor(view, address, report) {
        Object.assign(this, { view, address, model: null, armed: null });
        this.ask = latest(
            ({ model, from, to, method }) => interpolate(model.name, from, to, steps, method),
            (path, { model }) => this.show(path, model),
            (error) => {
                this.empty(error.status ? `${error.message} Pick other points, or use linear.` : "");
                if (!error.status) report(error);
            },
        );
        byId("pick-a").addEventListener("click", () => this.arm("A"));
        byId("pick-b").addEventListener("click", () => this.arm("B"));
        byId("pick-clear").addEventListener("click", () => this.clear());
        for (const input of document.getElementsByName("method")) input.addEventListener("change", () => this.refresh());
    }

    use(model) {
        this.model = model;
        this.view.marks.from = model && this.address.numbers("a", 2);
        this.view.marks.to = model && this.address.numbers("b", 2);
        this.refresh();
    }

    /** `which` is "A" or "B"; without it the armed button says, then whichever is missing, then B. */
    pick(place, which) {
        if (!this.model) return;
        const { marks } = this.view;
        const chosen = which ?? this.armed ?? (marks.from ? "B" : "A");
        marks[chosen === "A" ? "from" : "to"] = place;
        this.arm(null);
        this.remember();
        this.refresh();
    }

    /** The next click on the map sets this point. */
    arm(which) {
        this.armed = this.armed === which ? null : which;
        byId("pick-a").setAttribute("aria-pressed", String(this.armed === "A"));
        byId("pick-b").setAttribute("aria-pressed", String(this.armed === "B"));
    }

    clear() {
        Object.assign(this.view.marks, { from: null, to: null });
        this.arm(null);
        this.remember();
        this.refresh();
    }

    remember() {
        this.address.set("a", this.view.marks.from);
        this.address.set("b", this.view.marks.to);
    }

    refresh() {
        const { from, to } = this.view.marks;
        const method = document.querySelector("input[name=method]:checked").value;
        this.ask.forget();
        if (this.model && from && to) {
            this.ask({ model: this.model, from, to, method });
        } else {
            this.empty(from ? "Click another place for B." : "Click two places on the map: the images between them appear here.");
        }
    }

    empty(hint) {
        this.view.marks.path = [];
        byId("strip-hint").textContent = hint;
        byId("frames").replaceChildren(...Array.from({ length: steps }, () => element("li", { class: "frame blank" })));
        byId("frames").dataset.frames = 0;
        this.view.requestFrame();
    }

    show({ latents, images }, model) {
        this.view.marks.path = latents;
        byId("strip-hint").textContent = "";
        byId("frames").replaceChildren(...images.map((image, step) => {
            const place = latents[step].map((value) => figure(value)).join(", ");
            const canvas = element("canvas", { class: "picture", role: "img", "aria-label": `Step ${step + 1} of ${images.length}, decoded at ${place}` });
            drawPicture(canvas, flatten(image), model.input);
            const end = step === 0 ? "A" : step === images.length - 1 ? "B" : "";
            return element("li", { class: "frame", title: place }, canvas, element("span", { text: end }));
        }));
        byId("frames").dataset.frames = images.length;
        this.view.requestFrame();
    }
}
