// The list of training jobs, asked for again while any of them has not ended.

import { epochsOf } from "../curves.js";
import { confirmed } from "../confirm.js";
import { byId } from "../dom.js";
import * as calls from "./calls.js";
import { JobCard } from "./job-card.js";
import { hasEnded } from "./job-words.js";

/** Milliseconds from look to look: where the list is not on the screen only its count is. */
const pollEvery = () => (byId("panel-training").hidden ? 5000 : 1000);

export class JobList {
    /** `openModel(name)` shows a finished job's model, `watch(job)` its forming, `again(job)` fills in the form; `changed(jobs)` after each look. */
    constructor(report, { openModel, watch, again, changed }) {
        Object.assign(this, { report, changed, cards: new Map(), older: [], timer: 0, asking: null });
        this.actions = {
            openModel, watch, again, opened: (card) => this.refreshCurves(card),
            pause: (job, card) => this.act(card, () => calls.pause(job.id)),
            resume: (job, card) => this.act(card, () => calls.resume(job.id)),
            cancel: async (job, card) => await confirmed({
                title: `Cancel ${job.name}?`, text: "What it has learnt so far is not kept. A paused job can go on later.", action: "Cancel the job", keep: "Let it go on",
            }) && this.act(card, () => calls.cancel(job.id)),
            remove: async (job, card) => await confirmed({
                title: `Remove ${job.name}?`, text: "Its history, curves and maps go. The model that it has made stays.", action: "Remove the job",
            }) && this.act(card, () => calls.removeJob(job.id)),
        };
        byId("jobs-older").addEventListener("click", () => this.showOlder());
        document.addEventListener("visibilitychange", () => document.hidden || this.timer === 0 || this.refresh());
    }

    /** `reveal`: the id of a job to bring into sight. */
    async refresh(reveal) {
        clearTimeout(this.timer);
        this.timer = 0;
        if (reveal) this.reveal = reveal;
        if (this.asking) return (this.again = true);
        this.asking = this.look();
        await this.asking;
        this.asking = null;
        if (this.again) this.refresh();
        else if (this.isUnderWay && !document.hidden) this.timer = setTimeout(() => this.refresh(), pollEvery());
        else if (this.isUnderWay) this.timer = -1;
        return null;
    }

    async look() {
        this.again = false;
        try {
            const { data, has_more: more } = await calls.jobs();
            const newest = new Set(data.map(({ id }) => id));
            const older = this.older.filter(({ id }) => !newest.has(id));
            if (this.older.length === 0) byId("jobs-older").hidden = !more;
            this.show([...data, ...older]);
            await Promise.all([...this.cards.values()].map((card) => this.refreshCurves(card)));
        } catch (error) {
            this.isUnderWay = false;
            this.report(error);
        }
    }

    async showOlder() {
        try {
            const last = [...this.cards.values()].map(({ job }) => job).at(-1)?.id;
            const { data, has_more: more } = await calls.jobs(last);
            this.older.push(...data);
            byId("jobs-older").hidden = !more;
            this.refresh();
        } catch (error) {
            this.report(error);
        }
    }

    show(jobs) {
        const known = new Set(jobs.map(({ id }) => id));
        for (const [id, card] of this.cards) {
            if (known.has(id)) continue;
            card.node.remove();
            this.cards.delete(id);
        }
        const list = byId("jobs");
        jobs.forEach((job, place) => {
            const card = this.cards.get(job.id) ?? new JobCard(job, this.actions);
            this.cards.set(job.id, card);
            card.update(job);
            if (list.children[place] !== card.node) list.insertBefore(card.node, list.children[place] ?? null);
        });
        this.isUnderWay = jobs.some((job) => !hasEnded(job) && job.status !== "paused");
        byId("jobs-empty").hidden = jobs.length > 0;
        if (this.reveal && this.cards.has(this.reveal)) {
            this.cards.get(this.reveal).node.scrollIntoView({ block: "nearest" });
            this.reveal = null;
        }
        this.changed(jobs);
    }

    async refreshCurves(card) {
        if (!card.wantsCurves()) return;
        try {
            const news = await calls.events(card.job.id, card.events.last);
            card.events = { list: [...card.events.list, ...news], last: news.at(-1)?.sequence ?? card.events.last };
            card.drawCurves(epochsOf(card.events.list));
        } catch (error) {
            if (error.status !== 404) this.report(error);
        }
    }

    async act(card, call) {
        card.busy(true);
        try {
            await call();
        } catch (error) {
            this.report(error);
            card.busy(false);
        }
        this.refresh();
    }
}
