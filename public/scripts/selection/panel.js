// The section of the selection: how many points of which labels, what to do with them, and their images.

import { element } from "../dom.js";
import { exportAs } from "./export.js";
import { SelectionGrid } from "./grid.js";

const operations = [["new", "New"], ["add", "Add"], ["remove", "Remove"]];
const formats = ["CSV", "JSON", "PNG", "SVG"];
const labelsTold = 4;

export class SelectionPanel {
    constructor(box, selection, page) {
        Object.assign(this, { box, selection, page });
        this.text = element("p", { class: "hint", id: "selection-text", role: "status" });
        this.context = element("input", {
            type: "checkbox", role: "switch", id: "context-switch",
            on: { change: (event) => selection.keepContext(event.target.checked) },
        });
        const button = (text, id, click) => element("button", { type: "button", class: "plain", id, text, on: { click } });
        this.actions = element("div", { class: "tool-row" },
            button("Invert", "selection-invert", () => selection.apply("invert")),
            button("Clear", "selection-clear", () => selection.clear()));
        this.grid = new SelectionGrid(selection, page);
        this.exports = element("div", { class: "tool-row", role: "group", "aria-label": "Export the selection" },
            element("span", { class: "hint", text: "Export" }),
            ...formats.map((format) => button(format, `export-${format.toLowerCase()}`, () => this.export(format))));
        box.replaceChildren(this.choice(), this.text, this.actions,
            element("label", { class: "switch" }, this.context, element("span", { class: "track" }),
                element("span", { class: "switch-text" }, element("b", { text: "Keep the others" }), element("small", { text: "In grey, beneath what is selected" }))),
            this.grid.element, this.exports);
    }

    choice() {
        return element("div", { class: "segmented", role: "radiogroup", "aria-label": "What the next region does" },
            ...operations.map(([value, text]) => element("label", {},
                element("input", { type: "radio", name: "selection-operation", value, checked: value === "new" }), element("span", { text }))));
    }

    refresh() {
        const { selection, page } = this;
        const indices = selection.indices;
        const isEmpty = selection.mask === null;
        this.context.checked = selection.keepsContext;
        for (const part of [this.actions, this.exports, this.context.parentElement]) part.hidden = isEmpty;
        this.text.textContent = isEmpty
            ? "Choose the rectangle or the lasso on the map and draw around points. Shift adds, Alt removes."
            : `${indices.length.toLocaleString("en")} of ${selection.cloud.count.toLocaleString("en")} points${this.labelsOf(indices)}`;
        this.box.dataset.count = isEmpty ? 0 : indices.length;
        this.grid.show(page.model, indices);
    }

    /** The most frequent labels, in words. */
    labelsOf(indices) {
        const { labels } = this.selection.cloud;
        const counts = new Uint32Array(256);
        for (let i = 0; i < indices.length; i += 1) counts[labels[indices[i]]] += 1;
        const there = [...counts.entries()].filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
        const told = there.slice(0, labelsTold);
        const more = there.length > told.length ? ", …" : "";
        const words = told.map(([label, count]) => `${this.page.labelName(label)} (${count.toLocaleString("en")})`);
        return words.length ? `: ${words.join(", ")}${more || "."}` : ".";
    }

    async export(format) {
        try {
            await exportAs(format, this.selection, this.page);
        } catch (error) {
            this.page.report(error);
        }
    }
}
