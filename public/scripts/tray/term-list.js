// The terms as a list: a picture, what it is, its weight, and a way to remove it.

import { arithmetic } from "../api.js";
import { element, figure } from "../dom.js";
import { drawPicture, flatten } from "../picture.js";
import { asPoint } from "./terms.js";

export class TermList {
    constructor(tray, page) {
        Object.assign(this, { tray, page, rows: new Map() });
        this.element = element("ol", { class: "terms", id: "tray-terms", "aria-label": "Terms of the sum" });
    }

    show(terms) {
        for (const [term, row] of this.rows) {
            if (terms.includes(term)) continue;
            row.remove();
            this.rows.delete(term);
        }
        for (const term of terms) {
            if (!this.rows.has(term)) this.rows.set(term, this.row(term));
            const row = this.rows.get(term);
            row.removeAttribute("data-error");
            if (row !== this.element.children[terms.indexOf(term)]) this.element.append(row);
        }
    }

    row(term) {
        const name = this.nameOf(term);
        const canvas = element("canvas", { class: "picture blank", role: "img", "aria-label": name });
        const weight = element("input", {
            type: "number", step: "any", value: term.weight, "aria-label": `Weight of ${name}`,
            on: { input: (event) => event.target.validity.valid && event.target.value !== "" && this.weigh(term, Number(event.target.value)) },
        });
        const flip = () => {
            weight.value = -Number(weight.value || 0);
            this.weigh(term, Number(weight.value));
        };
        const row = element("li", {}, canvas, element("span", { class: "term-name", text: name, title: name }),
            element("button", { type: "button", class: "plain", text: "±", "aria-label": `Change the sign of ${name}`, on: { click: flip } }), weight,
            element("button", { type: "button", class: "plain", text: "×", "aria-label": `Remove ${name}`, on: { click: () => this.remove(term) } }));
        this.draw(term, canvas);
        return row;
    }

    weigh(term, weight) {
        term.weight = weight;
        this.tray.changed();
    }

    /** The focus goes on to the next term. */
    remove(term) {
        const place = this.tray.terms.indexOf(term);
        this.tray.remove(term);
        const next = this.element.children[Math.min(place, this.element.children.length - 1)];
        (next?.querySelector("button:last-child") ?? document.querySelector("#tool-tray > summary")).focus();
    }

    nameOf(term) {
        if (term.kind === "vector") return term.name;
        if (term.kind === "sample") {
            const label = this.page.selection.cloud.labels[term.index];
            return label === undefined ? `test image ${term.index}` : `${this.page.labelName(label)} (${term.index})`;
        }
        const shown = term.latent.slice(0, 2).map((value) => figure(value)).join(", ");
        return term.latent.length > 2 ? `${shown}, …` : shown;
    }

    /** What the decoder makes of the term alone; a term that cannot be had is told by the sum. */
    async draw(term, canvas) {
        const { model, samples, selection } = this.page;
        try {
            const point = await asPoint(term, samples, selection.cloud);
            const { image } = await arithmetic(model.name, [{ point }], 0);
            canvas.classList.remove("blank");
            drawPicture(canvas, flatten(image), model.input);
        } catch (error) {
            if (!error.status) this.page.report(error);
        }
    }

    /** parameter: the daemon's name for what is wrong, "terms[1].point.vector". */
    mark(parameter) {
        const place = Number(parameter?.match(/^terms\[(\d+)\]/)?.[1] ?? -1);
        this.element.children[place]?.setAttribute("data-error", "");
    }
}
