// What the person is told when something fails, and the way back: while the daemon is gone it is asked again
// every two seconds, and when it answers the page loads anew.

import { askAgain } from "./access.js";
import { Unreachable, health } from "./api.js";
import { byId } from "./dom.js";

const retryEvery = 2000;

export class Connection {
    constructor(recovered) {
        this.recovered = recovered;
        this.waiting = false;
        byId("notice-close").addEventListener("click", () => (byId("notice").hidden = true));
        addEventListener("online", () => this.waiting && this.look());
    }

    /** Shows an error: the loss of the daemon as a lasting state, anything else as a notice. */
    report(error) {
        if (error instanceof Unreachable || isMissingModule(error)) this.lost();
        else if (error.name !== "AbortError") {
            const act = { 401: ["Give a token", () => this.again(askAgain)] }[error.status];
            this.tell(advice(error), act);
            // What is open was removed or taken out of service: whatever else there is takes its place.
            if (error.code === "model_not_found" && !this.waiting) this.recovered();
        }
    }

    /** action is [words, work], or nothing. */
    tell(text, [words, work] = []) {
        byId("notice-text").textContent = text;
        byId("notice-action").hidden = !words;
        byId("notice-action").textContent = words ?? "";
        byId("notice-action").onclick = work ?? null;
        byId("notice").hidden = false;
    }

    again(first) {
        first();
        byId("notice").hidden = true;
        this.recovered();
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
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.look(), retryEvery);
    }

    async look() {
        try {
            await health();
        } catch {
            this.retry();
            return;
        }
        if (!this.waiting) return;
        this.waiting = false;
        byId("connection").hidden = true;
        this.recovered();
    }
}

/** A part of the page that is loaded when it is wanted did not come. */
const isMissingModule = (error) => error instanceof TypeError && /module/i.test(error.message);

/** The daemon's own sentence, and what to do about it where the status says so. */
function advice({ message, status, code }) {
    const next = {
        model_not_found: "It may have been removed; what else there is is shown.",
        model_unloaded: "Whoever runs the daemon can load it again; or choose another one.",
        model_failed: "Choose another one; the daemon's log says more.",
    }[code] ?? {
        401: "Without one only the page itself can be seen.",
        403: "In a new tab you can give another one.",
        404: "It may have been removed: reload the page to see what there is.",
        429: "The daemon is busy: try again in a moment.",
        503: "The daemon is busy: try again in a moment.",
    }[status];
    return next ? `${message} ${next}` : message;
}
