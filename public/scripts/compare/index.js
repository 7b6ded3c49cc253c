// Two models of the same images side by side: the section where the other one is chosen. What is beside the map is loaded when
// it is wanted; the other model lives in the address.

import * as api from "../api.js";
import { byId, element } from "../dom.js";
import { Missing, isMissing } from "../missing.js";
import { PointCloud } from "../point-cloud.js";

export class Compare {
    /** page: the map page. */
    constructor(page) {
        Object.assign(this, { page, model: null, other: null, second: null, loading: null, turn: 0 });
        this.chooser = byId("compare-chooser");
        this.chooser.addEventListener("change", () => this.choose(this.chooser.value || null));
        page.sections.whenOpened("compare", () => this.list());
    }

    /** The model of the first map, or null; the other one is what the address says. */
    async use(model) {
        const wanted = model && this.page.address.get("with");
        if (this.model?.name !== model?.name || wanted !== this.other) this.close();
        this.model = model;
        if (wanted) this.page.sections.open("compare");
        if (wanted || byId("tool-compare").open) await this.list();
        if (wanted && wanted === this.page.address.get("with")) await this.choose(wanted);
    }

    /** Models that were trained on the same dataset. */
    async list() {
        const { model } = this;
        try {
            const dataset = (one) => one.dataset ?? one.provenance?.dataset;
            const others = model ? (await api.models()).filter((one) => one.name !== model.name && dataset(one) === dataset(model) && one.state === "ready") : [];
            const chosen = this.page.address.get("with") ?? "";
            this.chooser.replaceChildren(element("option", { value: "", text: others.length ? "none" : "no other model of the same dataset" }),
                ...others.map(({ name }) => element("option", { value: name, text: name })));
            this.chooser.disabled = others.length === 0;
            if (others.some(({ name }) => name === chosen)) this.chooser.value = chosen;
        } catch (error) {
            this.page.report(error);
        }
    }

    /** A model, or null: no other one is beside the first any more. What is selected on a map goes with it. */
    async choose(name) {
        const { page } = this;
        const turn = (this.turn += 1);
        const before = page.address.get("with");
        page.address.set("with", name);
        this.chooser.value = name ?? "";
        try {
            if (before && before !== name) page.selection.forget(`=${before}`);
            if (name === null) {
                this.close();
                page.selection.resolve().catch(page.report);
                return;
            }
            const [{ SecondMap }, model, cloud] = await Promise.all([import("./second-map.js"), api.model(name), this.load(name)]);
            if (turn !== this.turn) return;
            this.other = name;
            this.second ??= new SecondMap(page);
            this.second.show(model, cloud);
            page.selection.resolve().catch(page.report);
        } catch (error) {
            // What cannot be had at the moment is waited for, here or on this map.
            if (turn === this.turn && isMissing(error) && page.frames) await this.choose(null);
            else if (turn === this.turn && name !== this.other) this.second?.hide();
            page.report(error);
        }
    }

    /** The points as another model has them, the latest kept. */
    load(name) {
        const { model } = this.page;
        if (this.loading?.name !== name || this.loading.model !== model) {
            const loading = { name, model, cloud: this.fetch(name) };
            this.loading = loading;
            loading.cloud.catch(() => this.loading === loading && (this.loading = null));
        }
        return this.loading.cloud;
    }

    async fetch(name) {
        const { labels } = this.page.cloud;
        const cloud = PointCloud.of(await api.map(name));
        if (cloud.count !== labels.length || cloud.labels.some((label, i) => label !== labels[i])) {
            throw new Missing(`The map of ${name} is of other images than this one: their points cannot be linked. Choose another model.`);
        }
        return Object.assign(cloud, { plane: `=${name}` });
    }

    close() {
        this.turn += 1;
        this.other = null;
        this.chooser.value = "";
        this.second?.hide();
    }
}
