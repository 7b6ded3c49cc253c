// The ways from point to point that need no decoder, as the daemon's `interpolate` goes them.

/** Latents through all points: `segments` from one to the next, the points themselves met exactly. */
export function interpolated(method, points, segments) {
    const latents = [points[0]];
    for (let stretch = 1; stretch < points.length; stretch += 1) {
        const [from, to] = [points[stretch - 1], points[stretch]];
        const weights = method === "slerp" ? arc(from, to) : line;
        for (let step = 1; step < segments; step += 1) {
            const [first, second] = weights(step / segments);
            latents.push(from.map((value, i) => first * value + second * to[i]));
        }
        latents.push(to);
    }
    return latents;
}

/** The same way in `times` as many steps, in straight lines between. */
export const refined = (latents, times) => interpolated("linear", latents, times);

const line = (part) => [1 - part, part];
const smallestAngle = 1e-4; // below it an arc is a line; within it of a half turn the arc's plane is undecided

function arc(from, to) {
    const [lengthFrom, lengthTo] = [Math.hypot(...from), Math.hypot(...to)];
    if (lengthFrom === 0 || lengthTo === 0) return line;
    const directions = from.map((value, i) => [value / lengthFrom, to[i] / lengthTo]);
    const angle = 2 * Math.atan2(Math.hypot(...directions.map(([a, b]) => a - b)), Math.hypot(...directions.map(([a, b]) => a + b)));
    if (angle < smallestAngle) return line;
    if (angle > Math.PI - smallestAngle) throw new NoArc();
    return (part) => [Math.sin((1 - part) * angle) / Math.sin(angle), Math.sin(part * angle) / Math.sin(angle)];
}

export class NoArc extends Error {
    constructor() {
        super("Two of the points lie opposite each other, so that no arc is the shorter one. Move one of them.");
    }
}
