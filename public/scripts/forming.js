// The slider over the epochs whose map was kept: the same points, moving from where they were to where they are.

import { map } from "./api.js";
import { byId } from "./dom.js";
import { PointCloud } from "./point-cloud.js";

const secondsEach = 1.1;

export class Forming {
    constructor(view, report) {
        Object.assign(this, { view, report, epochs: [], loaded: null, playing: 0 });
        this.slider = byId("forming-slider");
        this.slider.addEventListener("input", () => {
            this.stop();
            this.moveTo(Number(this.slider.value));
        });
        byId("forming-play").addEventListener("click", () => (this.playing ? this.stop() : this.play()));
    }

    /** model as GET /v1/models/{m}; cloud and epoch are its latest map. */
    use(model, cloud, epoch) {
        this.stop();
        const kept = (model?.map_epochs ?? []).filter((number) => epoch === null || number < epoch);
        Object.assign(this, { model, cloud, loaded: null, epochs: [...kept, epoch] });
        byId("forming").hidden = kept.length === 0 || cloud === null || cloud.count === 0;
        this.slider.max = kept.length;
        this.slider.value = kept.length;
        this.describe(kept.length);
    }

    /** The kept maps, fetched once, at the first use of the slider. */
    load() {
        this.loaded ??= Promise.all(this.epochs.slice(0, -1).map((epoch) => map(this.model.name, epoch))).then((maps) => {
            if (maps.some(({ labels }) => labels.length !== this.cloud.count)) throw new Error("The kept maps differ in length.");
            return [...maps.map(({ positions }) => positions), this.cloud.positions];
        });
        return this.loaded;
    }

    async moveTo(time) {
        this.wanted = time;
        const { model } = this;
        try {
            const frames = await this.load();
            if (model === this.model && time === this.wanted) this.show(frames, time);
        } catch (error) {
            this.stop();
            this.loaded = null;
            this.report(error);
        }
    }

    show(frames, time) {
        const before = Math.min(frames.length - 1, Math.floor(time));
        const after = Math.min(frames.length - 1, before + 1);
        const part = time - before;
        const eased = part * part * (3 - 2 * part);
        const [from, to] = [frames[before], frames[after]];
        const atEnd = before === frames.length - 1;
        const positions = atEnd ? to : from.map((value, i) => value + (to[i] - value) * eased);
        this.view.show(atEnd ? this.cloud : new PointCloud(positions, this.cloud.labels), this.view.names, this.cloud.bounds);
        this.describe(time);
    }

    describe(time) {
        const epoch = this.epochs[Math.round(time)];
        const last = time === this.epochs.length - 1;
        const text = last ? `Epoch ${epoch}: as it is now.` : `Epoch ${epoch}. Images are decoded by the finished model.`;
        this.slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
        if (byId("forming-text").textContent !== text) byId("forming-text").textContent = text;
    }

    async play() {
        const end = this.epochs.length - 1;
        let time = Number(this.slider.value) >= end ? 0 : Number(this.slider.value);
        await this.moveTo(time);
        if (!this.loaded) return;
        byId("forming-play").textContent = "❚❚";
        byId("forming-play").setAttribute("aria-label", "Pause");
        let last = performance.now();
        const step = (now) => {
            time = Math.min(end, time + (now - last) / 1000 / secondsEach);
            last = now;
            this.slider.value = time;
            this.moveTo(time);
            if (time < end) this.playing = requestAnimationFrame(step);
            else this.stop();
        };
        this.playing = requestAnimationFrame(step);
    }

    stop() {
        cancelAnimationFrame(this.playing);
        this.playing = 0;
        byId("forming-play").textContent = "▶";
        byId("forming-play").setAttribute("aria-label", "Play the forming of the space");
    }
}
