// The three curves of a training run, from epoch records such as
// { epoch, train: { reconstruction, kl, objective, negative_elbo }, test: {...}, validation: {...} }.

import { element } from "./dom.js";
import { linePlot } from "./plot.js";

const measures = [
    ["negative_elbo", "Total (−ELBO)"],
    ["reconstruction", "Reconstruction"],
    ["kl", "KL divergence"],
];

const parts = ["train", "test", "validation"];

/** Draws the curves into `box`, in nats an image, and gives the plots; options are those of a plot. */
export function drawCurves(box, epochs, options = {}) {
    const series = (part, measure) => ({
        name: part, className: `line ${part}`,
        points: epochs.map((record) => [record.epoch, record[part]?.[measure]]).filter(([, y]) => Number.isFinite(y)),
    });
    const drawn = parts.filter((part) => part !== "validation" || epochs.some((record) => record.validation));
    const plots = measures.map(([measure, title]) =>
        linePlot({ title, unit: "epoch", series: drawn.map((part) => series(part, measure)), ...options }));
    const key = element("p", { class: "plot-key" },
        ...drawn.flatMap((part) => [element("span", { class: `swatch ${part}`, "aria-hidden": "true" }), element("span", { class: "part", text: part })]),
        element("span", { class: "unit", text: "nats an image, by epoch" }));
    box.replaceChildren(element("div", { class: "plots" }, ...plots), key);
    box.dataset.epochs = epochs.length;
    return plots;
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
