// The arithmetic tray: the terms and what puts them there. What shows them is loaded when the section is opened.

import { byId } from "../dom.js";
import { takeMode } from "./take.js";
import { checked, dragType, termsOf, textOf } from "./terms.js";

const mostTerms = 1000;

/** Dispatches "change" when the terms are others, "model" when the model is. */
export class Tray extends EventTarget {
    /** page: the map page. */
    constructor(page) {
        super();
        Object.assign(this, { page, terms: [], result: null });
        page.tools.add(takeMode(page, (term) => this.add(term)));
        page.view.layers.push((context, viewport) => this.drawn?.(context, viewport));
        this.listenForDrags(byId("tool-tray"));
        page.sections.whenOpened("tray", async () => {
            try {
                const { TrayPanel } = await import("./panel.js");
                new TrayPanel(byId("tray-panel"), this, page);
            } catch (error) {
                page.report(error);
                throw error; // to be called again
            }
        });
    }

    /** A model as GET /v1/models/{m} gives it, or null. */
    use(model) {
        this.terms = model ? termsOf(this.page.address.get("tray") ?? "", model.latent_dimension) : [];
        this.dispatchEvent(new Event("model"));
        this.changed();
    }

    /** term without a weight is added once. */
    add(term) {
        const whole = this.page.model && checked(term, this.page.model.latent_dimension);
        if (!whole || this.terms.length >= mostTerms) return;
        this.terms.push(whole);
        this.changed();
        this.page.sections.open("tray");
    }

    remove(term) {
        this.terms = this.terms.filter((other) => other !== term);
        this.changed();
    }

    clear() {
        this.terms = [];
        this.changed();
    }

    changed() {
        const count = this.terms.length;
        if (this.page.model) this.page.address.set("tray", textOf(this.terms));
        byId("tray-badge").hidden = count === 0;
        byId("tray-badge").textContent = count;
        this.dispatchEvent(new Event("change"));
    }

    /** Whatever says `draggable` and `data-latent` or `data-index`, a point of the map, can be dragged here; others set `dragType`. */
    listenForDrags(target) {
        document.addEventListener("dragstart", (event) => {
            const { latent, index } = event.target.closest?.("[draggable=true]")?.dataset ?? {};
            const term = latent ? { kind: "latent", latent: latent.split(",").map(Number) } : index ? { kind: "sample", index: Number(index) } : null;
            if (term) event.dataTransfer.setData(dragType, JSON.stringify(term));
        });
        target.addEventListener("dragover", (event) => {
            if (!event.dataTransfer.types.includes(dragType)) return;
            event.preventDefault();
            target.classList.add("dropping");
        });
        target.addEventListener("dragleave", () => target.classList.remove("dropping"));
        target.addEventListener("drop", (event) => {
            target.classList.remove("dropping");
            const text = event.dataTransfer.getData(dragType);
            if (!text) return;
            event.preventDefault();
            this.add(parsed(text));
        });
    }
}

function parsed(text) {
    try {
        return JSON.parse(text) ?? {};
    } catch {
        return {};
    }
}
