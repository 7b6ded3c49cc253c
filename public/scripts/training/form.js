// The form that submits a training job. The daemon is the judge of every value: its error is shown at the field it names.

import { ApiError } from "../api.js";
import { byId, element } from "../dom.js";
import { errorAdvice } from "./advice.js";
import * as calls from "./calls.js";
import { keepDraft, keyFor, readDraft, used } from "./draft.js";
import { drawFields, own } from "./field-rows.js";
import { FormErrors } from "./form-errors.js";
import { fields, ofTheJob } from "./fields.js";
import { isNumber, readSchema } from "./schema.js";

const input = (key) => byId(`field-${key}`);

export class TrainingForm {
    /** `submitted(job)` is called with a job that was taken. */
    constructor(report, submitted) {
        Object.assign(this, { report, submitted, form: byId("training-form"), fields });
        this.form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.submit();
        });
        this.form.addEventListener("input", () => this.changed());
        this.form.addEventListener("reset", (event) => {
            event.preventDefault();
            this.fill({});
        });
    }

    /** Builds the form after the daemon's description of what it takes. */
    async build() {
        let schema;
        try {
            schema = readSchema(await calls.description());
        } catch (error) {
            this.report(error);
            schema = readSchema(null);
        }
        this.facts = ({ key }) => (ofTheJob.has(key) ? schema.job : schema.training).get(key) ?? {};
        const known = new Set(fields.map(({ key }) => key));
        const others = [...schema.training.keys()].filter((key) => !known.has(key));
        this.fields = [...fields, ...others.map((key) => ({ key, group: "Other", label: key, hint: "" }))];
        this.errors = new FormErrors(this.fields);
        this.draw();
        this.fill(readDraft());
    }

    draw() {
        drawFields(byId("form-fields"), this.fields, this.facts, (recipe) =>
            this.fill({ ...this.values(["dataset", "model", "configuration", "name", "seed", "priority"]), ...recipe }));
        if (this.datasets) this.offer(this.datasets);
    }

    /** Fills the choice of datasets; what was chosen stays chosen. */
    offer(datasets) {
        this.datasets = datasets;
        if (!input("dataset")) return;
        const chosen = input("dataset").value || readDraft().dataset || "mnist";
        input("dataset").replaceChildren(...datasets.map(({ name, splits }) =>
            element("option", { value: name, text: splits?.train ? `${name} (${splits.train.toLocaleString("en")} images)` : name })));
        if (datasets.some(({ name }) => name === chosen)) input("dataset").value = chosen;
        const none = datasets.length === 0;
        byId("form-submit").disabled = none;
        this.errors.show("dataset", none ? "The daemon has no dataset. Upload one below, or run “latentd dataset fetch mnist” and reload." : null);
    }

    /** Everything that is filled in, as texts by field. */
    values(only = [...this.fields.map(({ key }) => key), "configuration"]) {
        return Object.fromEntries(only.map((key) => [key, input(key)?.value ?? ""]).filter(([, value]) => value !== ""));
    }

    /** What is not named becomes empty, which is the daemon's default. */
    fill(values) {
        for (const { key } of this.fields) {
            const field = input(key);
            const wanted = String(values[key] ?? "");
            if (field.tagName !== "SELECT") field.value = wanted;
            else if ([...field.options].some(({ value }) => value === wanted)) field.value = wanted;
            else if (!["dataset", "model"].includes(key)) field.value = "";
        }
        byId("field-configuration").value = values.configuration ?? "";
        if (this.fields.some(({ key, group }) => group && values[key])) byId("form-more").open = true;
        this.errors.clear();
        this.changed();
    }

    choose(dataset) {
        input("dataset").value = dataset;
        this.changed();
    }

    /** A job's settings, as far as they are not the daemon's usual ones. */
    fillFrom({ dataset, model, priority, training }) {
        const isPreset = typeof model === "string";
        const values = { dataset, model: isPreset ? model : own, priority: priority || "", configuration: isPreset ? "" : JSON.stringify(model, null, 2) };
        for (const field of this.fields) {
            const value = training?.[field.key];
            if (value !== undefined && value !== null && value !== this.facts(field).usual) values[field.key] = value;
        }
        this.fill(values);
    }

    changed() {
        const isOwn = input("model").value === own;
        byId("own-row").hidden = !isOwn;
        if (isOwn && byId("field-configuration").value === "") this.beginConfiguration();
        keepDraft(this.values());
    }

    async beginConfiguration() {
        const configuration = await this.openConfiguration?.();
        const box = byId("field-configuration");
        if (configuration && box.value === "") box.value = JSON.stringify(configuration, null, 2);
    }

    async submit() {
        this.errors.clear();
        const unreadable = this.fields.find((field) => isNumber(this.facts(field)) && input(field.key).validity.badInput);
        if (unreadable) return this.errors.show(unreadable.key, `${unreadable.label} must be a number.`);
        let body;
        try {
            body = this.body();
        } catch (error) {
            return this.errors.show("configuration", `That is not JSON: ${error.message}`);
        }
        byId("form-submit").disabled = true;
        try {
            const job = await calls.submit(body, keyFor(body));
            used();
            this.fill({ ...this.values(), name: "" });
            this.submitted(job);
        } catch (error) {
            if (error instanceof ApiError) this.errors.show(this.errors.fieldOf(error.parameter), errorAdvice(error));
            else this.report(error);
        } finally {
            byId("form-submit").disabled = false;
        }
    }

    /** An empty field is left out, so that the daemon's default holds. */
    body() {
        const body = { training: {} };
        for (const field of this.fields) {
            const text = input(field.key).value.trim();
            if (text === "") continue;
            const value = isNumber(this.facts(field)) ? Number(text) : text;
            if (field.key === "model" && text === own) body.model = JSON.parse(byId("field-configuration").value);
            else (ofTheJob.has(field.key) ? body : body.training)[field.key] = value;
        }
        return body;
    }
}
