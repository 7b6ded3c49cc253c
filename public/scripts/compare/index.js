// Two models of the same images side by side: the section where the other one is chosen. What is beside the map is loaded when
// it is wanted; the other model lives in the address.

import * as api from "../api.js";
import { byId, element } from "../dom.js";
import { PointCloud } from "../point-cloud.js";

/** As a step of the selection names the other map. */
export const beside = "=";

export class Compare {
    /** page: the map page. */
    constructor(page) {
        Object.assign(this, { page, model: null, second: null, cloud: null, turn: 0 });
        this.chooser = byId("compare-chooser");
        this.chooser.addEventListener("change", () => this.choose(this.chooser.value || null));
        page.sections.whenOpened("compare", () => this.list());
    }

    /** The model of the first map, or null; the other one is what the address says. */
    async use(model) {
        const isSame = this.model?.name === model?.name && model !== null;
        this.model = model;
        const wanted = model && this.page.address.get("with");
        if (!isSame) this.close();
        if (wanted) this.page.sections.open("compare");
        if (wanted || byId("tool-compare").open) await this.list();
        if (wanted) await this.choose(wanted);
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

    async choose(name) {
        const turn = (this.turn += 1);
        try {
            if (name === null) return await this.leave();
            const [{ SecondMap }, model, points] = await Promise.all([import("./second-map.js"), api.model(name), api.map(name)]);
            if (turn !== this.turn) return null;
            const { labels } = this.page.cloud;
            if (points.labels.length !== labels.length || points.labels.some((label, i) => label !== labels[i])) {
                throw new Error(`The map of ${name} is of other images than this one: their points cannot be linked. Choose another model.`);
            }
            if (this.cloud && this.page.address.get("with") !== name) await this.forget();
            this.cloud = PointCloud.of(points);
            this.page.address.set("with", name);
            this.chooser.value = name;
            this.second ??= new SecondMap(this.page);
            this.second.show(model, this.cloud);
            await this.page.selection.resolve((plane) => this.page.cloudOf(plane));
        } catch (error) {
            if (turn === this.turn) await this.leave();
            this.page.report(error);
        }
        return null;
    }

    /** No other model is beside the first any more, and nothing is selected on its map. */
    leave() {
        this.close();
        return this.forget();
    }

    forget() {
        return this.page.selection.forget(beside, (plane) => this.page.cloudOf(plane));
    }

    close() {
        this.turn += 1;
        this.cloud = null;
        if (this.model) this.page.address.set("with", null);
        this.chooser.value = "";
        this.second?.hide();
        return null;
    }
}
