// Which points are selected: steps that are taken one after the other (a region added, a region removed, all inverted),
// short enough to live in the address. The map shows the others in grey beneath them, or not at all.

import { pointsWithin } from "./region.js";

const operations = { a: "add", r: "remove", i: "invert" };

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
    }

    /** Takes the address's steps in the planes in which they were made. */
    async resolve(cloudOf) {
        const { steps } = this;
        if (this.mask || steps.length === 0) return;
        const mask = await maskOf(steps, cloudOf);
        if (steps !== this.steps || this.mask) return;
        this.mask = mask;
        this.changed();
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
        if (this.mask && !this.mask.includes(1)) this.clear();
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

/** The selection after one more step; null is nothing. */
function taken(before, { operation, polygon }, cloud) {
    if (operation === "invert") return before?.map((byte) => byte ^ 1) ?? new Uint8Array(cloud.count).fill(1);
    const found = new Uint8Array(cloud.count);
    pointsWithin(polygon, cloud.grid, found);
    if (before === null && operation === "add") return found;
    const mask = before?.slice() ?? new Uint8Array(cloud.count);
    const value = operation === "add" ? 1 : 0;
    for (let i = 0; i < found.length; i += 1) if (found[i] !== 0) mask[i] = value;
    return mask;
}

async function maskOf(steps, cloudOf) {
    let mask = null;
    for (const step of steps) mask = taken(mask, step, await cloudOf(step.plane));
    return mask;
}

/** The points that steps select, in order; `cloudOf(plane)` gives the points on the plane in which a step was made. */
export async function pointsOf(steps, cloudOf) {
    const mask = await maskOf(steps, cloudOf) ?? [];
    const found = [];
    for (let i = 0; i < mask.length; i += 1) if (mask[i] !== 0) found.push(i);
    return found;
}

/** "a" or "r" with the corners' numbers, or "i", with ";" between; a plane that is not the map's own stands in "@". */
export const textOf = (steps) =>
    steps.map(({ operation, polygon, plane }) => `${operation[0]}${plane && `@${plane}@`}${polygon.join(",")}`).join(";");

export function stepsOf(text) {
    return text.split(";").map((part) => {
        const [, operation, plane = "", corners] = part.match(/^([ari])(?:@([\d.]+|=)@)?(.*)$/) ?? [];
        return { operation: operations[operation], plane, polygon: (corners ?? "").split(",").filter(Boolean).map(Number) };
    }).filter(({ operation, polygon }) => operation && polygon.every(Number.isFinite) && polygon.length % 2 === 0);
}
