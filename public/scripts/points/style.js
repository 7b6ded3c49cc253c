// How large and how opaque the points are: many on few pixels are small and faint, so that density shows; few are large and clear.

import { token } from "../dom.js";
import { ink } from "../palette.js";
import { smallestRadius } from "./rasteriser.js";
import { dimPass, plainPass } from "./shades.js";

const largestRadius = 5.5; // CSS pixels
const dimmed = 0.3; // of the points that are not selected, where some are

/** behind: the layers that are shown behind the points. */
export function styleOf({ spread, placed: count, isOnePlace }, scale, behind) {
    const pixelsEach = (spread * scale ** 2) / Math.max(1, count);
    const wanted = isOnePlace ? Infinity : 0.6 * Math.sqrt(pixelsEach);
    const radius = Math.min(largestRadius, Math.max(smallestRadius, wanted));
    // Where they would have to be smaller than a pixel they are fainter instead.
    const crowding = Math.max(0.12, Math.min(1, wanted / smallestRadius));
    const opacity = Math.min(0.92, 0.34 + 0.16 * radius) * crowding;
    // A picture behind them needs clear points, a density of the same points faint ones.
    if (behind.some(({ isOfPoints }) => isOfPoints)) return { radius, opacity: opacity * 0.4 };
    return { radius, opacity: behind.length > 0 ? Math.min(0.95, opacity + 0.2 * crowding) : opacity };
}

/** The points that are not selected in grey beneath, or not at all. */
export function passesOf(opacity, hasSelection, showsOthers) {
    if (!hasSelection) return [[plainPass, opacity]];
    const greys = new Uint32Array(256).fill(ink(token("--control-line")));
    return [...(showsOthers ? [[dimPass, opacity * dimmed, greys]] : []), [plainPass, Math.min(1, opacity * 1.3)]];
}
