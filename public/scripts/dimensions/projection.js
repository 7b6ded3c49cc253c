// The plane that the map shows, learnt from points whose latents are known: place = offset + rows · latent, by least squares. The
// daemon's projection is of that form, so that with more points than dimensions it is found exactly.

import { dot } from "./space.js";

/** means: [Float64Array of D], places: [[x, y]]. Gives { rows: two Float64Array of D, offset: [x, y] }. */
export function fitted(means, places) {
    const [count, dimension] = [means.length, means[0].length];
    const centre = Float64Array.from({ length: dimension }, (_, d) => means.reduce((sum, mean) => sum + mean[d], 0) / count);
    const middle = [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / count);
    const latents = means.map((mean) => mean.map((value, d) => value - centre[d]));
    const targets = [0, 1].map((axis) => places.map((place) => place[axis] - middle[axis]));
    const rows = targets.map((target) => solved(latents, target));
    return { rows, offset: middle.map((value, axis) => value - dot(rows[axis], centre)) };
}

/** The smallest w with latents · w = target: over the dimensions where there are more points than these, else over the points. */
function solved(latents, target) {
    const dimension = latents[0].length;
    if (latents.length > dimension) {
        const columns = Array.from({ length: dimension }, (_, d) => Float64Array.from(latents, (latent) => latent[d]));
        return cholesky(gram(columns), columns.map((column) => dot(column, target)));
    }
    const weights = cholesky(gram(latents), target);
    return Float64Array.from({ length: dimension }, (_, d) => latents.reduce((sum, latent, i) => sum + weights[i] * latent[d], 0));
}

/** All inner products, with a little on the diagonal: dimensions that are not used would leave them singular. */
function gram(vectors) {
    const products = vectors.map((a, i) => Float64Array.from({ length: i + 1 }, (_, j) => dot(a, vectors[j])));
    const little = 1e-9 * products.reduce((sum, row, i) => sum + row[i], 0) / vectors.length + 1e-12;
    products.forEach((row, i) => (row[i] += little));
    return products;
}

/** Solves A w = b; `lower` is the lower triangle of A, and is used up. */
function cholesky(lower, b) {
    const size = lower.length;
    for (let i = 0; i < size; i += 1) {
        for (let j = 0; j <= i; j += 1) {
            let sum = lower[i][j];
            for (let k = 0; k < j; k += 1) sum -= lower[i][k] * lower[j][k];
            lower[i][j] = i === j ? Math.sqrt(Math.max(sum, 1e-300)) : sum / lower[j][j];
        }
    }
    const w = Float64Array.from(b);
    for (let i = 0; i < size; i += 1) {
        for (let k = 0; k < i; k += 1) w[i] -= lower[i][k] * w[k];
        w[i] /= lower[i][i];
    }
    for (let i = size - 1; i >= 0; i -= 1) {
        for (let k = i + 1; k < size; k += 1) w[i] -= lower[k][i] * w[k];
        w[i] /= lower[i][i];
    }
    return w;
}
