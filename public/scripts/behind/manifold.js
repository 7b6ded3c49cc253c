// The decoded plane behind the points, in tiles that sharpen as one zooms: a level with twice as many images takes over where the
// images would be wider than 52 pixels; until it has come, what is kept of other levels is shown.

import { manifold } from "../api.js";
import { token } from "../dom.js";
import { settled } from "../latest.js";
import { isDark } from "../palette.js";
import { Tiles, cellsEach } from "./tiles.js";

const leastPixels = 26; // of one image on the map
const finest = 16;
const faintness = 0.62;

export class ManifoldLayer {
    constructor(view, failed) {
        Object.assign(this, { view, visible: false, model: null });
        this.tiles = new Tiles((tile) => this.fetch(tile), () => this.tell(), (error) => {
            view.frame.dataset.manifold = "failed";
            failed(error);
        });
        const refreshLater = settled(120, () => this.refresh());
        view.addEventListener("viewchange", refreshLater);
    }

    /** The model to decode with, or null. */
    use(model) {
        this.model = model?.name ?? null;
        this.grey = model?.input?.channels === 1;
        this.tiles.forget();
        this.refresh();
    }

    toggle(visible) {
        this.visible = visible;
        this.view.frame.dataset.manifold = visible ? "loading" : "hidden";
        this.refresh();
        this.view.requestFrame();
    }

    get level() {
        return Math.min(finest, Math.floor(Math.log2(this.view.viewport.scale / leastPixels)));
    }

    refresh() {
        if (!this.visible || !this.model || !this.view.ratio) return;
        this.view.frame.dataset.manifold = "loading";
        this.tiles.want(this.view.viewport.window, this.level);
        this.tell();
    }

    tell() {
        if (this.visible && this.view.frame.dataset.manifold !== "failed") {
            this.view.frame.dataset.manifold = this.tiles.isWaiting ? "loading" : "shown";
        }
        this.view.requestFrame();
    }

    /** The tile's edges are those of its outer images; what the daemon is asked for are the images' middles. */
    async fetch({ level, x0, x1, y0, y1 }) {
        const half = 2 ** -level / 2;
        return createImageBitmap(await manifold(this.model, {
            columns: cellsEach, rows: cellsEach, x0: x0 + half, x1: x1 - half, y0: y0 + half, y1: y1 - half,
        }));
    }

    draw(context, viewport) {
        const tiles = this.visible && this.model ? this.tiles.of(viewport.window, this.level) : [];
        if (tiles.length === 0) return;
        // On light ground grey images are drawn as ink on paper; colours stay what they are.
        const asInk = this.grey && !isDark();
        const fill = (colour) => Object.assign(context, { fillStyle: colour }).fillRect(0, 0, viewport.width, viewport.height);
        fill(asInk ? "black" : token("--paper"));
        context.imageSmoothingEnabled = true;
        context.imageSmoothingQuality = "medium";
        // Whole pixels, so that no seam is seen between tiles.
        const ratio = this.view.ratio;
        const whole = (value) => Math.round(value * ratio) / ratio;
        for (const { bitmap, x0, x1, y0, y1 } of tiles) {
            const [left, top, right, bottom] = [...viewport.toScreen(x0, y1), ...viewport.toScreen(x1, y0)].map(whole);
            context.drawImage(bitmap, left, top, right - left, bottom - top);
        }
        if (asInk) {
            context.globalCompositeOperation = "difference";
            fill("white");
            context.globalCompositeOperation = "source-over";
        }
        context.globalAlpha = 1 - faintness;
        fill(token("--paper"));
        context.globalAlpha = 1;
    }
}
