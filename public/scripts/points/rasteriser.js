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
import { snap, Stamps } from "./stamps.js";

export const smallestRadius = 1;

let moved = null; // the module, once it is there; until then, and without it, all is drawn anew
let asked = null;

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

    draw(scene) {
        const counted = scene.radius <= smallestRadius;
        const ratio = counted ? 1 : this.ratio;
        this.use(counted ? "splats" : "stamps", ratio);
        const { width, height } = this.canvas;
        const scale = scene.scale * ratio;
        const origin = [width / 2 - scene.x * scale, height / 2 + scene.y * scale].map((place) => (place + snap) - snap);
        const sight = { scene, scale, radius: scene.radius * ratio, origin };
        const { before } = this;
        if (before?.scale === scale && before.origin.some((place, i) => place !== origin[i])) {
            asked ??= import("./moved.js").then((module) => (moved = module), () => {});
        }
        const step = moved?.stepOf(before, sight, this.canvas);
        const drawn = step ? moved.move(this, before, sight, step) : this.drawPart(sight, { left: 0, top: 0, right: width, bottom: height });
        this.before = { ...sight, drawn };
        this.context.putImageData(this.image, 0, 0);
        return drawn;
    }

    drawPart(sight, part) {
        const { scene, radius, scale, origin: [originX, originY] } = sight;
        const way = this.ways[this.drawnAs];
        const { width } = this.canvas;
        for (let row = part.top; row < part.bottom; row += 1) this.pixels.fill(0, row * width + part.left, row * width + part.right);
        let drawn = 0;
        scene.passes.forEach(([pass, opacity, inks = scene.inks], place) => {
            const points = { positions: scene.grid.positions, shades: scene.shades, inks };
            way.prepare(radius, opacity, part);
            this.within(sight, part, (from, to) => (drawn += way.draw(points, from, to, pass, originX, originY, scale)));
            if (this.drawnAs === "splats" || place === scene.passes.length - 1) way.finish();
        });
        return drawn;
    }

    /** Calls `visit(from, to)` for the points about a part. */
    within({ scene, scale, radius }, { left, top, right, bottom }, visit) {
        const { width, height } = this.canvas;
        const x = scene.x + (left + right - width) / 2 / scale;
        const y = scene.y - (top + bottom - height) / 2 / scale;
        scene.grid.within(visibleWindow({ x, y, scale, radius: radius + 1 }, { width: right - left, height: bottom - top }), visit);
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

/** What the canvas shows in latent units, and the radius of a point more. */
export function visibleWindow({ x, y, scale, radius }, { width, height }) {
    const [right, up] = [(width / 2 + radius + 1) / scale, (height / 2 + radius + 1) / scale];
    return { x0: x - right, x1: x + right, y0: y - up, y1: y + up };
}
