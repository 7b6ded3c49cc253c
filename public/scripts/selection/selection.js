// Which points are selected: steps that are taken one after the other (a region added, a region removed, all inverted),
// short enough to live in the address. The map shows the others in grey beneath them, or not at all.

import { maskOf, stepsOf, taken, textOf } from "./steps.js";

/** Dispatches "change" when what is selected, or shown of it, is another. `mask` has a byte a point, or is null without a selection. */
export class Selection extends EventTarget {
    constructor(view, address) {
        super();
        Object.assign(this, { view, address, steps: [], mask: null, cloud: null, plane: "", keepsContext: true });
        view.addEventListener("filter", () => this.mask && this.changed());
    }

    /** The points of a model's map, and the steps that the address has for them; those in other planes wait for `resolve`. */
    use(cloud) {
        Object.assign(this, { cloud, plane: "", steps: stepsOf(this.address.get("sel") ?? ""), mask: null });
        this.keepsContext = this.address.get("context") !== "0";
        if (this.steps.every(({ plane }) => plane === "")) for (const step of this.steps) this.take(step);
        this.changed();
        if (this.isOfNothing) this.clear();
    }

    /** Takes the address's steps in the planes in which they were made. */
    async resolve(cloudOf) {
        const { steps } = this;
        if (this.mask || steps.length === 0) return;
        const mask = await maskOf(steps, cloudOf);
        if (steps !== this.steps || this.mask) return;
        this.mask = mask;
        this.changed();
        if (this.isOfNothing) this.clear();
    }

    get isOfNothing() {
        return this.mask !== null && !this.mask.includes(1);
    }

    /** Takes back what was selected on a map that is gone, in the address too. */
    forget(plane, cloudOf) {
        if (!this.steps.some((step) => step.plane === plane)) return null;
        let steps = this.steps.filter((step) => step.plane !== plane);
        // What was taken away from it, or turned over with it, is nothing without it.
        if (this.steps[0].plane === plane) while (steps.length && steps[0].operation !== "add") steps = steps.slice(1);
        Object.assign(this, { steps, mask: null });
        this.remember();
        return this.resolve(cloudOf);
    }

    /** The same points on another plane: what is selected stays. */
    moveTo(cloud, plane) {
        Object.assign(this, { cloud, plane });
    }

    /** operation is "new", "add", "remove" or "invert"; polygon is [x, y, x, y, ...], on another map where `elsewhere` is its { plane, cloud }. */
    apply(operation, polygon = [], elsewhere = { plane: this.plane }) {
        if (operation === "new") Object.assign(this, { steps: [], mask: null });
        const step = { operation: operation === "new" ? "add" : operation, polygon, plane: elsewhere.plane };
        this.steps.push(step);
        this.take(step, elsewhere.cloud);
        if (this.isOfNothing) this.clear();
        else this.remember();
    }

    take(step, cloud) {
        const shown = this.view.cloud?.count === this.cloud.count ? this.view.cloud : this.cloud; // the space may be forming
        this.mask = taken(this.mask, step, cloud ?? shown); // another array is another selection to the renderer
    }

    clear() {
        Object.assign(this, { steps: [], mask: null });
        this.remember();
    }

    keepContext(keeps) {
        this.keepsContext = keeps;
        this.address.set("context", keeps ? null : "0");
        this.changed();
    }

    remember() {
        this.address.set("sel", textOf(this.steps));
        this.changed();
    }

    changed() {
        this.found = null;
        Object.assign(this.view, { selected: this.mask, showsOthers: this.keepsContext });
        this.view.requestFrame();
        this.dispatchEvent(new Event("change"));
    }

    /** Selected points whose label is shown, in order. */
    get indices() {
        return (this.found ??= this.find());
    }

    find() {
        const { mask, cloud, view } = this;
        const found = new Uint32Array(mask ? mask.length : 0);
        let count = 0;
        for (let i = 0; i < found.length; i += 1) { // without a branch, which a selection at random would mislead
            found[count] = i;
            count += mask[i] & view.visible[cloud.labels[i]];
        }
        return found.slice(0, count);
    }
}
