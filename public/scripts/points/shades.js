// What each point is drawn with, one number a point in the grid's order: its ink in the low byte, above it the pass. A change of the
// filter, the colouring or the selection makes the numbers anew: a few milliseconds for a million points.

export const plainPass = 0, dimPass = 1;
const hidden = 2 << 8; // whatever else a point is

export class Shades {
    constructor() {
        this.visible = new Uint8Array(256);
        Object.assign(this, { made: null, basis: null, memory: null });
    }

    /**
     * cloud: a PointCloud; visible: Uint8Array [256], by label; inks: Uint8Array [n] by point, or null for the labels themselves;
     * selected: Uint8Array [n] of 0 and 1 by point, or null where nothing is selected.
     */
    of({ cloud, visible, inks, selected }) {
        const base = this.based({ cloud, inks, selected });
        if (this.made?.base === base && visible.every((shown, label) => shown === this.visible[label])) return this.made.shades;
        this.visible.set(visible);
        const tones = Uint16Array.from(visible, (shown) => (shown === 0 ? hidden : 0));
        const labels = cloud.labelsInGrid;
        if (this.memory?.length !== base.length) this.memory = new Uint16Array(base.length);
        // The same memory, and a new object: who keeps what was drawn sees that it has changed.
        const shades = this.memory.subarray();
        for (let k = 0; k < shades.length; k += 1) shades[k] = base[k] | tones[labels[k]];
        this.made = { base, shades };
        return shades;
    }

    /** The numbers without the filter, so that a change of that alone reads memory in order. */
    based({ cloud, inks, selected }) {
        const { basis } = this;
        if (basis && basis.cloud === cloud && basis.inks === inks && basis.selected === selected) return basis.base;
        const { order, count } = cloud.grid;
        const labels = cloud.labelsInGrid;
        if (this.baseMemory?.length !== count) this.baseMemory = new Uint16Array(count);
        const base = this.baseMemory.subarray();
        for (let k = 0; k < count; k += 1) {
            const dim = selected === null ? 0 : (selected[order[k]] ^ 1) * (dimPass << 8);
            base[k] = (inks === null ? labels[k] : inks[order[k]]) | dim;
        }
        this.basis = { cloud, inks, selected, base };
        return base;
    }
}
