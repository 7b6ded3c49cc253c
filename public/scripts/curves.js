// The three curves of a training run, from epoch records such as
// { epoch, train: { reconstruction, kl, objective, negative_elbo }, test: {...} }.

import { element } from "./dom.js";
import { linePlot } from "./plot.js";

const measures = [
    ["negative_elbo", "−ELBO"],
    ["reconstruction", "Reconstruction"],
    ["kl", "KL divergence"],
];

/** Draws the curves into `box`, in nats an image. */
export function drawCurves(box, epochs) {
    const series = (part, measure) => ({
        name: part, className: `line ${part}`,
        points: epochs.map((record) => [record.epoch, record[part]?.[measure]]).filter(([, y]) => Number.isFinite(y)),
    });
    const plots = measures.map(([measure, title]) =>
        linePlot({ title, unit: "epoch", series: [series("train", measure), series("test", measure)] }));
    const key = element("p", { class: "plot-key" },
        element("span", { class: "swatch train", "aria-hidden": "true" }), "train",
        element("span", { class: "swatch test", "aria-hidden": "true" }), "test",
        element("span", { class: "unit", text: "nats an image, by epoch" }));
    box.replaceChildren(element("div", { class: "plots" }, ...plots), key);
    box.dataset.epochs = epochs.length;
}

/** The epoch records in a job's event list, the last of each epoch (a resumed job may repeat one). */
export function epochsOf(events) {
    const byEpoch = new Map();
    for (const { type, data } of events) {
        if (type !== "epoch" || !Number.isFinite(data?.epoch)) continue;
        byEpoch.set(data.epoch, { epoch: data.epoch, ...(data.metrics ?? data) });
    }
    return [...byEpoch.values()].sort((a, b) => a.epoch - b.epoch);
}
