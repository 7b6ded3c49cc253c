// What the map shows beside the points, each with a switch: behind them the manifold, the density of the codes and the decoder's
// magnification; around them the names, the prior and the overview. What is rarely used is loaded when it is switched on.

import { Unreachable } from "./api.js";
import { ManifoldLayer } from "./behind/manifold.js";
import { byId, figure } from "./dom.js";
import { Minimap } from "./minimap.js";
import { onSchemeChange } from "./palette.js";
import { scaleBar } from "./ramp.js";
import { Switches } from "./switches.js";

export class Layers {
    constructor(view, address, report) {
        Object.assign(this, { view, report, model: null, loaded: {} });
        this.switches = new Switches(address);
        this.manifold = new ManifoldLayer(view, (error) => this.failed("manifold", error));
        this.minimap = new Minimap(view);
        view.behind = [this.manifold];
        this.switches.add("manifold", false, (on) => this.manifold.toggle(on));
        this.switches.add("names", true, (on) => this.set({ showNames: on }));
        this.switches.add("prior", true, (on) => this.set({ showPrior: on }));
        this.switches.add("minimap", true, (on) => this.minimap.toggle(on));
        this.switches.add("density", false, (on) => this.toggle("density", on));
        this.switches.add("magnification", false, (on) => this.toggle("magnification", on));
        onSchemeChange(() => this.restoreColours());
    }

    set(fields) {
        Object.assign(this.view, fields);
        this.view.requestFrame();
    }

    /** The model, where its latent space is the plane itself, or null. */
    use(model) {
        this.model = model;
        for (const name of ["manifold", "magnification"]) byId(`${name}-switch`).disabled = model === null;
        this.manifold.use(model);
        this.loaded.magnification?.use(model);
        this.loaded.density?.refresh();
    }

    restore() {
        this.switches.restore();
    }

    async toggle(name, on) {
        byId(`${name}-scale`).hidden = !on;
        try {
            if (on) this.loaded[name] ??= await this.load(name);
        } catch (error) {
            this.failed(name, error);
            return;
        }
        const isOn = this.switches.all.get(name).on;
        if (on === isOn) this.loaded[name]?.toggle(on);
    }

    async load(name) {
        const { view } = this;
        const layer = name === "density" ? await this.density() : await this.magnification();
        const order = ["manifold", "magnification", "density"];
        const named = { ...this.loaded, manifold: this.manifold, [name]: layer };
        view.behind = order.map((one) => named[one]).filter(Boolean);
        return layer;
    }

    async density() {
        const { DensityLayer } = await import("./behind/density.js");
        const layer = new DensityLayer(this.view, (field) => this.scale("density", field && {
            title: "Images a square unit", numbers: ["0", Math.round(field.high).toLocaleString("en")], colour: (part) => layer.colour(part),
        }));
        return layer;
    }

    async magnification() {
        const { MagnificationLayer, colour } = await import("./behind/magnification.js");
        const layer = new MagnificationLayer(this.view, (field, state) => this.scale("magnification", field && {
            title: "√det JᵀJ, by powers of ten", numbers: [10 ** field.low, 10 ** ((field.low + field.high) / 2), 10 ** field.high].map(short), colour,
        }, state), (error) => this.failed("magnification", error));
        layer.use(this.model);
        return layer;
    }

    /** A layer's legend bar; without one, what it waits for. */
    scale(name, bar, state) {
        const box = byId(`${name}-scale`);
        this.view.frame.dataset[name] = bar ? "shown" : state ?? "empty";
        if (bar) box.replaceChildren(...scaleBar(bar));
        else box.textContent = { loading: "Decoding…", flat: "The decoder gives no finite numbers here." }[state] ?? "";
    }

    /** What the daemon refuses is switched off; while it is gone everything waits for it. */
    failed(name, error) {
        if (!(error instanceof Unreachable)) this.switches.set(name, false);
        this.report(error);
    }

    restoreColours() {
        this.loaded.magnification?.repaint();
        for (const layer of Object.values(this.loaded)) layer.refresh();
    }
}

/** Three significant figures, or fewer zeros. */
const short = (value) => (value >= 100 ? figure(value, 0) : value >= 1 ? figure(value, 1) : value.toPrecision(2));
