// The images behind the points of a model's map: point i is image i of the test part of the dataset it was trained on.

import * as api from "./api.js";

export class Samples {
    /** model as GET /v1/models/{m} gives it. */
    constructor(model) {
        Object.assign(this, { model, dataset: model.dataset ?? model.provenance?.dataset ?? null, split: "test" });
    }

    /** Whether the daemon has them; asked once. */
    available() {
        this.known ??= api.datasets().then(
            (all) => all.some(({ name, splits }) => name === this.dataset && (splits?.[this.split] ?? 0) > 0),
            (error) => {
                this.known = undefined;
                throw error;
            },
        );
        return this.known;
    }

    point(index) {
        return { sample: { dataset: this.dataset, split: this.split, index } };
    }

    /** One as a bitmap. By fetch and not by the address of an img, which could not send a token. */
    async bitmap(index, signal) {
        return createImageBitmap(await api.sampleImage(this.dataset, this.split, index, signal));
    }
}
