// The legend is the filter: a label's button hides and shows its points; a double click shows that label alone.

import { byId, element } from "./dom.js";
import { colour, onSchemeChange } from "./palette.js";

export class Legend {
    constructor(view, address) {
        Object.assign(this, { view, address, box: byId("legend"), classes: [] });
        onSchemeChange(() => this.render());
    }

    show(cloud, names) {
        Object.assign(this, { cloud, names, classes: cloud.classes });
        this.view.visible.fill(1);
        for (const label of this.address.numbers("hide") ?? []) this.view.visible[label] = 0;
        this.render();
    }

    render() {
        const all = element("button", {
            type: "button", class: "quiet", text: "All", "aria-label": "Show all labels", on: { click: () => this.only(null) },
        });
        this.box.replaceChildren(...this.classes.map((label) => this.button(label)), ...(this.classes.length ? [all] : []));
    }

    button(label) {
        const name = label === 255 ? "no label" : this.names[label] ?? String(label);
        const dot = element("span", { class: "dot", "aria-hidden": "true" });
        dot.style.setProperty("--dot", colour(label));
        return element("button", {
            type: "button", class: "label", "aria-pressed": String(this.view.visible[label] === 1),
            "aria-label": `${name}, ${this.cloud.counts[label]} points`,
            title: `${this.cloud.counts[label]} points. Double-click: this one alone.`,
            data: { label },
            on: { click: (event) => this.toggle(label, event), dblclick: () => this.only(label) },
        }, dot, element("span", { text: name }));
    }

    toggle(label, event) {
        if (event.detail > 1) return;
        this.view.visible[label] ^= 1;
        this.changed();
    }

    only(label) {
        for (const other of this.classes) this.view.visible[other] = label === null || other === label ? 1 : 0;
        this.changed();
    }

    changed() {
        const hidden = this.classes.filter((label) => this.view.visible[label] === 0);
        this.address.set("hide", hidden.join(","));
        for (const button of this.box.querySelectorAll("[data-label]")) {
            button.setAttribute("aria-pressed", String(this.view.visible[button.dataset.label] === 1));
        }
        this.view.dispatchEvent(new Event("filter"));
        this.view.requestFrame();
    }
}
