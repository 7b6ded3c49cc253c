// The same points at the end of several epochs, fetched as they are wanted, and where they are between two of them.

import { map } from "../api.js";
import { Missing } from "../missing.js";
import { PointCloud } from "../point-cloud.js";

/** Times are multiples of this part of the way from one place to the next. */
export const tick = (time) => Number(time.toFixed(4));

export class Frames {
    /** `load(epoch)` promises Float32Array [n * 2]; epochs rise. */
    constructor(epochs, load) {
        Object.assign(this, { epochs: [...epochs], load, kept: new Map(), box: null });
    }

    get last() {
        return this.epochs.length - 1;
    }

    /** The epoch at a time; between two places between theirs, so finely that the time can be told from it. */
    epochAt(time) {
        const before = Math.min(this.last, Math.floor(time));
        const epoch = this.epochs[before];
        return time === before ? epoch : Number((epoch + (time - before) * this.stretch(before)).toFixed(6));
    }

    /** The time of an epoch, or null where there is none. */
    timeOf(epoch) {
        const before = this.epochs.findLastIndex((one) => one !== null && one <= epoch);
        const time = tick(before + (epoch - this.epochs[before]) / this.stretch(before));
        return time <= this.last ? time : null;
    }

    /** The last epoch may have no number. */
    stretch(before) {
        return (this.epochs[before + 1] ?? this.epochs[before] + 1) - this.epochs[before];
    }

    /** What is there already needs no request. */
    put(epoch, positions) {
        if (!this.epochs.includes(epoch)) this.epochs.push(epoch);
        this.kept.set(epoch, Promise.resolve(positions));
        this.include(positions);
    }

    /** The positions at a place of the list; a failure is not kept. */
    frame(place) {
        const epoch = this.epochs[place];
        if (!this.kept.has(epoch)) {
            const asked = this.load(epoch).then((positions) => {
                this.include(positions);
                return positions;
            });
            asked.catch(() => this.kept.delete(epoch));
            this.kept.set(epoch, asked);
        }
        return this.kept.get(epoch);
    }

    /** At a time between two places; the next ones are asked for ahead. */
    async at(time) {
        const before = Math.min(this.last, Math.floor(time));
        const after = Math.min(this.last, before + 1);
        const [from, to] = await Promise.all([this.frame(before), this.frame(after)]);
        for (let ahead = after + 1; ahead <= Math.min(this.last, after + 3); ahead += 1) this.frame(ahead).catch(() => {});
        const part = time - before;
        if (part <= 0 || before === after) return from;
        const eased = part * part * (3 - 2 * part);
        const between = new Float32Array(from.length);
        for (let i = 0; i < from.length; i += 1) between[i] = from[i] + (to[i] - from[i]) * eased;
        return between;
    }

    /** The points of `cloud`, moved to their positions at a time. */
    cloudOf(positions, time, { labels, indices }) {
        return Object.assign(new PointCloud(positions, labels), { indices, plane: `e${this.epochAt(time)}` });
    }

    /** The points of `cloud` at an epoch. */
    async cloudAt(epoch, cloud) {
        const time = this.timeOf(epoch);
        if (time === null) throw new Missing(`There is no map of epoch ${epoch}.`);
        return this.cloudOf(await this.at(time), time, cloud);
    }

    /** The box around everything that was fetched. */
    include(positions) {
        const box = this.box ?? { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
        for (let i = 0; i < positions.length; i += 2) {
            if (positions[i] < box.x0) box.x0 = positions[i];
            if (positions[i] > box.x1) box.x1 = positions[i];
            if (positions[i + 1] < box.y0) box.y0 = positions[i + 1];
            if (positions[i + 1] > box.y1) box.y1 = positions[i + 1];
        }
        this.box = Number.isFinite(box.x0) ? box : this.box;
    }
}

/** The kept maps of a model; the last is the one that is shown. */
export function framesOf(model, cloud) {
    const { epoch } = cloud;
    const kept = (model.map_epochs ?? []).filter((number) => epoch === null || number < epoch);
    const frames = new Frames([...kept, epoch], async (number) => {
        const { positions, labels } = await map(model.name, number);
        if (labels.length !== cloud.count) throw new Missing("The kept maps differ in length.");
        return positions;
    });
    frames.put(epoch, cloud.positions);
    return frames;
}
