// Plays the path: a button and a slider over its time. Where motion is to be reduced, the button goes one frame on instead.

import { byId } from "../dom.js";

const seconds = 3;
const frames = 8;
const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
    /** moved(time) with a time of 0 to 1. */
    constructor(moved) {
        Object.assign(this, { moved, time: 0, running: 0, isUsed: false, button: byId("path-play"), slider: byId("path-time") });
        this.button.addEventListener("click", () => (this.running ? this.stop() : stillness.matches ? this.next() : this.play()));
        this.slider.addEventListener("input", () => {
            this.stop();
            this.goTo(Number(this.slider.value));
        });
        stillness.addEventListener("change", () => this.stop());
        this.name();
    }

    enable(isPlayable) {
        for (const control of [this.button, this.slider]) control.disabled = !isPlayable;
        if (!isPlayable) Object.assign(this, { time: 0, isUsed: false });
        if (!isPlayable) this.slider.value = 0;
    }

    goTo(time) {
        Object.assign(this, { time, isUsed: true });
        this.slider.value = time;
        this.slider.setAttribute("aria-valuetext", `${Math.round(100 * time)} % of the way`);
        this.moved(time);
    }

    next() {
        this.goTo(this.time >= 1 ? 0 : Math.min(1, (Math.floor(this.time * frames + 1e-6) + 1) / frames));
    }

    play() {
        let last = performance.now();
        if (this.time >= 1) this.time = 0;
        const step = (now) => {
            this.goTo(Math.min(1, this.time + Math.max(0, now - last) / 1000 / seconds));
            last = now;
            if (this.time < 1) this.running = requestAnimationFrame(step);
            else this.stop();
        };
        this.running = requestAnimationFrame(step);
        this.name();
    }

    stop() {
        cancelAnimationFrame(this.running);
        this.running = 0;
        this.name();
    }

    name() {
        this.button.textContent = this.running ? "❚❚" : stillness.matches ? "▶❚" : "▶";
        this.button.setAttribute("aria-label", this.running ? "Pause" : stillness.matches ? "Next frame of the path" : "Play the path");
    }
}
