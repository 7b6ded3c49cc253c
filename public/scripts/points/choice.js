// Which renderer draws the points. "auto" measures both once, when the first map with points has been drawn: the GPU where it is
// real and faster, else the rasteriser. Where the GPU's context is lost the rasteriser draws until it comes back.

import { Rasteriser } from "./rasteriser.js";

export const renderers = { auto: "Automatic", webgl: "WebGL", raster: "Processor" };

export class RendererChoice {
    /** `changed({ wanted, drawing, text })` is called with what is chosen, what draws, and why. */
    constructor(view, address, changed) {
        Object.assign(this, { view, address, changed, wanted: null, gpu: null, turn: 0 });
    }

    restore() {
        const asked = this.address.get("renderer");
        return this.choose(Object.hasOwn(renderers, asked ?? "") ? asked : "auto");
    }

    async choose(wanted) {
        if (wanted === this.wanted) return;
        this.wanted = wanted;
        const turn = (this.turn += 1);
        this.address.set("renderer", wanted === "auto" ? null : wanted);
        if (wanted === "raster") this.raster("");
        else await this.tryGPU(turn, wanted === "webgl");
    }

    raster(text) {
        const { gpu } = this;
        this.gpu = null;
        if (this.view.renderer.name !== "raster") this.view.use(new Rasteriser());
        gpu?.release();
        this.tell(text);
    }

    async tryGPU(turn, insist) {
        if (!insist) await this.view.firstDrawn;
        const { NoWebGL, WebGLRenderer } = await import("./webgl.js");
        if (turn !== this.turn || this.gpu) return;
        let gpu;
        try {
            gpu = new WebGLRenderer({
                slowToo: insist,
                lost: () => gpu === this.gpu && this.rest(),
                restored: () => gpu === this.gpu && this.work(gpu, ""),
            });
        } catch (error) {
            if (!(error instanceof NoWebGL)) throw error;
            this.raster(insist ? "This browser has no WebGL2: the processor draws." : "There is no GPU: the processor draws.");
            return;
        }
        if (!insist) {
            const [before, after] = [this.measured(this.view.renderer), this.measured(gpu)];
            const text = `Measured: ${before.toFixed(1)} ms a frame with the processor, ${after.toFixed(1)} ms with WebGL.`;
            if (after > before) {
                gpu.release();
                this.raster(text);
                return;
            }
            this.work(gpu, text);
        } else {
            this.work(gpu, "");
        }
    }

    work(gpu, text) {
        this.gpu = gpu;
        this.view.use(gpu);
        this.tell(text);
    }

    /** The context is lost: something else draws until it returns. */
    rest() {
        this.view.use(new Rasteriser());
        this.tell("The GPU is lost: the processor draws until it is back.");
    }

    /** The best of three frames, in milliseconds, waiting for the pixels. */
    measured(renderer) {
        const { viewport, ratio } = this.view;
        renderer.resize(viewport.width, viewport.height, ratio);
        const times = Array.from({ length: 3 }, () => {
            const started = performance.now();
            renderer.draw(this.view.scene());
            renderer.gl?.readPixels(0, 0, 1, 1, renderer.gl.RGBA, renderer.gl.UNSIGNED_BYTE, new Uint8Array(4));
            return performance.now() - started;
        });
        return Math.min(...times);
    }

    tell(text) {
        this.changed({ wanted: this.wanted, drawing: this.view.renderer.name, text });
    }
}
