// The list of training jobs, asked for again while any of them is queued or running.

import * as api from "./api.js";
import { epochsOf } from "./curves.js";
import { byId } from "./dom.js";
import { JobCard } from "./job-card.js";

const pollEvery = 1000;
const unfinished = new Set(["queued", "running", "paused"]);

/** `openModel(name)` shows a finished job's model; `finished()` is called when a job has become one. */
export function listJobs(report, openModel, finished) {
    const cards = new Map();
    let timer = 0;
    let asking = false;
    let again = null;

    /** `reveal`: the id of a job to bring into sight. */
    async function refresh(reveal) {
        clearTimeout(timer);
        if (asking) {
            again = () => refresh(reveal);
            return;
        }
        asking = true;
        try {
            const jobs = await api.jobs();
            show(jobs);
            if (reveal) cards.get(reveal)?.node.scrollIntoView({ block: "nearest", behavior: "smooth" });
            await Promise.all(jobs.map(refreshCurves));
            if (jobs.some((job) => unfinished.has(job.status))) timer = setTimeout(() => refresh(), pollEvery);
        } catch (error) {
            report(error);
        } finally {
            asking = false;
            again?.();
            again = null;
        }
    }

    function show(jobs) {
        const known = new Set(jobs.map((job) => job.id));
        for (const [id, card] of cards) {
            if (known.has(id)) continue;
            card.node.remove();
            cards.delete(id);
        }
        jobs.forEach((job, place) => {
            let card = cards.get(job.id);
            if (!card) {
                card = new JobCard(job, { cancel, openModel, opened: () => refreshCurves(card.job) });
                cards.set(job.id, card);
            }
            const before = card.job?.status;
            card.update(job);
            if (unfinished.has(before) && job.status === "succeeded") finished();
            const list = byId("jobs");
            if (list.children[place] !== card.node) list.insertBefore(card.node, list.children[place] ?? null);
        });
        const active = jobs.filter((job) => unfinished.has(job.status)).length;
        byId("jobs-empty").hidden = jobs.length > 0;
        byId("active-jobs").hidden = active === 0;
        byId("active-jobs").textContent = active;
        byId("active-jobs").setAttribute("aria-label", `, ${active} under way`);
    }

    /** Events are only asked for where the curves are looked at and may have grown. */
    async function refreshCurves(job) {
        const card = cards.get(job.id);
        if (!card?.wantsCurves()) return;
        try {
            card.drawCurves(epochsOf(await api.jobEvents(job.id)));
        } catch (error) {
            report(error);
        }
    }

    async function cancel(id) {
        try {
            await api.cancelJob(id);
        } catch (error) {
            report(error);
        }
        refresh();
    }

    return { refresh };
}
