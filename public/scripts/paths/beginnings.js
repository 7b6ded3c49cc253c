// Ways from which a geodesic is looked for: the least energy near the straight line need not be the least of all.

import { refined } from "./interpolation.js";

const bow = 0.4; // of the length

/** The straight line in so many parts, and bowed to either side: away from the origin and towards it. */
export function beginnings(from, to, segments) {
    const straight = refined([from, to], segments);
    const side = aside(from, to);
    const bowed = (by) => straight.map((latent, i) => {
        const part = by * Math.sin((Math.PI * i) / segments);
        return latent.map((value, axis) => value + part * side[axis]);
    });
    return side ? [straight, bowed(bow), bowed(-bow)] : [straight];
}

/** A vector as long as the way and at a right angle to it, in the plane of both ends and the origin where there is one. */
function aside(from, to) {
    const along = to.map((value, axis) => value - from[axis]);
    const length = Math.hypot(...along);
    if (length === 0) return null;
    const axes = from.map((_, one) => from.map((_, axis) => Number(axis === one)));
    for (const direction of [to.map((value, axis) => value + from[axis]), ...axes]) {
        const part = direction.reduce((sum, value, axis) => sum + value * along[axis], 0) / length ** 2;
        const across = direction.map((value, axis) => value - part * along[axis]);
        const rest = Math.hypot(...across);
        if (rest > 0.1 * Math.hypot(...direction)) return across.map((value) => (value * length) / rest);
    }
    return null;
}
