// Which plane the map shows: the principal one, or two dimensions.

import { element, figure } from "../dom.js";

export class PlaneChoice {
    /** `chosen(plane)`: two dimensions, or null. */
    constructor(chosen) {
        const radio = (value, text) => element("label", {},
            element("input", { type: "radio", name: "plane", value, id: `plane-${value}`, on: { change: () => this.tell(chosen) } }), element("span", { text }));
        this.axes = ["across", "up"].map((axis) => element("select", { id: `axis-${axis}`, "aria-label": `Dimension ${axis}`, on: { change: () => this.tell(chosen) } }));
        this.pair = element("div", { class: "tool-row", id: "plane-axes" }, ...this.axes.flatMap((axis, i) => [element("span", { class: "hint", text: ["across", "up"][i] }), axis]));
        this.element = element("div", { class: "tool-column" },
            element("div", { class: "segmented", role: "radiogroup", "aria-label": "Plane that the map shows" },
                radio("principal", "Principal plane"), radio("pair", "Two dimensions")), this.pair);
    }

    /** measured: `{ strengths, unit }`, or null. */
    use(order, measured) {
        this.axes.forEach((axis, i) => {
            axis.replaceChildren(...order.map((dimension) => element("option", { value: dimension, text: measured ? `${dimension} (${figure(measured.strengths[dimension], 1)} ${measured.unit})` : String(dimension) })));
            axis.value = order[Math.min(i, order.length - 1)];
        });
    }

    tell(chosen) {
        const isPair = this.element.querySelector("input:checked")?.value === "pair";
        chosen(isPair ? this.axes.map((axis) => Number(axis.value)) : null);
    }

    show(plane) {
        this.element.querySelector(`[value=${plane ? "pair" : "principal"}]`).checked = true;
        this.pair.hidden = plane === null;
        plane?.forEach((dimension, i) => (this.axes[i].value = dimension));
    }
}
