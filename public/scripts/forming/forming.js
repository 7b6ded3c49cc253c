// The slider over the epochs whose map was kept: the same points, moving from where they were to where they are, beside the
// curves with a line at the epoch that is shown. Of a job that runs, new epochs come at the end.

import { byId } from "../dom.js";
import { EpochCurves } from "./epoch-curves.js";
import { tick } from "./frames.js";

const secondsEach = 1.1;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Forming {
    constructor(view, address, report) {
        Object.assign(this, { view, address, report, frames: null, running: null, time: 0, follows: true });
        this.curves = new EpochCurves(byId("forming-curves"), (epoch) => this.showEpoch(epoch));
        this.slider = byId("forming-slider");
        this.slider.addEventListener("input", () => {
            this.stop();
            this.moveTo(Number(this.slider.value));
            this.follows = this.time >= this.frames.last;
        });
        this.slider.addEventListener("change", () => this.remember());
        byId("forming-play").addEventListener("click", () => (this.running ? this.pause() : this.play()));
    }

    /**
     * frames: a Frames whose last is `cloud`, or null; records: a promise of the epochs' losses; note(epoch, isLast) is told beside the
     * epoch; where `grows`, a fitted view widens until all that has been shown is in it.
     */
    use(frames, cloud, { records = Promise.resolve([]), note = () => "", grows = false } = {}) {
        this.stop();
        Object.assign(this, { frames, cloud, note, grows, bounds: cloud?.bounds });
        this.curves.use(records);
        byId("forming").hidden = !frames || frames.last < 1 || cloud.count === 0;
        if (!frames) return;
        this.slider.max = frames.last;
        this.time = frames.timeOf(Number(this.address.get("epoch") ?? NaN)) ?? frames.last;
        this.slider.value = this.time;
        this.follows = this.time >= frames.last;
        this.describe(this.time);
        if (!this.follows) this.moveTo(this.time);
    }

    /** More epochs are there, as [epoch, positions], and `cloud` is the newest; who looks at the newest sees the points move to it. */
    async append(news, cloud) {
        const from = this.bounds;
        for (const [epoch, positions] of news) this.frames.put(epoch, positions);
        Object.assign(this, { cloud, bounds: { ...this.frames.box } });
        this.slider.max = this.frames.last;
        byId("forming").hidden = this.frames.last < 1;
        if (this.follows) await this.run(this.time, this.frames.last, calm.matches || document.hidden ? 0 : 0.7, from);
        else this.describe(this.time);
    }

    showEpoch(epoch) {
        const { epochs } = this.frames;
        const place = epochs.reduce((best, other, i) => (Math.abs(other - epoch) < Math.abs(epochs[best] - epoch) ? i : best), 0);
        this.stop();
        this.follows = place >= this.frames.last;
        this.slider.value = place;
        this.moveTo(place).then(() => this.remember());
    }

    async moveTo(time) {
        this.time = time;
        const { frames } = this;
        try {
            const positions = await frames.at(time);
            if (frames === this.frames && time === this.time) this.show(positions, time);
        } catch (error) {
            this.stop();
            this.report(error);
        }
    }

    show(positions, time, bounds) {
        const before = this.bounds;
        if (this.grows && !bounds && edges.some((edge) => this.frames.box[edge] !== before[edge])) this.bounds = { ...this.frames.box };
        const isEnd = time >= this.frames.last;
        const cloud = isEnd ? this.cloud : this.frames.cloudOf(positions, time, this.cloud);
        this.view.show(cloud, this.view.names, bounds ?? this.bounds);
        if (before !== this.bounds && this.view.fitted) this.view.fit();
        this.describe(time);
    }

    describe(time) {
        const epoch = this.frames.epochs[Math.round(time)];
        const isLast = Math.round(time) === this.frames.last;
        const text = `Epoch ${epoch ?? "–"}${this.note(epoch, isLast)}`;
        this.slider.setAttribute("aria-valuetext", `epoch ${epoch}`);
        this.view.frame.dataset.epoch = epoch;
        this.curves.mark(epoch);
        if (byId("forming-text").textContent !== text) byId("forming-text").textContent = text;
    }

    play() {
        const end = this.frames.last;
        const start = Number(this.slider.value) >= end ? 0 : Number(this.slider.value);
        byId("forming-play").textContent = "❚❚";
        byId("forming-play").setAttribute("aria-label", "Pause");
        return this.run(start, end, (end - start) * secondsEach);
    }

    /** From one time to another; what is still on its way stops the clock. `from` are bounds that grow into the present ones meanwhile. */
    async run(start, end, seconds, from = this.bounds) {
        const { frames, bounds, view } = this;
        const grows = from && bounds && from !== bounds && view.fitted;
        let spent = 0;
        let last = performance.now();
        const run = (this.running = {});
        while (run === this.running && frames === this.frames) {
            const part = seconds > 0 ? Math.min(1, spent / seconds) : 1;
            this.time = tick(start + (end - start) * part);
            this.slider.value = this.time;
            let positions;
            try {
                positions = await frames.at(this.time);
            } catch (error) {
                this.report(error);
                break;
            }
            if (run !== this.running) return;
            this.show(positions, this.time, grows ? between(from, bounds, part) : undefined);
            if (grows && view.fitted) view.fit();
            if (part === 1) break;
            await new Promise((done) => requestAnimationFrame(done));
            const now = performance.now();
            spent += Math.min(0.1, (now - last) / 1000);
            last = now;
        }
        if (run === this.running) this.stop();
        this.remember();
    }

    /** The epoch that is shown lives in the address, unless it is the newest. */
    remember() {
        if (!this.frames) return;
        this.address.set("epoch", this.time >= this.frames.last ? null : String(this.frames.epochAt(this.time)));
    }

    pause() {
        this.stop();
        this.remember();
    }

    stop() {
        cancelAnimationFrame(this.playing);
        Object.assign(this, { running: null });
        byId("forming-play").textContent = "▶";
        byId("forming-play").setAttribute("aria-label", "Play the forming of the space");
    }
}

const edges = ["x0", "x1", "y0", "y1"];
const between = (a, b, part) => Object.fromEntries(Object.keys(b).map((edge) => [edge, a[edge] + (b[edge] - a[edge]) * part]));
