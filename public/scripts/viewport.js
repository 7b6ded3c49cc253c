// Where the map looks: a centre in latent units and a scale in CSS pixels a unit, the same on both axes, y upwards.

const smallestScale = 0.5;
const largestScale = 200_000;

export class Viewport {
    constructor() {
        Object.assign(this, { width: 1, height: 1, x: 0, y: 0, scale: 60 });
    }

    toScreen(x, y) {
        return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale];
    }

    toLatent(left, top) {
        return [(left - this.width / 2) / this.scale + this.x, (this.height / 2 - top) / this.scale + this.y];
    }

    /** The visible window: `{ x0, x1, y0, y1 }`. */
    get window() {
        const [x0, y1] = this.toLatent(0, 0);
        const [x1, y0] = this.toLatent(this.width, this.height);
        return { x0, x1, y0, y1 };
    }

    pan(right, down) {
        this.x -= right / this.scale;
        this.y += down / this.scale;
    }

    /** Shows x and y in the middle, at a scale within the bounds. */
    look(x, y, scale) {
        Object.assign(this, { x, y, scale: Math.min(largestScale, Math.max(smallestScale, scale)) });
    }

    /** Scales by `factor` so that what is under (left, top) stays under it. */
    zoom(factor, left = this.width / 2, top = this.height / 2) {
        const [x, y] = this.toLatent(left, top);
        this.look(this.x, this.y, this.scale * factor);
        const [movedX, movedY] = this.toLatent(left, top);
        this.x += x - movedX;
        this.y += y - movedY;
    }

    /** Shows the whole of `{ x0, x1, y0, y1 }` with `margin` pixels around it; a single point gets one unit. */
    fit({ x0, x1, y0, y1 }, margin = 28) {
        this.x = (x0 + x1) / 2;
        this.y = (y0 + y1) / 2;
        const wide = (this.width - 2 * margin) / Math.max(x1 - x0, 1e-3);
        const high = (this.height - 2 * margin) / Math.max(y1 - y0, 1e-3);
        const fallback = x1 - x0 < 1e-3 && y1 - y0 < 1e-3;
        this.scale = fallback ? Math.min(this.width, this.height) / 2 : Math.max(smallestScale, Math.min(wide, high));
    }
}
