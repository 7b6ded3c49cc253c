// What the map shows beside the points, each with a switch: behind them the manifold, the density of the codes and the decoder's
// magnification; around them the names, the prior and the overview. All but names and prior is loaded when it is wanted.

import { Unreachable } from "./api.js";
import { byId } from "./dom.js";
import { onSchemeChange } from "./palette.js";
import { Switches } from "./switches.js";

const behind = ["manifold", "magnification", "density"]; // from the lowest

export class Layers {
    constructor(view, address, report) {
        Object.assign(this, { view, report, model: null, loads: {}, loaded: {}, minimap: null });
        this.switches = new Switches(address);
        for (const name of behind) this.switches.add(name, false, (on) => this.toggle(name, on));
        this.switches.add("names", true, (on) => this.set({ showNames: on }));
        this.switches.add("prior", true, (on) => this.set({ showPrior: on }));
        this.switches.add("minimap", true, (on) => this.minimap?.toggle(on));
        view.addEventListener("drawn", () => this.addMinimap().catch(report), { once: true });
        onSchemeChange(() => {
            for (const layer of Object.values(this.loaded)) layer.repaint?.();
        });
    }

    async addMinimap() {
        const { Minimap } = await import("./minimap.js");
        this.minimap = new Minimap(this.view);
        this.minimap.toggle(this.isOn("minimap"));
    }

    isOn(name) {
        return this.switches.all.get(name).on;
    }

    set(fields) {
        Object.assign(this.view, fields);
        this.view.requestFrame();
    }

    /** The model, where its latent space is the plane itself, or null. */
    use(model) {
        this.model = model;
        for (const name of ["manifold", "magnification"]) this.switches.offer(name, model ? null : "Only for a served model of two dimensions");
        for (const layer of Object.values(this.loaded)) layer.use(model);
    }

    restore() {
        this.switches.restore();
    }

    async toggle(name, on) {
        const scale = byId(`${name}-scale`);
        if (scale) scale.hidden = !on;
        try {
            if (on) await (this.loads[name] ??= this.load(name));
        } catch (error) {
            this.loads[name] = null;
            this.failed(name, error);
            return;
        }
        if (on === this.isOn(name)) this.loaded[name]?.toggle(on);
    }

    async load(name) {
        const { make } = await import("./behind/make.js");
        const layer = await make[name](this);
        layer.use(this.model);
        this.loaded[name] = layer;
        this.view.behind = behind.map((one) => this.loaded[one]).filter(Boolean);
    }

    /** What the daemon refuses is switched off; while it is gone everything waits for it. */
    failed(name, error) {
        if (!(error instanceof Unreachable)) this.switches.set(name, false);
        this.report(error);
    }
}
