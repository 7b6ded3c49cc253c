// The curves on the map, each with its own kind of line and its name, and the place that is being played.

import { haloed } from "../axes.js";
import { token } from "../dom.js";

export const dashes = { linear: [], slerp: [9, 5], geodesic: [1.5, 4.5] };
const widths = { linear: 2, slerp: 2, geodesic: 3 };
const namedAt = { linear: 0.5, slerp: 0.35, geodesic: 0.65 };

/** curves: as `Curves` has them; `time` in 0...1 marks a place on each, null none; placeOf: where on the map a latent lies. */
export function drawCurves(context, viewport, curves, time, placeOf) {
    const placesOf = ({ latents, fine }) => (fine?.latents ?? latents).map(placeOf).filter(Boolean).map(([x, y]) => viewport.toScreen(x, y));
    const [accent, halo] = [token("--accent"), token("--paper-halo")];
    for (const { method, ...curve } of curves) {
        const places = placesOf(curve);
        if (places.length < 2) continue;
        stroke(context, places, halo, widths[method] + 3, []);
        stroke(context, places, accent, widths[method], dashes[method]);
    }
    for (const { method, ...curve } of curves) {
        const places = placesOf(curve);
        if (places.length < 2) continue;
        const at = (part) => places[Math.round(part * (places.length - 1))];
        if (time !== null) disc(context, at(time), accent, halo);
        if (curves.length === 1) continue;
        const [left, top] = at(namedAt[method]);
        Object.assign(context, { font: token("--canvas-label"), textAlign: "center", textBaseline: "bottom" });
        haloed(context, method, left, top - 5, token("--ink"), 4);
    }
}

function stroke(context, places, colour, width, dash) {
    context.beginPath();
    places.forEach(([left, top], i) => (i ? context.lineTo(left, top) : context.moveTo(left, top)));
    Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round", lineCap: dash.length ? "butt" : "round" });
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
}

function disc(context, [left, top], fill, halo) {
    context.beginPath();
    context.arc(left, top, 6, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: fill, strokeStyle: halo, lineWidth: 3 });
    context.stroke();
    context.fill();
}
