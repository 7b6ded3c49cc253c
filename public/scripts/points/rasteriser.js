// Draws points into an ImageData by hand: discs over each other, or, where they are many and small, counts. Without a GPU this
// beats WebGL by an order of magnitude, and it needs nothing.
//
// The renderer interface, which webgl.js keeps too:
//   canvas                          its own; the map puts it into the frame
//   resize(width, height, ratio)    CSS pixels, and device pixels in one of them
//   draw(scene) -> number of points drawn, where scene is
//     { grid (grid.js), shades: Uint16Array [n] in the grid's order (shades.js), inks: Uint32Array [256] 0xBBGGRR,
//       passes: [[pass, opacity 0...1, its own inks or undefined], ...], x, y (latent at the canvas' middle), scale (CSS pixels a unit), radius (CSS pixels) }
//   clear()

import { element } from "../dom.js";
import { Splats } from "./splats.js";
import { Stamps } from "./stamps.js";
import { snap, stepOf, stripsOf } from "./strips.js";

export const smallestRadius = 1;

export class Rasteriser {
    constructor() {
        this.name = "raster";
        this.canvas = element("canvas", { class: "points", "aria-hidden": "true" });
        this.context = this.canvas.getContext("2d");
        this.ways = { stamps: new Stamps(), splats: new Splats() };
        this.resize(1, 1, 1);
    }

    resize(width, height, ratio) {
        Object.assign(this, { width, height, ratio, drawnAs: null, before: null });
    }

    clear() {
        this.before = null;
        this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    }

    /** Of a picture that has but moved since the one before only what came into view is drawn. */
    draw(scene) {
        const counted = scene.radius <= smallestRadius;
        const ratio = counted ? 1 : this.ratio;
        this.use(counted ? "splats" : "stamps", ratio);
        const { width, height } = this.canvas;
        const scale = scene.scale * ratio;
        const [x, y] = [width / 2 - scene.x * scale, height / 2 + scene.y * scale].map((place) => (place + snap) - snap);
        const sight = { scene, scale, radius: scene.radius * ratio, origin: [x, y] };
        const step = stepOf(this.before, sight);
        const { stays, came, went } = stripsOf(step, width, height);
        let drawn = 0;
        if (stays) {
            this.pixels.copyWithin(Math.max(0, step[0] + step[1] * width), Math.max(0, -step[0] - step[1] * width));
            drawn = went.reduce((count, strip) => count - this.countIn(this.before, strip), this.before.drawn);
        }
        for (const strip of came) drawn += this.drawPart(sight, strip);
        this.before = { ...sight, drawn };
        this.context.putImageData(this.image, 0, 0);
        return drawn;
    }

    /** Gives how many points have their middle in the part. */
    drawPart(sight, part) {
        const { scene, radius } = sight;
        const way = this.ways[this.drawnAs];
        const { width } = this.canvas;
        for (let row = part.top; row < part.bottom; row += 1) this.pixels.fill(0, row * width + part.left, row * width + part.right);
        let drawn = 0;
        for (const [pass, opacity, inks = scene.inks] of scene.passes) {
            way.prepare(radius, opacity, part);
            this.within(sight, part, (from, to, x, y, scale) => {
                drawn += way.draw({ positions: scene.grid.positions, shades: scene.shades, inks }, from, to, pass, x, y, scale);
            });
            way.finishPass();
        }
        way.finish();
        return drawn;
    }

    countIn(sight, part) {
        const { grid: { positions }, shades, passes } = sight.scene;
        const shown = new Uint8Array(256);
        for (const [pass] of passes) shown[pass] = 1;
        let count = 0;
        this.within(sight, part, (from, to, originX, originY, scale) => {
            for (let point = from; point < to; point += 1) {
                const x = originX + ((positions[2 * point] * scale + snap) - snap);
                const y = originY - ((positions[2 * point + 1] * scale + snap) - snap);
                if (x >= part.left && x < part.right && y >= part.top && y < part.bottom) count += shown[shades[point] >> 8];
            }
        });
        return count;
    }

    /** Calls `visit(from, to, originX, originY, scale)` for the points about a part. */
    within({ scene, scale, radius, origin: [originX, originY] }, part, visit) {
        const window = visibleWindow({ x: scene.x, y: scene.y, scale, radius }, this.canvas, part);
        scene.grid.within(window, (from, to) => visit(from, to, originX, originY, scale));
    }

    /** Sets up the pixels for a way of drawing, where it is not the one of the frame before. */
    use(way, ratio) {
        if (this.drawnAs === way) return;
        Object.assign(this, { drawnAs: way, before: null });
        const [width, height] = [Math.max(1, Math.round(this.width * ratio)), Math.max(1, Math.round(this.height * ratio))];
        if (this.canvas.width !== width || this.canvas.height !== height || !this.image) {
            Object.assign(this.canvas, { width, height });
            this.image = this.context.createImageData(width, height);
            this.pixels = new Uint32Array(this.image.data.buffer);
        }
        this.ways[way].resize(width, height, this.pixels);
    }
}

/** What a part of the canvas shows in latent units, all of it unless told, and the radius of a point more. */
export function visibleWindow({ x, y, scale, radius }, { width, height }, { left, top, right, bottom } = { left: 0, top: 0, right: width, bottom: height }) {
    const [reach, middle, centre] = [radius + 2, width / 2, height / 2];
    return {
        x0: x + (left - reach - middle) / scale, x1: x + (right + reach - middle) / scale,
        y0: y + (centre - bottom - reach) / scale, y1: y + (centre - top + reach) / scale,
    };
}
