// Who decodes for the page: the daemon, or a worker in the page that has the model's weights, if the person wants that and
// the daemon gives them.

import { decode, offersWeights } from "./api.js";
import { byId } from "./dom.js";

export class Decoding {
    constructor(address, report) {
        Object.assign(this, { address, report, model: null, worker: null, started: 0 });
        this.control = byId("in-page-switch");
        this.control.addEventListener("change", () => {
            address.set("decode", this.control.checked ? "page" : null);
            this.start();
        });
    }

    /** model as GET /v1/models/{m} has it, or null. */
    async use(model) {
        this.model = model;
        this.control.checked = false;
        this.start();
        await idle(); // the map comes first
        const isOffered = model !== null && await offersWeights();
        if (model !== this.model) return;
        byId("in-page-row").hidden = !isOffered;
        this.control.checked = isOffered && this.address.get("decode") === "page";
        if (this.control.checked) this.start();
    }

    /** The worker for this model, where one is wanted; until it is there, and where it fails, the daemon decodes. */
    async start() {
        this.started += 1;
        const { model, started } = this;
        this.worker?.close();
        this.worker = null;
        this.tell(this.control.checked ? "Loading the weights…" : null);
        if (!this.control.checked) return;
        try {
            const { WorkerDecoder } = await import("./decoder/worker-client.js");
            const worker = await WorkerDecoder.of(model);
            if (started !== this.started) {
                worker.close();
                return;
            }
            this.worker = worker;
            this.tell("This page decodes by itself.");
        } catch (error) {
            if (started !== this.started) return;
            this.control.checked = false;
            this.tell(null);
            this.report(error);
        }
    }

    tell(text) {
        byId("in-page-text").textContent = text ?? "Follows the cursor without asking the daemon";
        this.control.dataset.ready = String(this.worker !== null);
    }

    decode(latents) {
        return this.worker ? this.worker.decode(latents) : decode(this.model.name, latents);
    }
}

const idle = () => new Promise((resolve) => (window.requestIdleCallback ?? setTimeout)(resolve));
