// A slider for each dimension, the strongest first; the rest are folded away and made when they are asked for. A search finds
// dimensions by number: "7", "10-20", "3, 5".

import { element, figure } from "../dom.js";

const shownAtOnce = 12;
const usualRange = 3;

export class Sliders {
    /** `changed(dimension, value)`: somebody moved one. */
    constructor(changed) {
        Object.assign(this, { changed, order: [], measured: null, values: [], rows: new Map() });
        this.search = element("input", {
            type: "search", id: "dimension-search", placeholder: "7, 10-20", "aria-label": "Find dimensions by number", autocomplete: "off",
            on: { input: () => this.arrange() },
        });
        this.first = element("ol", { class: "sliders", id: "sliders", "aria-label": "Dimensions" });
        this.rest = element("ol", { class: "sliders", "aria-label": "More dimensions" });
        this.summary = element("summary", {});
        this.fold = element("details", { class: "fold", id: "more-dimensions", on: { toggle: () => this.fillRest() } }, this.summary, this.rest);
        this.element = element("div", {}, this.search, this.first, this.fold);
    }

    /** order: the dimensions, the strongest first; measured: `{ strengths, unit }`, or null; values: the latent. */
    use(order, measured, values) {
        Object.assign(this, { order, measured, values: [...values] });
        this.rows.clear();
        this.search.hidden = order.length <= shownAtOnce;
        this.arrange();
    }

    arrange() {
        const found = matching(this.search.value, this.order);
        this.first.replaceChildren(...found.slice(0, shownAtOnce).map((dimension) => this.row(dimension)));
        this.left = found.slice(shownAtOnce);
        this.fold.hidden = this.left.length === 0;
        this.summary.textContent = `${this.left.length.toLocaleString("en")} more`;
        this.rest.replaceChildren();
        this.fillRest();
    }

    fillRest() {
        if (this.fold.open && !this.rest.firstChild) this.rest.append(...this.left.map((dimension) => this.row(dimension)));
    }

    row(dimension) {
        if (!this.rows.has(dimension)) this.rows.set(dimension, this.made(dimension));
        return this.rows.get(dimension);
    }

    made(dimension) {
        const { measured } = this;
        const strength = measured && { nats: `KL ${figure(measured.strengths[dimension])} nats`, variance: `variance ${figure(measured.strengths[dimension])}` }[measured.unit];
        const slider = element("input", {
            type: "range", step: 0.01, min: -usualRange, max: usualRange, id: `dimension-${dimension}`, data: { dimension },
            "aria-label": `Dimension ${dimension}${strength ? `, ${strength}` : ""}`,
            on: {
                input: () => this.move(dimension, Number(slider.value)),
                dblclick: () => this.move(dimension, 0),
                keydown: (event) => (event.key === "0" || event.key === "Delete") && this.move(dimension, 0),
            },
        });
        const title = `${strength ? `${strength}. ` : ""}Double-click or 0: back to 0`;
        const row = element("li", { title }, element("label", { for: `dimension-${dimension}`, text: String(dimension) }), slider, element("output", {}));
        this.write(row, this.values[dimension]);
        return row;
    }

    move(dimension, value) {
        this.values[dimension] = value;
        this.write(this.row(dimension), value);
        this.changed(dimension, value);
    }

    /** Shows another latent. */
    set(values) {
        this.values = [...values];
        for (const [dimension, row] of this.rows) this.write(row, values[dimension]);
    }

    /** A value outside the usual range widens it. */
    write(row, value) {
        const [, slider, output] = row.children;
        const range = Math.max(usualRange, Math.ceil(Math.abs(value)));
        if (Number(slider.max) < range) Object.assign(slider, { min: -range, max: range });
        if (Number(slider.value) !== value) slider.value = value;
        output.textContent = figure(value);
    }
}

/** Without a number in the search all of them. */
function matching(text, order) {
    const ranges = [...text.matchAll(/(\d+)(?:\s*[-–]\s*(\d+))?/g)].map(([, from, to]) => [Number(from), Number(to ?? from)]);
    if (ranges.length === 0) return order;
    return order.filter((dimension) => ranges.some(([from, to]) => dimension >= from && dimension <= to));
}
