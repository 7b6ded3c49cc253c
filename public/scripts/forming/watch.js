// A job's space while it forms: the same images of the test part after every epoch, moving on the map as they are encoded.
// Nothing can be decoded before the model is served.

import { epochsOf } from "../curves.js";
import { element } from "../dom.js";
import { followJob } from "../events.js";
import { sayOnMap } from "../map-words.js";
import { showNearestImage } from "./nearest-image.js";
import { PointCloud } from "../point-cloud.js";
import { Samples } from "../samples.js";
import { job as jobOf, jobMap, events, mapEpochs, mapIndices } from "../training/calls.js";
import { hasEnded, progressInWords } from "../training/job-words.js";
import { Frames } from "./frames.js";

export class WatchedJob {
    /** page: the map page; leave() shows the model that was open, openModel(name) the one that the job has made. */
    constructor(page, id, labelNames, { leave, openModel }) {
        Object.assign(this, { page, id, labelNames, leave, openModel, ending: new AbortController(), list: [], last: 0, frames: null, pending: new Set(), isStale: false, taking: false });
        this.words = element("p", { role: "status" });
        this.open = element("button", { type: "button", class: "primary", text: "Open the model", hidden: true, on: { click: () => openModel(this.job.model_version.split("/")[0]) } });
        this.node = element("section", { class: "watching", id: "watching", "aria-label": "A job's space while it forms" },
            this.words, this.open, element("button", { type: "button", class: "plain", id: "watching-leave", text: "Back to the model", on: { click: leave } }));
        document.querySelector(".legend-row").before(this.node);
    }

    async begin() {
        const { page, id } = this;
        this.job = await jobOf(id);
        const [epochs, list] = await Promise.all([mapEpochs(id), events(id)]);
        this.list = list;
        this.last = list.at(-1)?.sequence ?? 0;
        if (this.ending.signal.aborted) return;
        this.say();
        if (epochs.length) await this.beginWith(epochs);
        else this.wait();
        if (!hasEnded(this.job)) this.follow();
    }

    /** Until the first epoch is there is nothing to be seen. */
    wait() {
        const nothing = new PointCloud(new Float32Array(), new Uint8Array());
        this.page.showCloud(nothing, this.labelNames(this.job.dataset));
        this.page.forming.use(null, nothing);
        sayOnMap(hasEnded(this.job)
            ? "There are no maps of this job: it ended before its first epoch, or they were removed to save room."
            : "The points come after the first epoch.");
    }

    async beginWith(epochs) {
        const { page, id, job } = this;
        const newest = epochs.at(-1);
        const [{ positions, labels }, indices] = await Promise.all([jobMap(id, newest), mapIndices(id, newest)]);
        if (this.ending.signal.aborted) return;
        this.labels = labels;
        this.indices = indices;
        this.frames = new Frames(epochs, async (epoch) => (await jobMap(id, epoch)).positions);
        this.frames.put(newest, positions);
        const cloud = this.cloud(positions, newest);
        sayOnMap(null);
        page.samples = samplesOf(job, indices);
        page.frames = this.frames;
        page.showCloud(cloud, this.labelNames(job.dataset));
        page.forming.use(this.frames, cloud, { grows: true, records: Promise.resolve(epochsOf(this.list)), note: () => " of " + (job.progress?.epochs ?? job.training?.epochs ?? "?") });
        showNearestImage(page, this.ending.signal);
        page.cursor.moveTo(page.view.viewport.x, page.view.viewport.y, { mark: false }); // tells what the image is
        await page.selection?.resolve();
    }

    /** The newest is not the last. */
    cloud(positions, epoch) {
        return Object.assign(new PointCloud(positions, this.labels), { indices: this.indices, plane: `e${epoch}` });
    }

    follow() {
        followJob(this.id, {
            after: this.last, signal: this.ending.signal, take: (event) => this.take(event),
            interrupted: () => (this.words.textContent = "The connection to the daemon broke; this goes on when it is back."),
        }).then(() => this.take({ type: "status", data: {} })).catch((error) => this.page.report(error));
    }

    /** What comes while points move is taken together afterwards. */
    async take({ type, data }) {
        if (type === "progress") Object.assign(this.job, { progress: data.progress, metrics: data.metrics ?? this.job.metrics });
        if (type === "progress") this.say();
        if (type === "epoch") this.list.push({ type, data });
        if (type === "epoch" && data.map) this.pending.add(data.epoch);
        if (["status", "resync"].includes(type)) this.isStale = true;
        if (this.taking) return;
        this.taking = true;
        try {
            while (!this.ending.signal.aborted && (this.pending.size > 0 || this.isStale)) await this.catchUp();
        } catch (error) {
            if (!this.ending.signal.aborted) this.page.report(error);
        } finally {
            this.taking = false;
        }
    }

    async catchUp() {
        if (this.isStale) {
            this.isStale = false;
            this.job = await jobOf(this.id);
            this.say();
        }
        const epochs = [...this.pending].sort((a, b) => a - b);
        this.pending.clear();
        if (epochs.length === 0) return;
        this.page.forming.curves.use(Promise.resolve(epochsOf(this.list)));
        if (this.frames === null) {
            await this.beginWith(epochs);
            return;
        }
        const fresh = epochs.filter((epoch) => !this.frames.epochs.includes(epoch));
        const news = await Promise.all(fresh.map(async (epoch) => [epoch, (await jobMap(this.id, epoch)).positions]));
        if (news.length > 0 && !this.ending.signal.aborted) await this.page.forming.append(news, this.cloud(news.at(-1)[1], news.at(-1)[0]));
    }

    say() {
        const { job } = this;
        const name = job.name || job.id;
        const state = { succeeded: "is finished and served", failed: "has failed", cancelled: "was cancelled", paused: "is paused", queued: "waits" }[job.status] ?? "is learning";
        const words = [`${name} ${state}.`, hasEnded(job) ? "" : progressInWords(job).replace(/.$/, "$&."), hasEnded(job) ? "" : "Images can be decoded when it is served."];
        this.words.textContent = words.filter(Boolean).join(" ");
        this.node.dataset.status = job.status;
        this.open.hidden = !job.model_version;
    }

    end() {
        this.ending.abort();
        this.node.remove();
    }
}

/** The images behind a job's points: as a model's, but that only some of the test part are there. */
function samplesOf(job, indices) {
    const all = new Samples({ dataset: job.dataset });
    return {
        dataset: all.dataset, split: all.split, available: () => all.available(),
        point: (index) => all.point(indices[index]), bitmap: (index, signal) => all.bitmap(indices[index], signal),
    };
}
