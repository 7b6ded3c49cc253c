// The page's side of the worker that decodes: a message out, a promise for its answer. Loaded when a person asks for it.

import { weights } from "../api.js";

export class WorkerDecoder {
    /** model as GET /v1/models/{m} has it. */
    static async of(model) {
        const bytes = await weights(model.name);
        const decoder = new WorkerDecoder(model.input);
        try {
            await decoder.ask({ configuration: model.configuration, weights: bytes }, [bytes]);
        } catch (error) {
            decoder.close();
            throw error;
        }
        return decoder;
    }

    constructor({ channels, height, width }) {
        Object.assign(this, { image: [channels, height, width], waiting: new Map(), sent: 0 });
        this.worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
        this.worker.addEventListener("message", ({ data: { id, values, error } }) => {
            const [resolve, reject] = this.waiting.get(id);
            this.waiting.delete(id);
            if (error) reject(new Error(error));
            else resolve(values);
        });
        this.worker.addEventListener("error", () => this.fail(new Error("This browser cannot decode in the page.")));
    }

    /** As `decode` of api.js: `{ shape: [n, channels, height, width], values: Float32Array }`. */
    async decode(latents) {
        return { shape: [latents.length, ...this.image], values: await this.ask({ latents }) };
    }

    ask(message, transferred = []) {
        this.sent += 1;
        const id = this.sent;
        return new Promise((resolve, reject) => {
            this.waiting.set(id, [resolve, reject]);
            this.worker.postMessage({ id, ...message }, transferred);
        });
    }

    fail(error) {
        for (const [, reject] of this.waiting.values()) reject(error);
        this.waiting.clear();
    }

    close() {
        this.worker.terminate();
        this.fail(new DOMException("The decoder was closed.", "AbortError"));
    }
}
