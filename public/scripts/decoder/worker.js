// Decodes away from the page's thread. Takes { configuration, weights } once, then { latents: [[...]] } each with an id.

import { isNeeded, network } from "./network.js";
import { readTensors } from "./safetensors.js";

const warmUp = 5;
let decode = null;

self.addEventListener("message", ({ data: { id, configuration, weights, latents } }) => {
    try {
        if (configuration) {
            decode = network(configuration, readTensors(weights, isNeeded));
            // So that the browser has compiled it before the cursor moves.
            for (let i = 0; i < warmUp; i += 1) decode(new Float64Array(configuration.latent_dimension));
            self.postMessage({ id });
            return;
        }
        const images = latents.map(decode);
        const size = images[0].length;
        const values = new Float32Array(images.length * size);
        images.forEach((image, i) => values.set(image, i * size));
        self.postMessage({ id, values }, [values.buffer]);
    } catch (error) {
        self.postMessage({ id, error: error.message });
    }
});
