// What the person is told when something fails, and the way back: while the daemon is gone it is asked again
// every two seconds, and when it answers the page loads anew.

import { Unreachable, health } from "./api.js";
import { byId } from "./dom.js";

const retryEvery = 2000;

export class Connection {
    constructor(recovered) {
        this.recovered = recovered;
        this.waiting = false;
        byId("notice-close").addEventListener("click", () => (byId("notice").hidden = true));
    }

    /** Shows an error: the loss of the daemon as a lasting state, anything else as a notice. */
    report(error) {
        if (error instanceof Unreachable) this.lost();
        else if (error.name !== "AbortError") {
            byId("notice-text").textContent = advice(error);
            byId("notice").hidden = false;
        }
    }

    lost() {
        if (this.waiting) return;
        this.waiting = true;
        const banner = byId("connection");
        banner.textContent = "The daemon does not answer. Start it with “latentd serve”; this page goes on by itself.";
        banner.hidden = false;
        this.retry();
    }

    retry() {
        setTimeout(async () => {
            try {
                await health();
            } catch {
                this.retry();
                return;
            }
            this.waiting = false;
            byId("connection").hidden = true;
            this.recovered();
        }, retryEvery);
    }
}

/** The daemon's own sentence, and what to do about it where the status says so. */
function advice(error) {
    const next = {
        401: "Reload the page to give one.",
        403: "In a new tab you can give another one.",
        404: "It may have been removed: reload the page to see what there is.",
        429: "The daemon is busy: try again in a moment.",
        503: "The daemon is busy: try again in a moment.",
    }[error.status];
    return next ? `${error.message} ${next}` : error.message;
}
