// Some of the test images, encoded: from them come what each dimension tells and how the map projects. One small request an image,
// a few at a time; where the daemon lacks the images, two dimensions of all points at a time. Kept for as long as the page lives.

import { encodePoint, map, offersAxes } from "../api.js";

const least = 96;
const most = 600;
const together = 6;
const kept = new Map();
const mostKept = 4;

/** Enough of them to know the projection of so many dimensions exactly. */
const wanted = (dimension, count) => Math.min(count, most, Math.max(least, dimension + 24));

/**
 * `{ indices, means: [Float64Array], strengths: Float64Array, unit }`, evenly chosen from the map's `count` points: a dimension's
 * strength is its KL divergence from the prior in nats, or, without the images, the variance of its means. Null where there is
 * neither. `told(done, all)` follows.
 */
export async function encodingsOf(model, samples, count, told) {
    const key = `${model.name} ${model.version} ${count}`;
    if (!kept.has(key)) {
        const all = wanted(model.latent_dimension, count);
        const indices = Array.from({ length: all }, (_, i) => Math.floor((i * count) / all));
        if (all === 0) return null;
        if (await samples.available()) kept.set(key, await ofImages(model, samples, indices, told));
        else if (model.latent_dimension > 1 && await offersAxes()) kept.set(key, await ofAxes(model, indices, told));
        else return null;
        if (kept.size > mostKept) kept.delete(kept.keys().next().value);
    }
    return kept.get(key);
}

async function ofImages(model, samples, indices, told) {
    const means = new Array(indices.length);
    const strengths = new Float64Array(model.latent_dimension);
    await each(indices.length, told, async (i) => {
        const { mean: [mean], log_variance: logVariances } = await encodePoint(model.name, samples.point(indices[i]));
        means[i] = Float64Array.from(mean);
        strengths.forEach((_, d) => (strengths[d] += divergence(mean[d], logVariances?.[0][d]) / indices.length));
    });
    return { indices, means, strengths, unit: "nats" };
}

async function ofAxes(model, indices, told) {
    const dimension = model.latent_dimension;
    const means = indices.map(() => new Float64Array(dimension));
    await each(Math.ceil(dimension / 2), told, async (pair) => {
        const axes = [0, 1].map((axis) => Math.min(2 * pair, dimension - 2) + axis);
        const { positions } = await map(model.name, undefined, axes);
        means.forEach((mean, i) => axes.forEach((d, axis) => (mean[d] = positions[2 * indices[i] + axis])));
    });
    const strengths = Float64Array.from({ length: dimension }, (_, d) => variance(means.map((mean) => mean[d])));
    return { indices, means, strengths, unit: "variance" };
}

/** Calls `work(i)` for all i below `all`, a few of them at a time. */
async function each(all, told, work) {
    let next = 0;
    let done = 0;
    const worker = async () => {
        while (next < all) {
            next += 1;
            await work(next - 1);
            done += 1;
            told(done, all);
        }
    };
    await Promise.all(Array.from({ length: together }, worker));
}

function variance(values) {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
}

/** Of a normal distribution from the standard one, in nats; an autoencoder without variances is measured by its means. */
const divergence = (mean, logVariance = 0) => 0.5 * (mean * mean + Math.exp(logVariance) - 1 - logVariance);
