// The decoded plane behind the points: one grid of images for the visible window, fetched anew when the view settles.

import { manifold } from "./api.js";
import { token } from "./dom.js";
import { latest, settled } from "./latest.js";
import { isDark } from "./palette.js";

const tilePixels = 34;
const mostTiles = 40;
const faintness = 0.62;

export class ManifoldLayer {
    constructor(view, failed) {
        this.view = view;
        this.visible = false;
        this.picture = null;
        this.model = null;
        this.ask = latest(
            async (request) => ({ ...request, bitmap: await createImageBitmap(await manifold(request.model, request)) }),
            (picture) => {
                this.picture?.bitmap.close();
                this.picture = picture;
                view.frame.dataset.manifold = "shown";
                view.requestFrame();
            },
            (error) => {
                view.frame.dataset.manifold = "failed";
                failed(error);
            },
        );
        const refreshLater = settled(180, () => this.refresh());
        view.addEventListener("viewchange", refreshLater);
    }

    /** The model to decode with, or null. */
    use(model) {
        this.model = model?.name ?? null;
        this.grey = model?.input?.channels === 1;
        this.picture = null;
        this.ask.forget();
        this.refresh();
    }

    toggle(visible) {
        this.visible = visible;
        this.view.frame.dataset.manifold = visible ? "loading" : "hidden";
        this.refresh();
        this.view.requestFrame();
    }

    refresh() {
        if (!this.visible || !this.model) return;
        const { width, height, window: { x0, x1, y0, y1 } } = this.view.viewport;
        const columns = Math.min(mostTiles, Math.max(2, Math.round(width / tilePixels)));
        const rows = Math.min(mostTiles, Math.max(2, Math.round(height / tilePixels)));
        // The window's edges are the tiles' edges; what the daemon is asked for are the tiles' middles.
        const [halfX, halfY] = [(x1 - x0) / columns / 2, (y1 - y0) / rows / 2];
        this.ask({
            model: this.model, columns, rows, edges: { x0, x1, y0, y1 },
            x0: x0 + halfX, x1: x1 - halfX, y0: y0 + halfY, y1: y1 - halfY,
        });
    }

    draw(context, viewport) {
        if (!this.visible || !this.picture) return;
        const { bitmap, edges } = this.picture;
        context.fillStyle = token("--paper");
        context.fillRect(0, 0, viewport.width, viewport.height);
        const [left, top] = viewport.toScreen(edges.x0, edges.y1);
        const [right, bottom] = viewport.toScreen(edges.x1, edges.y0);
        context.imageSmoothingEnabled = true;
        context.imageSmoothingQuality = "high";
        context.globalAlpha = faintness;
        // On light ground grey images are drawn as ink on paper; colours stay what they are.
        context.globalCompositeOperation = this.grey && !isDark() ? "difference" : "source-over";
        context.drawImage(bitmap, left, top, right - left, bottom - top);
        context.globalAlpha = 1;
        context.globalCompositeOperation = "source-over";
    }
}
