// A job in words: what it is, how far, how long, how much.

import { figure } from "../dom.js";

const ended = new Set(["succeeded", "failed", "cancelled"]);
export const hasEnded = ({ status }) => ended.has(status);

/** What was asked for: what everybody looks at, and everything that is not the daemon's usual. */
export function settingInWords({ model, dataset, training = {}, priority, attempt }) {
    const parts = [typeof model === "string" ? model : "own configuration", `on ${dataset}`];
    const say = (key, words) => training[key] !== undefined && training[key] !== null && parts.push(words(training[key]));
    say("epochs", (n) => `${n.toLocaleString("en")} ${n === 1 ? "epoch" : "epochs"}`);
    say("batch_size", (n) => `batch ${n}`);
    say("learning_rate", (n) => `rate ${n}`);
    say("beta", (n) => `β ${n}`);
    if (training.schedule && training.schedule !== "constant") parts.push(training.schedule);
    if (training.seed !== undefined) parts.push(`seed ${training.seed}`);
    if (priority) parts.push(`priority ${priority}`);
    if (attempt > 1) parts.push(`attempt ${attempt}`);
    return parts.join(" · ");
}

/** What it was expected to take when it was accepted. */
export function estimateInWords({ estimate }) {
    if (!estimate) return "";
    const time = Number.isFinite(estimate.seconds) ? `about ${duration(estimate.seconds)} in all` : "time not known yet: no job has shown how fast this machine is";
    return `Estimate: ${time} · up to ${bytes(estimate.memory_bytes)} of memory · checkpoint of ${bytes(estimate.checkpoint_bytes)}`;
}

export function progressInWords({ status, progress, queue_position: place, metrics }) {
    if (status === "queued") return place ? `Number ${place} in the queue` : "In the queue";
    if (!progress?.epochs) return status === "running" ? "Starting" : "";
    const parts = [`Epoch ${progress.epoch} of ${progress.epochs}`];
    if (status === "running") {
        if (Number.isFinite(progress.step) && progress.steps) parts.push(`step ${progress.step.toLocaleString("en")} of ${progress.steps.toLocaleString("en")}`);
        if (progress.images_per_second) parts.push(`${Math.round(progress.images_per_second).toLocaleString("en")} images/s`);
        if (Number.isFinite(progress.eta_seconds)) parts.push(`${duration(progress.eta_seconds)} left`);
        const train = metrics?.train;
        if (train) parts.push(`loss ${figure(train.negative_elbo ?? train.objective)}`);
    }
    return parts.join(" · ");
}

const prunedNames = { checkpoint: "its checkpoint", maps: "the maps of its epochs", log: "its log" };

export function prunedInWords({ pruned }) {
    if (!pruned?.length) return "";
    const parts = new Intl.ListFormat("en").format(pruned.map((part) => prunedNames[part] ?? part));
    return `To save room the daemon has removed ${parts}.`;
}

/** 5 s, 2 min 10 s, 1 h 5 min. */
export function duration(seconds) {
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
    return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 812 B, 3.1 MB, 2.0 GB. */
export function bytes(count) {
    if (!Number.isFinite(count)) return "–";
    const unit = Math.min(3, Math.floor(Math.log10(Math.max(1, count)) / 3));
    const value = count / 1000 ** unit;
    return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${["B", "kB", "MB", "GB"][unit]}`;
}
