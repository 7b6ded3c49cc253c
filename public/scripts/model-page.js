// What a model is and how it was made, with its training curves.

import { recordsOf } from "./api.js";
import { drawCurves } from "./curves.js";
import { byId, element, figure } from "./dom.js";

/** model as GET /v1/models/{m} gives it, or null. */
export async function showModel(model, report) {
    byId("model-title").textContent = model?.name ?? "No model";
    byId("model-facts").replaceChildren(...(model ? facts(model) : []));
    byId("model-curves").replaceChildren();
    if (!model) return;
    byId("model-curves").dataset.model = model.name;
    try {
        const epochs = await recordsOf(model);
        if (byId("model-curves").dataset.model === model.name) drawCurves(byId("model-curves"), epochs);
    } catch (error) {
        if (error.status === 404) byId("model-curves").replaceChildren(element("p", { class: "hint", text: "No curves were kept with this model." }));
        else report(error);
    }
}

function facts(model) {
    const { input, metrics: final } = model;
    const provenance = model.provenance ?? {}; // weights from elsewhere may have none
    const rows = [
        ["Version", [model.version, ...(model.versions?.length > 1 ? [`of ${model.versions.join(", ")}`] : [])].join(" ")],
        ["Family", model.family],
        ["State", model.state],
        ["Input", input && `${input.channels} × ${input.height} × ${input.width}`],
        ["Latent dimension", model.latent_dimension],
        ["Parameters", model.parameter_count?.toLocaleString("en")],
        ["Dataset", model.dataset ?? provenance.dataset],
        ["Epochs", provenance.epochs],
        ["Batch size", provenance.batch_size],
        ["Learning rate", provenance.learning_rate],
        ["Seed", provenance.seed],
        ["Program version", provenance.program_version],
        ["Made", provenance.created_at && new Date(provenance.created_at).toLocaleString()],
        ["Test −ELBO", score(final, "negative_elbo")],
        ["Test reconstruction", score(final, "reconstruction")],
        ["Test KL", score(final, "kl")],
    ];
    return rows.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== "–").map(([term, value]) =>
        element("div", {}, element("dt", { text: term }), element("dd", { text: String(value) })));
}

function score(metrics, measure) {
    const value = metrics?.test?.[measure];
    return Number.isFinite(value) ? `${figure(value)} nats` : null;
}
