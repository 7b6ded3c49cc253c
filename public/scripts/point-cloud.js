// The encoded points: where they are, what they are, and the questions the map asks of them.

import { Grid } from "./points/grid.js";

export class PointCloud {
    /** positions: Float32Array [n * 2]; labels: Uint8Array [n], 255 is none; epoch: of the training, where it is known. */
    constructor(positions, labels, epoch = null) {
        this.epoch = epoch;
        /** Which places of the points these are, as a selection's steps name them (selection/steps.js). */
        this.plane = "";
        this.positions = positions;
        this.labels = labels;
        this.counts = new Uint32Array(256);
        for (const label of labels) this.counts[label] += 1;
    }

    /** points: what `api.map` gives. */
    static of({ positions, labels, epoch }) {
        return new PointCloud(positions, labels, epoch);
    }

    get count() {
        return this.labels.length;
    }

    /** How many of the points have a place. */
    get placed() {
        this.counted ??= this.positions.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 0.5), 0);
        return this.counted;
    }

    /** The labels that occur, in order. */
    get classes() {
        return [...this.counts.keys()].filter((label) => this.counts[label] > 0);
    }

    /** The points in the order of a grid, made at its first use. */
    get grid() {
        this.ordered ??= new Grid(this.positions);
        return this.ordered;
    }

    get labelsInGrid() {
        this.orderedLabels ??= Uint8Array.from(this.grid.order, (point) => this.labels[point]);
        return this.orderedLabels;
    }

    /** The box around all points, or null without points. */
    get bounds() {
        return this.grid.box;
    }

    /** Whether all points lie on one. */
    get isOnePlace() {
        const box = this.bounds;
        return box !== null && box.x1 - box.x0 < 1e-6 && box.y1 - box.y0 < 1e-6;
    }

    /** An area in latent units that holds the bulk of the points: a box of two standard deviations each way. */
    get spread() {
        this.measured ??= 16 * deviation(this.positions, 0) * deviation(this.positions, 1);
        return this.measured;
    }

    /** The index of the visible point nearest to (x, y), or -1. */
    nearest(x, y, visible) {
        return this.grid.nearest(x, y, (point) => visible[this.labels[point]] !== 0);
    }

    /** The median place of every class: where its name is written. */
    centres() {
        return this.classes.filter((label) => label !== 255).map((label) => {
            const xs = new Float32Array(this.counts[label]);
            const ys = new Float32Array(this.counts[label]);
            let found = 0;
            for (let i = 0; i < this.count; i += 1) {
                if (this.labels[i] !== label || Number.isNaN(this.positions[2 * i])) continue;
                xs[found] = this.positions[2 * i];
                ys[found] = this.positions[2 * i + 1];
                found += 1;
            }
            const middle = (values) => values.subarray(0, found).sort()[found >> 1];
            return { label, x: middle(xs), y: middle(ys) };
        });
    }
}

/** Of the points that have a place. */
function deviation(positions, offset) {
    let sum = 0;
    let squares = 0;
    let count = 0;
    for (let i = offset; i < positions.length; i += 2) {
        if (Number.isNaN(positions[i])) continue;
        sum += positions[i];
        squares += positions[i] ** 2;
        count += 1;
    }
    return Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)) || 1;
}
