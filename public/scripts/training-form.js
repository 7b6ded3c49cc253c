// The form that submits a training job. The daemon is the judge of every value: its error is shown at the field it names.

import { ApiError, submitJob } from "./api.js";
import { byId, element } from "./dom.js";

const presets = [
    ["mnist-2d", "mnist-2d (grey, 2 dimensions)"],
    ["rgb-200d", "rgb-200d (colour, 200 dimensions)"],
];

const fields = [
    { key: "dataset", label: "Dataset", choices: [], hint: "What it learns from; the test part is only for the curves and the map." },
    { key: "model", label: "Preset", choices: presets, hint: "The shape of encoder and decoder. It must fit the dataset's images." },
    { key: "name", label: "Name", type: "text", value: "", short: true, hint: "What the model will be called. Empty: the daemon picks a name." },
    { key: "seed", label: "Seed", number: true, value: 1, range: "Whole, 0 or more", hint: "The same seed gives the same model." },
    { key: "epochs", label: "Epochs", number: true, value: 20, range: "1 to 100,000", hint: "Times through the training images; 20 show the shape, 60 are good." },
    { key: "batch_size", label: "Batch size", number: true, value: 128, range: "1 to 65,536", hint: "Images a step; larger is faster, with fewer steps an epoch." },
    { key: "learning_rate", label: "Learning rate", number: true, value: 0.001, range: "Above 0, to 1", hint: "Adam's step; lower it if the curves jump." },
    { key: "beta", label: "β", number: true, value: 1, range: "0 to 1,000", hint: "Weight of the KL term: more gives a rounder map, less sharper images." },
];

/** Returns `offer(datasets)`, which fills the choice of datasets. `submitted(job)` is called with a job that was taken. */
export function setUpTrainingForm(report, submitted) {
    const form = byId("training-form");
    byId("form-fields").replaceChildren(...fields.map(row));

    form.addEventListener("submit", async (event) => {
        event.preventDefault();
        clearErrors();
        const unreadable = fields.find((field) => field.number && input(field.key).validity.badInput);
        if (unreadable) {
            showError(unreadable.key, `${unreadable.label} must be a number.`);
            return;
        }
        byId("form-submit").disabled = true;
        try {
            submitted(await submitJob(body()));
        } catch (error) {
            if (error instanceof ApiError) showError(fieldOf(error.parameter), error.message);
            else report(error);
        } finally {
            byId("form-submit").disabled = false;
        }
    });

    return {
        offer(datasets) {
            const chosen = input("dataset").value || "mnist";
            const choices = datasets.map(({ name, splits }) => [name, splits?.train ? `${name} (${splits.train.toLocaleString("en")} images)` : name]);
            input("dataset").replaceChildren(...choices.map(([value, text]) => element("option", { value, text })));
            if (choices.some(([value]) => value === chosen)) input("dataset").value = chosen;
            const none = choices.length === 0;
            showError("dataset", none ? "The daemon has no dataset. Run “latentd dataset fetch mnist”, then reload." : null);
        },
    };
}

const input = (key) => byId(`field-${key}`);

function row({ key, label, choices, type, value, range, hint, number, short }) {
    const shared = { id: `field-${key}`, name: key, "aria-describedby": `hint-${key} error-${key}` };
    const control = choices
        ? element("select", shared, ...choices.map(([option, text]) => element("option", { value: option, text })))
        : element("input", { ...shared, type: number ? "number" : type, step: number ? "any" : null, value, autocomplete: "off", spellcheck: "false" });
    return element("div", { class: number || short ? "field short" : "field" },
        element("label", { for: `field-${key}`, text: label }),
        control,
        element("p", { class: "field-error", id: `error-${key}`, role: "alert", hidden: true }),
        element("p", { class: "hint", id: `hint-${key}`, text: range ? `${range}. ${hint}` : hint }));
}

/** The request's body; an empty field is left out, so that the daemon's default holds. */
function body() {
    const job = { dataset: input("dataset").value, model: input("model").value, training: {} };
    if (input("name").value.trim()) job.name = input("name").value.trim();
    for (const { key, number } of fields) {
        if (number && input(key).value !== "") job.training[key] = Number(input(key).value);
    }
    return job;
}

/** "training.epochs" and "epochs" both name the field of epochs; null is the form as a whole. */
function fieldOf(parameter) {
    const parts = (parameter ?? "").split(/[.[\]]/);
    return fields.find(({ key }) => parts.includes(key))?.key ?? null;
}

function showError(key, message) {
    const place = byId(key ? `error-${key}` : "form-error");
    place.hidden = message === null;
    place.textContent = message ?? "";
    if (key === null) return;
    input(key).removeAttribute("aria-invalid");
    if (message === null) return;
    input(key).setAttribute("aria-invalid", "true");
    if (!byId("panel-training").hidden) input(key).focus();
}

function clearErrors() {
    for (const { key } of fields) showError(key, null);
    showError(null, null);
}
