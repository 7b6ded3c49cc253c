// What the points' colour means: their label, or a number of each: the distance from the origin, and what the model makes of the
// image, where the daemon gives that.

import * as api from "./api.js";
import { byId, element } from "./dom.js";
import { onSchemeChange } from "./palette.js";

const kinds = {
    label: { name: "Label" },
    distance: { name: "Distance", title: "Distance from the origin, latent units", digits: 1 },
    loss: { name: "Loss", title: "Reconstruction loss, nats an image", digits: 0 },
    kl: { name: "KL divergence", title: "KL divergence from the prior, nats", digits: 1 },
};

export class Colouring {
    constructor(view, address, report) {
        Object.assign(this, { view, address, report, model: null, cloud: null, kind: "label", turn: 0 });
        this.chooser = byId("colour-by");
        this.chooser.addEventListener("change", () => this.choose(this.chooser.value));
        onSchemeChange(() => this.values && this.show());
        this.offer(["label", "distance"]);
    }

    /** The model and its latest map; an earlier map of the same points keeps the colours of the latest. */
    async use(model, cloud) {
        Object.assign(this, { model, cloud });
        this.restore();
        const offered = model ? await api.offersMapValues() : false;
        if (model !== this.model) return;
        this.offer(["label", "distance", ...(offered ? ["loss", "kl"] : [])]);
        this.restore();
    }

    offer(names) {
        this.chooser.replaceChildren(...names.map((name) => element("option", { value: name, text: kinds[name].name })));
        this.chooser.value = names.includes(this.kind) ? this.kind : "label";
    }

    restore() {
        const asked = this.address.get("colour") ?? "label";
        const isOffered = [...this.chooser.options].some(({ value }) => value === asked);
        this.choose(isOffered ? asked : "label", false);
    }

    async choose(kind, remember = true) {
        const turn = (this.turn += 1);
        this.kind = this.chooser.value = kind;
        if (remember) this.address.set("colour", kind === "label" ? null : kind);
        try {
            const values = await this.valuesOf(kind);
            this.ramp ??= values && await import("./ramp.js");
            if (turn !== this.turn) return;
            this.values = values;
            this.show();
        } catch (error) {
            if (turn !== this.turn) return;
            this.values = null;
            this.kind = this.chooser.value = "label";
            this.show();
            this.report(error);
        }
    }

    /** One number a point, or null for the labels. */
    valuesOf(kind) {
        if (kind === "label" || !this.cloud || this.cloud.count === 0) return null;
        if (kind !== "distance") return api.mapValues(this.model.name, kind, this.cloud.count);
        const { positions, count } = this.cloud;
        return Float32Array.from({ length: count }, (_, i) => Math.hypot(positions[2 * i], positions[2 * i + 1]));
    }

    show() {
        const { values, view } = this;
        const { name, title, digits } = kinds[this.kind];
        byId("colour-scale").hidden = !values;
        view.frame.dataset.colour = byId("legend").dataset.colour = this.kind;
        view.colouring = null;
        if (values) {
            const { ends, binned, rampInks, scaleBar } = this.ramp;
            const [low, middle, high] = ends(values);
            view.colouring = { inks: binned(values, low, high), table: rampInks() };
            byId("colour-scale").replaceChildren(...scaleBar({ title: title ?? name, numbers: [low, middle, high], digits }));
        }
        view.requestFrame();
    }
}
