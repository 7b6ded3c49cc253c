// What each point is drawn with, one number a point in the grid's order: its ink in the low byte, above it the pass. A change of the
// filter, the colouring or the selection makes the numbers anew: 4 ms for a million points.

export const plainPass = 0, dimPass = 1;
const hidden = 2 << 8;

export class Shades {
    constructor() {
        this.visible = new Uint8Array(256);
        this.made = null;
    }

    /**
     * cloud: a PointCloud; visible: Uint8Array [256], by label; inks: Uint8Array [n] by point, or null for the labels themselves;
     * selected: Uint8Array [n] by point, or null where nothing is selected.
     */
    of({ cloud, visible, inks, selected }) {
        const { made } = this;
        const asBefore = made && made.cloud === cloud && made.inks === inks && made.selected === selected
            && visible.every((shown, label) => shown === this.visible[label]);
        if (asBefore) return made.shades;
        this.visible.set(visible);
        const { order, count } = cloud.grid;
        const { labels } = cloud;
        const shades = new Uint16Array(count);
        const byPoint = inks ?? labels;
        for (let k = 0; k < count; k += 1) {
            const point = order[k];
            if (visible[labels[point]] === 0) shades[k] = hidden;
            else shades[k] = byPoint[point] | (selected !== null && selected[point] === 0 ? dimPass << 8 : 0);
        }
        this.made = { cloud, inks, selected, shades };
        return shades;
    }
}
