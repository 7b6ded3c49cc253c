// Which points are selected: steps that are taken one after the other (a region added, a region removed, all inverted),
// short enough to live in the address. The map shows the others in grey beneath them, or not at all.

import { maskOf, stepsOf, taken, textOf } from "./steps.js";

/** Dispatches "change" when what is selected, or shown of it, is another, "wait" when a step comes to others that wait. `mask` has a byte a point, or is null without a selection. */
export class Selection extends EventTarget {
    /** `cloudOf(plane)` promises the points as steps name them, or null where they are not known yet. */
    constructor(view, address, cloudOf) {
        super();
        Object.assign(this, { view, address, cloudOf, steps: [], mask: null, cloud: null, keepsContext: true });
        view.addEventListener("filter", () => this.mask && this.changed());
    }

    /** The points of a model's map, and the steps that the address has for them; those in other planes wait for `resolve`. */
    use(cloud) {
        Object.assign(this, { cloud, steps: stepsOf(this.address.get("sel") ?? ""), mask: null });
        this.keepsContext = this.address.get("context") !== "0";
        if (this.steps.every(({ plane }) => plane === cloud.plane)) for (const step of this.steps) this.mask = taken(this.mask, step, cloud);
        this.changed();
        if (this.isOfNothing) this.clear();
    }

    /** Whether there are steps in planes that are not there yet. */
    get waits() {
        return this.mask === null && this.steps.length > 0;
    }

    /** Takes the steps in the planes in which they were made, and those that come meanwhile. */
    async resolve() {
        while (this.waits) {
            const { steps } = this;
            const mask = await maskOf(steps, this.cloudOf);
            if (steps !== this.steps) continue;
            if (mask === null || !this.waits) return;
            this.mask = mask;
            this.changed();
            if (this.isOfNothing) this.clear();
        }
    }

    get isOfNothing() {
        return this.mask !== null && !this.mask.includes(1);
    }

    /** Takes back what was selected on a map that is gone, in the address too; the rest waits for `resolve`. */
    forget(plane) {
        if (!this.steps.some((step) => step.plane === plane)) return;
        let steps = this.steps.filter((step) => step.plane !== plane);
        // What was taken away from it, or turned over with it, is nothing without it.
        if (this.steps[0].plane === plane) while (steps.length && steps[0].operation !== "add") steps = steps.slice(1);
        Object.assign(this, { steps, mask: null });
        this.remember();
    }

    /** operation is "new", "add", "remove" or "invert"; polygon is [x, y, x, y, ...] among the points of `cloud`. */
    apply(operation, polygon = [], cloud = this.shown) {
        if (operation === "new") Object.assign(this, { steps: [], mask: null });
        const step = { operation: operation === "new" ? "add" : operation, polygon, plane: operation === "invert" ? "" : cloud.plane };
        const { waits } = this;
        if (!waits) this.mask = taken(this.mask, step, cloud); // another array is another selection to the renderer
        this.steps = [...this.steps, step];
        if (this.isOfNothing) this.clear();
        else this.remember();
        if (waits) this.dispatchEvent(new Event("wait")); // what could not be had before may be there now
    }

    /** The points where the map shows them: the space may be forming. */
    get shown() {
        return this.view.cloud?.count === this.cloud.count ? this.view.cloud : this.cloud;
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
