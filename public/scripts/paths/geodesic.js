// The shortest way under the pull-back metric of the decoder's mean: the latents z whose images f(z) change least in all,
// that is, which minimise the energy sum |f(z[i + 1]) - f(z[i])|^2 with both ends held (Shao, Kumar and Fletcher,
// arXiv:1711.08014). Gauss-Newton steps, damped as Levenberg and Marquardt do, with differences of decoded images as the
// decoder's Jacobian; from few nodes to many, and from the best of a few beginnings.

import { beginnings } from "./beginnings.js";
import { refined } from "./interpolation.js";
import { solve } from "./solve.js";

const firstSegments = 4;
const mostSteps = 12;
const enough = 1e-3; // the part of the energy that a step has to save, for another to be made
const difference = 0.01; // in latent units: for float32 images neither rounding nor curvature matters

/**
 * The latents from `from` to `to` in `segments` (4, 8, 16, ...) parts.
 * decode: latents -> Promise<{ values }>; found(latents) is called with each better way.
 */
export async function geodesic(from, to, segments, decode, found = () => {}) {
    let way = null;
    for (const latents of beginnings(from, to, firstSegments)) {
        const other = await minimised(await evaluated(latents, decode), decode, way ? undefined : found);
        if (!way || other.energy < way.energy) way = other;
    }
    found(way.latents);
    while (way.latents.length <= segments) way = await minimised(await evaluated(refined(way.latents, 2), decode), decode, found);
    return way.latents;
}

async function minimised(way, decode, found = () => {}) {
    let damping = 1e-3;
    for (let step = 0; step < mostSteps && way.energy > 0; step += 1) {
        const next = await evaluated(moved(way, damping), decode);
        if (next.energy < way.energy) {
            const saved = 1 - next.energy / way.energy;
            way = next;
            damping /= 4;
            found(way.latents);
            if (saved < enough) break;
        } else {
            damping = Math.max(damping * 10, 1e-3);
        }
    }
    return way;
}

/** The way with its images, the Jacobian at each inner node ([dimension] of images), and its energy. */
async function evaluated(latents, decode) {
    const dimension = latents[0].length;
    const asked = [...latents];
    for (const latent of latents.slice(1, -1)) {
        for (let axis = 0; axis < dimension; axis += 1) {
            for (const sign of [1, -1]) asked.push(latent.map((value, i) => value + (i === axis ? sign * difference : 0)));
        }
    }
    const { values } = await decode(asked);
    const size = values.length / asked.length;
    const image = (i) => values.subarray(i * size, (i + 1) * size);
    const images = latents.map((_, i) => image(i));
    const jacobians = latents.slice(1, -1).map((_, node) => Array.from({ length: dimension }, (_, axis) => {
        const at = latents.length + 2 * (node * dimension + axis);
        return minus(image(at), image(at + 1)).map((value) => value / (2 * difference));
    }));
    const changes = images.slice(1).map((next, i) => minus(next, images[i]));
    return { latents, jacobians, changes, energy: changes.reduce((sum, change) => sum + dot(change, change), 0) };
}

function moved({ latents, jacobians, changes }, damping) {
    const dimension = latents[0].length;
    const n = jacobians.length * dimension;
    const matrix = new Float64Array(n * n);
    const right = new Float64Array(n);
    jacobians.flat().forEach((slope, row) => {
        const node = Math.floor(row / dimension);
        right[row] = dot(slope, changes[node + 1]) - dot(slope, changes[node]);
        for (let column = Math.max(0, (node - 1) * dimension); column <= row; column += 1) {
            const isSame = Math.floor(column / dimension) === node;
            const product = dot(slope, jacobians[Math.floor(column / dimension)][column % dimension]);
            matrix[row * n + column] = isSame ? 2 * product : -product;
        }
        matrix[row * n + row] *= 1 + damping;
    });
    const step = solve(matrix, right);
    if (!step) return latents; // a flat decoder: no way is better than another
    return latents.map((latent, i) => (i === 0 || i === latents.length - 1 ? latent
        : latent.map((value, axis) => value + step[(i - 1) * dimension + axis])));
}

const minus = (a, b) => Float64Array.from(a, (value, i) => value - b[i]);

function dot(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
    return sum;
}

/** The length of a way in images: the sum of the distances from each of `count` images to the next. */
export function lengthOf(values, count) {
    const size = values.length / count;
    let length = 0;
    for (let i = 1; i < count; i += 1) {
        let squares = 0;
        for (let at = i * size; at < (i + 1) * size; at += 1) squares += (values[at] - values[at - size]) ** 2;
        length += Math.sqrt(squares);
    }
    return length;
}
