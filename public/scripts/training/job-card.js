// One training job in the list: what it is, how far it is, its curves, and what can be done with it.

import { drawCurves } from "../curves.js";
import { element } from "../dom.js";
import { errorAdvice } from "./advice.js";
import { estimateInWords, hasEnded, progressInWords, prunedInWords, settingInWords } from "./job-words.js";

export class JobCard {
    /** actions: cancel, pause, resume, remove, again, watch (of a job), openModel(name), opened() when the curves are unfolded. */
    constructor(job, actions) {
        const button = (text, action, kind = "quiet") => element("button", { type: "button", class: kind, text, on: { click: () => actions[action](this.job, this) } });
        this.title = element("h3");
        this.status = element("span", { class: "pill" });
        this.bar = element("progress", { max: 1, value: 0 });
        this.lines = Object.fromEntries(["setting", "estimate", "progress", "reason", "pruned"].map((name) => [name, element("p", { class: "hint" })]));
        this.lines.progress.className = "progress-text";
        this.buttons = {
            watch: button("Watch it form", "watch", "plain"), open: element("button", {
                type: "button", class: "primary", text: "Open the model", on: { click: () => actions.openModel(this.job.model_version.split("/")[0]) },
            }),
            pause: button("Pause", "pause"), resume: button("Resume", "resume", "plain"), again: button("Use its settings", "again"),
            cancel: button("Cancel", "cancel"), remove: button("Remove", "remove"),
        };
        this.events = { list: [], last: 0 };
        this.curves = element("div");
        this.fold = element("details", { on: { toggle: () => this.fold.open && actions.opened(this) } }, element("summary", { text: "Curves" }), this.curves);
        this.fold.open = !hasEnded(job);
        const { setting, estimate, progress, reason, pruned } = this.lines;
        this.node = element("li", { class: "card job", data: { job: job.id } },
            element("div", { class: "job-head" }, this.title, this.status), setting, this.bar, progress, reason, estimate, pruned,
            element("div", { class: "job-buttons" }, ...Object.values(this.buttons)), this.fold);
    }

    update(job) {
        this.job = job;
        const { status, progress, error } = job;
        const name = job.name || job.id;
        const done = hasEnded(job);
        this.node.dataset.status = status;
        this.title.textContent = name;
        this.status.textContent = status;
        this.bar.setAttribute("aria-label", `Progress of ${name}`);
        this.bar.value = status === "succeeded" ? 1 : progress?.fraction ?? 0;
        this.bar.hidden = done && status !== "succeeded";
        this.say("setting", settingInWords(job));
        this.say("progress", progressInWords(job));
        this.say("estimate", done ? "" : estimateInWords(job));
        this.say("pruned", prunedInWords(job));
        this.say("reason", error ? errorAdvice(error) : status === "succeeded" ? "" : job.status_reason ?? "");
        this.lines.reason.className = status === "failed" ? "field-error" : "hint";
        this.fold.hidden = !progress;
        const mapsAreThere = !job.pruned?.includes("maps");
        this.show({
            watch: mapsAreThere && (progress?.epoch > 0 || status === "running"), open: Boolean(job.model_version),
            pause: ["queued", "running"].includes(status), resume: status === "paused", again: done, cancel: !done, remove: done,
        });
        this.buttons.watch.textContent = done ? "How it formed" : "Watch it form";
        for (const [action, button] of Object.entries(this.buttons)) button.setAttribute("aria-label", `${button.textContent}: ${name}`);
        this.busy(false);
    }

    say(line, text) {
        this.lines[line].hidden = text === "";
        if (this.lines[line].textContent !== text) this.lines[line].textContent = text;
    }

    show(buttons) {
        for (const [action, shown] of Object.entries(buttons)) this.buttons[action].hidden = !shown;
    }

    /** While an action is under way none can be chosen. */
    busy(on) {
        for (const button of Object.values(this.buttons)) button.disabled = on;
    }

    /** Curves are only drawn where they are looked at and have grown. */
    wantsCurves() {
        const { progress, status } = this.job;
        const state = `${status} ${progress?.epoch} ${progress?.step}`;
        if (!this.fold.open || state === this.drawn) return false;
        this.drawn = state;
        return true;
    }

    /** `epochs` are complete; the epoch under way is drawn up to where it is. */
    drawCurves(epochs) {
        const { progress, metrics, status } = this.job;
        const isUnderWay = status === "running" && metrics?.train && progress?.epochs;
        const now = isUnderWay ? { epoch: progress.fraction * progress.epochs, train: metrics.train } : null;
        drawCurves(this.curves, now && now.epoch > (epochs.at(-1)?.epoch ?? 0) ? [...epochs, now] : epochs);
    }
}
