// What there is to train on: sizes, a look at the images, and the removal of those that were uploaded.

import { confirmed } from "../confirm.js";
import { byId, element } from "../dom.js";
import * as calls from "./calls.js";
import { bytes } from "./job-words.js";
import { Preview } from "./preview.js";

export class DatasetList {
    /** `changed()` is called when one was removed. */
    constructor(report, changed) {
        Object.assign(this, { report, changed, box: byId("datasets"), shown: "" });
    }

    show(datasets) {
        // What is looked at stays open and as it is.
        const text = JSON.stringify(datasets);
        if (text === this.shown) return;
        this.shown = text;
        const opened = new Set([...this.box.querySelectorAll("details[open]")].map((one) => one.dataset.dataset));
        this.box.replaceChildren(...datasets.map((dataset) => this.entry(dataset, opened.has(dataset.name))));
        byId("datasets-empty").hidden = datasets.length > 0;
    }

    entry(dataset, isOpen) {
        const { name, title, shape, splits, upload, label_names: labels } = dataset;
        const count = (split) => `${(splits[split] ?? 0).toLocaleString("en")} ${split}`;
        const facts = [`${shape.height} × ${shape.width}, ${shape.channels === 1 ? "grey" : `${shape.channels} channels`}`, count("train"), count("test")];
        if (labels?.length) facts.push(`labels ${labels.slice(0, 12).join(", ")}${labels.length > 12 ? " …" : ""}`);
        if (upload) facts.push(`uploaded ${new Date(upload.created_at).toLocaleString()}, ${bytes(upload.bytes)}`);
        const remove = upload && element("button", {
            type: "button", class: "quiet", text: "Remove", "aria-label": `Remove the dataset ${name}`, on: { click: () => this.remove(name) },
        });
        const preview = new Preview(dataset, this.report);
        const fold = element("details", { data: { dataset: name }, on: { toggle: () => fold.open && preview.begin() } },
            element("summary", { text: "Images" }), preview.node);
        fold.open = isOpen;
        return element("li", { class: "card dataset", data: { dataset: name } },
            element("div", { class: "job-head" }, element("h3", { text: title && title !== name ? `${name}: ${title}` : name }), remove),
            element("p", { class: "hint", text: facts.join(" · ") }), fold);
    }

    async remove(name) {
        const isWanted = await confirmed({
            title: `Remove ${name}?`, text: "Its images go from the daemon's disk. Models that were trained on it stay.", action: "Remove the dataset",
        });
        if (!isWanted) return;
        try {
            await calls.removeDataset(name);
        } catch (error) {
            this.report(error);
        }
        this.changed();
    }
}
