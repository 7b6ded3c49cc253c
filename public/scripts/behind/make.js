// Makes the layers behind the points, with the legend bars of those that have one.

import { byId, figure } from "../dom.js";
import { scaleBar } from "../ramp.js";

/** By name: layers (layers.js) -> a promise of a layer { visible, use(model), toggle(on), draw(context, viewport) }. */
export const make = {
    async manifold(layers) {
        const { ManifoldLayer } = await import("./manifold.js");
        return new ManifoldLayer(layers.view, (error) => layers.failed("manifold", error));
    },

    async density({ view }) {
        const { DensityLayer } = await import("./density.js");
        const layer = new DensityLayer(view, (field) => scale(view, "density", field && {
            title: "Images a square unit", numbers: ["0", Math.round(field.high).toLocaleString("en")], colour: (part) => layer.colour(part),
        }));
        return layer;
    },

    async magnification(layers) {
        const { MagnificationLayer, colour } = await import("./magnification.js");
        const shown = (field, state) => scale(layers.view, "magnification", field && {
            title: "√det JᵀJ, by powers of ten", numbers: [field.low, (field.low + field.high) / 2, field.high].map((log) => short(10 ** log)), colour,
        }, state);
        return new MagnificationLayer(layers.view, shown, (error) => layers.failed("magnification", error));
    },
};

/** A layer's legend bar; without one, what it waits for. */
function scale(view, name, bar, state) {
    const box = byId(`${name}-scale`);
    view.frame.dataset[name] = bar ? "shown" : state ?? "empty";
    if (bar) box.replaceChildren(...scaleBar(bar));
    else box.textContent = { loading: "Decoding…", flat: "The decoder gives no finite numbers here." }[state] ?? "";
}

/** Three significant figures, or fewer zeros. */
const short = (value) => (value >= 100 ? figure(value, 0) : value >= 1 ? figure(value, 1) : value.toPrecision(2));
