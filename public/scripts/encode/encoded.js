// What a model makes of one image: its posterior, its reconstruction with both parts of the loss, and the samples nearest to it.

import * as api from "../api.js";

const neighbours = 6;

/** bytes as `fit.js` makes them -> `{ mean, logVariance, values, reconstruction, divergence, nearest }`. */
export async function encoded({ model, bytes }) {
    const { channels, height, width } = model.input;
    const shape = [1, channels, height, width];
    const [posterior, reconstruction] = await Promise.all([api.posterior(model.name, bytes, shape), api.reconstruction(model.name, bytes, shape)]);
    const isListed = model.operations?.includes("nearest");
    const { nearest = [] } = isListed ? await api.nearest(model.name, { latent: posterior.mean }, neighbours) : {};
    return { ...posterior, ...reconstruction, nearest };
}
