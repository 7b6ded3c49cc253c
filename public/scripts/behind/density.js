// How dense the codes lie: the points that are shown, counted in cells of a few pixels and smoothed by a Gaussian of a fixed width
// on the screen, so that zooming in resolves more.

import { token } from "../dom.js";
import { settled } from "../latest.js";
import { Field, roomyWindow } from "./field.js";

const cell = 4; // CSS pixels
const reach = 2; // of one box filter, in cells; four of them are nearly a Gaussian, of 11 pixels

export class DensityLayer {
    /** `shown(field or null)` is told what is drawn, for the scale. */
    constructor(view, shown) {
        Object.assign(this, { view, shown, visible: false, isOfPoints: true, field: null, key: null });
        this.refreshLater = settled(80, () => this.refresh());
    }

    use() {
        this.refresh();
    }

    repaint() {
        this.refresh();
    }

    toggle(visible) {
        this.visible = visible;
        this.key = null;
        this.refresh();
        this.view.requestFrame();
    }

    refresh() {
        const { view } = this;
        const { cloud, viewport } = view;
        if (!this.visible || !cloud || cloud.count === 0 || !view.ratio) {
            this.field = null;
            this.shown(null);
            return;
        }
        this.field = densityField(view, viewport, this.colour);
        this.shown(this.field);
        view.requestFrame();
    }

    draw(context, viewport) {
        if (!this.visible) return;
        const { view } = this;
        const key = [view.cloud?.count, viewport.x, viewport.y, viewport.scale, viewport.width, viewport.height, view.visible, token("--accent")].join();
        if (key !== this.key || this.cloud !== view.cloud) {
            Object.assign(this, { key, cloud: view.cloud });
            this.refreshLater();
        }
        this.field?.draw(context, viewport);
    }

    /** The accent, the more opaque the denser. */
    colour(part) {
        const value = parseInt(token("--accent").slice(1), 16);
        return [value >> 16, (value >> 8) & 255, value & 255, 0.9 * Math.sqrt(part)];
    }
}

/** Images a square unit, in cells around the view. */
export function densityField({ cloud, visible }, viewport, colour) {
    const window = roomyWindow(viewport.window);
    const columns = Math.max(2, Math.round((window.x1 - window.x0) * viewport.scale / cell));
    const rows = Math.max(2, Math.round((window.y1 - window.y0) * viewport.scale / cell));
    const [across, down] = [columns / (window.x1 - window.x0), rows / (window.y1 - window.y0)];
    const { grid, labels } = cloud;
    const { positions, order } = grid;
    let counts = new Float32Array(columns * rows);
    grid.within(window, (from, to) => {
        for (let k = from; k < to; k += 1) {
            const column = Math.floor((positions[2 * k] - window.x0) * across);
            const row = Math.floor((window.y1 - positions[2 * k + 1]) * down);
            if (column >= 0 && row >= 0 && column < columns && row < rows && visible[labels[order[k]]]) counts[row * columns + column] += 1;
        }
    });
    for (let turn = 0; turn < 4; turn += 1) counts = boxed(boxed(counts, columns, rows, 1, columns), rows, columns, columns, 1);
    const area = 1 / (across * down);
    let high = 0;
    for (let i = 0; i < counts.length; i += 1) {
        counts[i] /= area;
        if (counts[i] > high) high = counts[i];
    }
    return new Field({ values: counts, columns, rows, window, low: 0, high }, colour);
}

/** The mean of 2 * reach + 1 numbers along lines of `length`, `step` apart, of which there are `lines`, `stride` apart. */
function boxed(values, length, lines, step, stride) {
    const smooth = new Float32Array(values.length);
    for (let line = 0; line < lines; line += 1) {
        const first = line * stride;
        let sum = 0;
        for (let i = 0; i < Math.min(reach, length); i += 1) sum += values[first + i * step];
        for (let i = 0; i < length; i += 1) {
            if (i + reach < length) sum += values[first + (i + reach) * step];
            if (i - reach > 0) sum -= values[first + (i - reach - 1) * step];
            smooth[first + i * step] = sum / (2 * reach + 1);
        }
    }
    return smooth;
}
