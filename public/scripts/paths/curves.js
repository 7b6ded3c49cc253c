// One curve a method through the path's points, with its images and its length, kept as new as the daemon can. While a point
// is dragged only the frames follow; what takes longer (lengths, the geodesic) comes when it rests.

import { geodesic, lengthOf } from "./geodesic.js";
import { interpolated, refined } from "./interpolation.js";

export const segments = 8; // frames from one point to the next
export const times = 8; // as many images for the length and for playing, each
const geodesicSegments = 16;
const mostDimensions = 8; // of a geodesic: each takes two decodes a node and step
const rest = 120; // milliseconds

export class Curves {
    /** frames: latents -> Promise<{ values }>, quick; many: the same for many latents, with a signal. */
    constructor(frames, many) {
        Object.assign(this, { frames, many, curves: new Map(), key: "", working: null });
    }

    /**
     * Calls `shown(curves)` with each better state of them: `{ method, latents, values, fine: { latents, values }, length }`.
     * One at a time; `interrupt` ends what is slow.
     */
    async follow({ model, points, methods, isDragging }, shown) {
        this.working = new AbortController();
        const { signal } = this.working;
        const key = JSON.stringify([model.name, model.version, points]);
        if (key !== this.key) this.curves.clear();
        this.key = key;
        const tell = () => shown(methods.map((method) => this.curves.get(method)).filter(Boolean));

        const quick = methods.filter((method) => method !== "geodesic" && !this.curves.has(method));
        await this.fill(quick.map((method) => attempt(method, () => interpolated(method, points, segments))));
        tell();
        if (isDragging) return;
        await settled(signal);
        const unmeasured = [...this.curves.values()].filter(({ method, values, fine }) => values && !fine && methods.includes(method));
        for (const curve of unmeasured) await this.measure(curve, interpolated(curve.method, points, segments * times), signal);
        tell();
        const known = this.curves.get("geodesic");
        if (!methods.includes("geodesic") || known?.fine || known?.error) return;
        try {
            await this.shortest(points, signal, tell);
        } catch (error) {
            const curve = this.curves.get("geodesic") ?? {};
            Object.assign(curve, { isPending: false, error: new Error("Not found: move a point to look again.") });
            if (error.name !== "AbortError") tell();
            this.curves.delete("geodesic"); // so that it is looked for again
            throw error;
        }
    }

    interrupt() {
        this.working?.abort();
    }

    /** Decodes the frames of all ways at once. */
    async fill(ways) {
        const open = ways.filter(({ error }) => !error);
        const { values } = open.length ? await this.frames(open.flatMap(({ latents }) => latents)) : {};
        open.forEach((way, i) => (way.values = part(values, i, open.length)));
        for (const way of ways) this.curves.set(way.method, way);
    }

    async measure(curve, latents, signal) {
        const { values } = await this.many(latents, signal);
        Object.assign(curve, { fine: { latents, values }, length: lengthOf(values, latents.length) });
    }

    async shortest(points, signal, tell) {
        if (points[0].length > mostDimensions) {
            const error = new Error(`Found for up to ${mostDimensions} dimensions; this model has ${points[0].length}.`);
            this.curves.set("geodesic", { method: "geodesic", latents: [], error });
            tell();
            return;
        }
        const curve = { method: "geodesic", latents: [], values: null, isPending: true };
        this.curves.set("geodesic", curve);
        const done = [points[0]];
        for (let stretch = 1; stretch < points.length; stretch += 1) {
            const way = await geodesic(points[stretch - 1], points[stretch], geodesicSegments, (latents) => this.many(latents, signal), (latents) => {
                curve.latents = [...done, ...latents.slice(1)];
                tell();
            });
            done.push(...way.slice(1));
        }
        await this.measure(curve, refined(done, (segments * times) / geodesicSegments), signal);
        const size = curve.fine.values.length / curve.fine.latents.length;
        const chosen = Array.from({ length: segments * (points.length - 1) + 1 }, (_, i) => i * times);
        curve.latents = chosen.map((i) => curve.fine.latents[i]);
        curve.values = new Float32Array(size * chosen.length);
        chosen.forEach((from, to) => curve.values.set(curve.fine.values.subarray(from * size, (from + 1) * size), to * size));
        curve.isPending = false;
        tell();
    }
}

function attempt(method, way) {
    try {
        return { method, latents: way() };
    } catch (error) {
        return { method, latents: [], error };
    }
}

const part = (values, index, count) => values.subarray((index * values.length) / count, ((index + 1) * values.length) / count);

/** Fails if the signal is given before the points have rested. */
const settled = (signal) => new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, rest);
    const stop = () => {
        clearTimeout(timer);
        reject(new DOMException("The points moved.", "AbortError"));
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop);
});
