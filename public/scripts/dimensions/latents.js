// The latent of the sliders: drawn at random, written into an address, and its mark on the map.

import { haloed } from "../axes.js";
import { token } from "../dom.js";

/** Of the prior, by Box and Muller. */
export const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());

/** "3:1.2,17:-0.5": what is not named is 0. */
export const textOf = (latent) => latent.map((value, d) => (value === 0 ? "" : `${d}:${Number(value.toPrecision(4))}`)).filter(Boolean).join(",");

export function baseOf(text, dimension) {
    const latent = new Array(dimension).fill(0);
    for (const part of text.split(",")) {
        const [d, value] = part.split(":").map(Number);
        if (Number.isInteger(d) && d < dimension && d >= 0 && Number.isFinite(value)) latent[d] = value;
    }
    return latent;
}

/** Where the latent of the sliders lies on the map. */
export function drawSliders(context, viewport, place) {
    const [left, top] = viewport.toScreen(...place);
    context.beginPath();
    context.arc(left, top, 7, 0, 2 * Math.PI);
    for (const [colour, width] of [[token("--paper-halo"), 6], [token("--accent"), 3]]) {
        Object.assign(context, { strokeStyle: colour, lineWidth: width });
        context.stroke();
    }
    Object.assign(context, { font: token("--canvas-label"), textAlign: "left", textBaseline: "middle" });
    haloed(context, "sliders", left + 13, top, token("--ink"), 4);
}
