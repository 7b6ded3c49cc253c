// How much the decoder stretches the space: sqrt(det J^T J), where J is the derivative of the decoded image by the place. That is the
// area of images that one unit of latent area becomes (the pull-back metric's; Arvanitidis, Hansen, Hauberg, 2018).
//
// J is taken by central differences between the corners of the cells of a grid: one decode a corner, no matter which model.

import { decode } from "../api.js";
import { latest, settled } from "../latest.js";
import { rampColour } from "../ramp.js";
import { Field, roomyWindow } from "./field.js";

const cell = 18; // CSS pixels, or more where the images are large
const mostCorners = 2800;
const mostNumbers = 4_000_000; // of an answer: 16 MB

export class MagnificationLayer {
    /** `shown(field, null or "loading" or "failed")` is told what is drawn, for the scale. */
    constructor(view, shown, failed) {
        Object.assign(this, { view, shown, model: null, visible: false, field: null });
        this.ask = latest(
            async ({ model, grid }) => magnification(await decode(model.name, cornersOf(grid)), grid),
            (values, { grid }) => {
                this.field = fieldOf(values, grid);
                shown(this.field, this.field ? null : "flat");
                view.requestFrame();
            },
            (error) => {
                shown(null, "failed");
                failed(error);
            },
        );
        view.addEventListener("viewchange", settled(200, () => this.refresh()));
    }

    /** model as GET /v1/models/{m} has it, of a plane, or null. */
    use(model) {
        Object.assign(this, { model, field: null });
        this.ask.forget();
        this.refresh();
    }

    toggle(visible) {
        this.visible = visible;
        if (!visible) this.ask.forget();
        this.refresh();
        this.view.requestFrame();
    }

    refresh() {
        const { model, view } = this;
        if (!this.visible || !model || !view.ratio) return;
        if (!this.field) this.shown(null, "loading");
        const window = roomyWindow(view.viewport.window, 0.1);
        const { channels, height, width } = model.input;
        const most = Math.max(16, Math.min(mostCorners, Math.floor(mostNumbers / (channels * height * width))));
        const [wide, high] = [(window.x1 - window.x0) * view.viewport.scale, (window.y1 - window.y0) * view.viewport.scale];
        const side = Math.max(cell, Math.sqrt((wide * high) / most));
        this.ask({ model, grid: { window, columns: Math.max(2, Math.floor(wide / side)), rows: Math.max(2, Math.floor(high / side)) } });
    }

    draw(context, viewport) {
        if (this.visible) this.field?.draw(context, viewport);
    }

    repaint() {
        if (!this.field) return;
        this.field.paint(colour);
        this.shown(this.field);
    }
}

export const colour = (part) => [...rampColour(part), 0.62];

/** The corners of the cells, row by row from y1 down. */
function cornersOf({ window: { x0, x1, y0, y1 }, columns, rows }) {
    const corners = [];
    for (let row = 0; row <= rows; row += 1) {
        const y = y1 + ((y0 - y1) * row) / rows;
        for (let column = 0; column <= columns; column += 1) corners.push([x0 + ((x1 - x0) * column) / columns, y]);
    }
    return corners;
}

/** log10 of sqrt(det J^T J) of each cell. */
export function magnification({ shape, values }, { window: { x0, x1, y0, y1 }, columns, rows }) {
    const size = shape.slice(1).reduce((product, extent) => product * extent, 1);
    const [wide, high] = [(x1 - x0) / columns, (y1 - y0) / rows];
    const out = new Float32Array(columns * rows);
    for (let cell = 0; cell < out.length; cell += 1) {
        const [row, column] = [Math.floor(cell / columns), cell % columns];
        const a = (row * (columns + 1) + column) * size; // upper left
        const c = a + (columns + 1) * size; // lower left
        let [xx, yy, xy] = [0, 0, 0];
        for (let i = 0; i < size; i += 1) {
            const [upperLeft, upperRight, lowerLeft, lowerRight] = [values[a + i], values[a + size + i], values[c + i], values[c + size + i]];
            const byX = (upperRight + lowerRight - upperLeft - lowerLeft) / (2 * wide);
            const byY = (upperLeft + upperRight - lowerLeft - lowerRight) / (2 * high);
            xx += byX * byX;
            yy += byY * byY;
            xy += byX * byY;
        }
        out[cell] = 0.5 * Math.log10(Math.max(1e-12, xx * yy - xy * xy));
    }
    return out;
}

/** From the 2nd to the 100th percentile, so that the empty far away does not use up the colours. */
function fieldOf(values, { window, columns, rows }) {
    const sorted = values.filter(Number.isFinite).sort();
    if (sorted.length === 0) return null;
    return new Field({ values, columns, rows, window, low: sorted[Math.floor(sorted.length * 0.02)], high: sorted.at(-1) }, colour);
}
