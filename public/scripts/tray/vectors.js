// The named vectors of a model: what there is, to add or remove; and a new one, from one group of points to another, or the sum.

import * as api from "../api.js";
import { element, figure } from "../dom.js";
import { pointsOf, stepsOf, textOf } from "../selection/steps.js";

const mostPoints = 1000; // that the daemon takes for a group
const groups = [["g1", "From"], ["g2", "To"]];

export class Vectors {
    /** `sum()` is the last answer of the arithmetic, or null. */
    constructor(tray, page, sum) {
        Object.assign(this, { tray, page, sum });
        this.list = element("ul", { class: "vectors", id: "vectors", "aria-label": "Named vectors" });
        this.name = element("input", {
            type: "text", id: "vector-name", placeholder: "name", "aria-label": "Name of the new vector", autocomplete: "off", spellcheck: "false",
        });
        this.hint = element("p", { class: "hint", id: "vector-hint", role: "status" });
        const button = (id, text, click) => element("button", { type: "button", class: "plain", id, text, on: { click } });
        this.rows = groups.map(([field, text]) => {
            const count = element("span", { class: "hint" });
            const use = button(`vector-${field}`, `${text}: the selection`, () => this.setGroup(field));
            return { field, count, node: element("div", { class: "tool-row" }, use, count) };
        });
        this.element = element("section", { class: "vector-part", "aria-labelledby": "vectors-title" },
            element("h3", { id: "vectors-title", text: "Named vectors" }), this.list,
            element("p", { class: "hint", text: "A new one leads from the mean of one group to that of another: select points, then say which group they are." }),
            ...this.rows.map(({ node }) => node),
            element("div", { class: "tool-row" }, this.name, button("vector-make", "Make it", () => this.make()), button("vector-keep", "Keep the sum", () => this.keep())),
            this.hint);
    }

    async load() {
        this.offer();
        const { model } = this.page;
        if (!model) return this.list.replaceChildren();
        try {
            const vectors = await api.vectors(model.name);
            if (model === this.page.model) this.list.replaceChildren(...vectors.map((vector) => this.row(vector)));
        } catch (error) {
            this.page.report(error);
        }
    }

    row({ name, norm, origin }) {
        const button = (text, label, click) => element("button", { type: "button", class: "plain", text, "aria-label": label, on: { click } });
        const made = { difference: () => `${origin.from} to ${origin.to} points`, label: () => `label ${origin.label}`, latent: () => "numbers" }[origin?.kind]?.();
        return element("li", { draggable: "true", on: {
            dragstart: (event) => event.dataTransfer.setData("application/x-latentd-point", JSON.stringify({ kind: "vector", name })),
        } }, element("span", { class: "term-name", text: name, title: made ?? "" }), element("span", { class: "hint", text: `‖${figure(norm)}‖` }),
        button("Add", `Add ${name} to the tray`, () => this.tray.add({ kind: "vector", name })), button("×", `Forget ${name}`, () => this.forget(name)));
    }

    points(field) {
        return pointsOf(stepsOf(this.page.address.get(field) ?? ""), this.page.selection.cloudOf);
    }

    setGroup(field) {
        const { steps, mask } = this.page.selection;
        this.page.address.set(field, mask ? textOf(steps) : null);
        this.offer();
    }

    async offer() {
        for (const { field, count } of this.rows) {
            const found = this.page.model ? (await this.points(field).catch(this.page.report) ?? []).length : 0;
            count.textContent = found > 0 ? `${found.toLocaleString("en")} points` : "none yet";
            count.dataset.count = found;
        }
    }

    async make() {
        const [from, to] = await Promise.all(groups.map(([field]) => this.points(field)));
        if (from.length === 0 || to.length === 0) this.tell("Select points on the map and say with the two buttons which group they are.");
        else await this.put({ from: this.group(from), to: this.group(to) });
    }

    async keep() {
        if (this.sum()) await this.put({ latent: this.sum().latent });
        else this.tell("There is no sum yet: add terms above.");
    }

    /** On a plane a large group is its mean, which is all that counts; elsewhere it is as many of its samples as the daemon takes. */
    group(indices) {
        const { model, samples, selection } = this.page;
        const { positions } = selection.cloud;
        const every = Math.ceil(indices.length / mostPoints);
        if (model.latent_dimension !== 2) return indices.filter((_, place) => place % every === 0).map((index) => samples.point(index));
        const places = indices.map((index) => [positions[2 * index], positions[2 * index + 1]]);
        if (every === 1) return places.map((latent) => ({ latent }));
        return [{ latent: [0, 1].map((axis) => places.reduce((sum, place) => sum + place[axis], 0) / places.length) }];
    }

    async put(made) {
        const name = this.name.value.trim();
        if (name === "") {
            this.tell("Give it a name first.");
            this.name.focus();
            return;
        }
        try {
            await api.putVector(this.page.model.name, name, made);
            this.tell(`“${name}” is there.`);
            this.name.value = "";
            await this.load();
        } catch (error) {
            if (error.status === 422 || error.status === 409) this.tell(error.message);
            else this.page.report(error);
        }
    }

    async forget(name) {
        try {
            await api.deleteVector(this.page.model.name, name);
        } catch (error) {
            if (error.status !== 404) return this.page.report(error);
        }
        await this.load();
        this.tray.changed(); // a sum that had it says so
    }

    tell(text) {
        this.hint.textContent = text;
    }
}
