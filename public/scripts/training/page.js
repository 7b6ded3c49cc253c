// The part of the page where models are made: the form, the jobs, the datasets. Loaded when it is wanted for the first time.

import * as api from "../api.js";
import { byId } from "../dom.js";
import { DatasetList } from "./datasets.js";
import { TrainingForm } from "./form.js";
import { JobList } from "./jobs.js";
import { Upload } from "./upload.js";

const listed = ["queued", "running", "paused"];

/**
 * page: report(error), openModel(name), watch(job), configuration() of the open model, finished() when a job has become a model,
 * active(count) of jobs that have not ended, datasetsChanged(list).
 */
export class TrainingPage {
    constructor(page) {
        this.page = page;
        const { report, openModel, watch } = page;
        this.statuses = new Map();
        this.form = new TrainingForm(report, (job) => this.jobs.refresh(job.id));
        this.form.openConfiguration = page.configuration;
        this.jobs = new JobList(report, {
            openModel, watch, changed: (jobs) => this.told(jobs),
            again: (job) => {
                this.form.fillFrom(job);
                byId("training-form").scrollIntoView({ block: "start" });
                byId("field-name").focus({ preventScroll: true });
            },
        });
        this.datasets = new DatasetList(report, () => this.loadDatasets());
        this.upload = new Upload(report, async (name) => {
            await this.loadDatasets();
            this.form.choose(name);
        });
        this.ready = this.form.build();
    }

    /** Everything anew: at first, and whenever the daemon comes back. */
    async refresh() {
        await this.ready;
        this.jobs.refresh();
        await this.loadDatasets();
    }

    async loadDatasets() {
        try {
            const list = await api.datasets();
            this.form.offer(list);
            this.datasets.show(list);
            this.page.datasetsChanged(list);
        } catch (error) {
            this.page.report(error);
        }
    }

    told(jobs) {
        const done = jobs.filter(({ id, status }) => status === "succeeded" && listed.includes(this.statuses.get(id)));
        this.statuses = new Map(jobs.map(({ id, status }) => [id, status]));
        this.page.active(jobs.filter(({ status }) => listed.includes(status)).length);
        if (done.length > 0) this.page.finished();
    }
}
