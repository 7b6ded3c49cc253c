// One training job in the list: what it is, how far it is, its curves, and what can be done with it.

import { drawCurves } from "./curves.js";
import { element } from "./dom.js";

const ended = new Set(["succeeded", "failed", "cancelled"]);

export class JobCard {
    /** actions: cancel(id), openModel(name), opened() when the curves are unfolded. */
    constructor(job, actions) {
        this.title = element("h3");
        this.status = element("span", { class: "pill" });
        this.setting = element("p", { class: "hint" });
        this.bar = element("progress", { max: 1, value: 0, "aria-label": "Progress" });
        this.progress = element("p", { class: "progress-text" });
        this.reason = element("p", { class: "field-error", hidden: true });
        this.cancelButton = element("button", {
            type: "button", class: "quiet", text: "Cancel", on: { click: () => this.cancel(actions) },
        });
        this.openButton = element("button", {
            type: "button", class: "primary", text: "Open the model",
            on: { click: () => actions.openModel(this.job.model_version.split("/")[0]) },
        });
        this.curves = element("div");
        this.fold = element("details", { on: { toggle: () => this.fold.open && actions.opened() } },
            element("summary", { text: "Curves" }), this.curves);
        this.node = element("li", { class: "card job", data: { job: job.id } },
            element("div", { class: "job-head" }, this.title, this.status, element("span", { class: "spring" }), this.cancelButton, this.openButton),
            this.setting, this.bar, this.progress, this.reason, this.fold);
        this.fold.open = !ended.has(job.status);
    }

    cancel(actions) {
        this.cancelButton.disabled = true;
        actions.cancel(this.job.id);
    }

    update(job) {
        const before = this.job?.status;
        this.job = job;
        const { progress, training } = job;
        this.node.dataset.status = job.status;
        this.title.textContent = job.name || job.id;
        this.status.textContent = job.status;
        const preset = typeof job.model === "string" ? job.model : "own configuration";
        const parts = [preset, `on ${job.dataset}`];
        if (training?.epochs) parts.push(`${training.epochs} ${training.epochs === 1 ? "epoch" : "epochs"}`);
        if (training?.batch_size) parts.push(`batch ${training.batch_size}`);
        if (training?.learning_rate) parts.push(`rate ${training.learning_rate}`);
        if (Number.isFinite(training?.beta)) parts.push(`β ${training.beta}`);
        this.setting.textContent = parts.join(" · ");
        this.bar.value = job.status === "succeeded" ? 1 : progress?.fraction ?? 0;
        this.bar.hidden = ended.has(job.status) && job.status !== "succeeded";
        this.progress.textContent = progressText(job);
        const reason = job.error?.message ?? (job.status === "succeeded" ? null : job.status_reason);
        this.reason.hidden = !reason;
        this.reason.textContent = reason ?? "";
        this.reason.className = job.status === "failed" ? "field-error" : "hint";
        this.cancelButton.hidden = ended.has(job.status);
        if (before !== job.status) this.cancelButton.disabled = false;
        this.openButton.hidden = !job.model_version;
    }

    wantsCurves() {
        const grown = (this.job.progress?.epoch ?? 0) !== this.drawnAt || this.job.status !== this.drawnStatus;
        return this.fold.open && grown;
    }

    drawCurves(epochs) {
        this.drawnAt = this.job.progress?.epoch ?? 0;
        this.drawnStatus = this.job.status;
        if (epochs.length !== Number(this.curves.dataset.epochs ?? -1)) drawCurves(this.curves, epochs);
    }
}

function progressText({ status, progress, queue_position: place }) {
    if (status === "queued") return place ? `Number ${place} in the queue` : "In the queue";
    if (!progress?.epochs) return status === "running" ? "Starting" : "";
    const parts = [`Epoch ${progress.epoch} of ${progress.epochs}`];
    if (status === "running") {
        if (progress.images_per_second) parts.push(`${Math.round(progress.images_per_second).toLocaleString("en")} images/s`);
        if (Number.isFinite(progress.eta_seconds)) parts.push(`${duration(progress.eta_seconds)} left`);
    }
    return parts.join(" · ");
}

/** 5 s, 2 min 10 s, 1 h 5 min. */
function duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
