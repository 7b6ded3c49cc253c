// All points small, with the frame of what the map shows: drag the frame, click a place, or use the arrows. It is there while the map
// does not show everything.

import { byId } from "./dom.js";
import { Rasteriser } from "./points/rasteriser.js";
import { Viewport } from "./viewport.js";

const step = 0.25; // of the view, by an arrow key
const pause = 100; // milliseconds

export class Minimap {
    constructor(view) {
        this.view = view;
        this.box = byId("minimap");
        this.frame = this.box.querySelector(".minimap-frame");
        this.visible = true;
        this.viewport = new Viewport();
        this.renderer = new Rasteriser();
        this.renderer.canvas.className = "minimap-points";
        this.box.prepend(this.renderer.canvas);
        this.drawn = {};
        for (const type of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
            this.box.addEventListener(type, (event) => this.drag(event));
        }
        this.box.addEventListener("keydown", (event) => this.press(event));
        view.addEventListener("drawn", () => this.follow());
    }

    toggle(visible) {
        this.visible = visible;
        this.follow();
    }

    /** Shows the frame where the map looks; the points are drawn again only when they or their colours have changed. */
    follow() {
        const { view, box } = this;
        const bounds = view.cloud ? view.bounds : null;
        const { x0, x1, y0, y1 } = view.viewport.window;
        const isWhole = !bounds || (x0 <= bounds.x0 && x1 >= bounds.x1 && y0 <= bounds.y0 && y1 >= bounds.y1);
        box.hidden = !this.visible || isWhole;
        if (box.hidden) return;
        const { clientWidth, clientHeight } = box;
        Object.assign(this.viewport, { width: clientWidth, height: clientHeight });
        this.viewport.fit(bounds, 6);
        this.drawLater();
        const [left, top] = this.viewport.toScreen(x0, y1);
        const [right, bottom] = this.viewport.toScreen(x1, y0);
        const { width, height } = this.viewport;
        const within = (value, most) => Math.min(most, Math.max(0, value));
        // A view far away or very small is still to be seen: at the edge, or as a frame of eight pixels.
        const place = (from, to, most) => {
            const length = Math.max(8, within(to, most) - within(from, most));
            return [Math.min(most - length, within(Math.max(0, (from + to) / 2 < length / 2 ? 0 : from), most)), length];
        };
        const [x, wide] = place(left, right, width);
        const [y, high] = place(top, bottom, height);
        Object.assign(this.frame.style, { left: `${x}px`, top: `${y}px`, width: `${wide}px`, height: `${high}px` });
    }

    /** After the frame that changed them on the map, which need not wait for it, and not with every frame. */
    drawLater() {
        if (!this.isDrawn(this.view.scene())) this.waiting ??= setTimeout(() => this.drawPoints(), pause);
    }

    isDrawn({ grid, shades, inks }) {
        const { drawn, viewport } = this;
        return drawn.grid === grid && drawn.shades === shades && drawn.inks === inks && drawn.width === viewport.width;
    }

    drawPoints() {
        this.waiting = null;
        const { view, viewport } = this;
        if (!view.cloud || this.box.hidden) return;
        const scene = view.scene();
        this.renderer.resize(viewport.width, viewport.height, 1);
        const { opacity } = view.pointStyle(viewport.scale);
        const [, ofMap] = scene.passes.at(-1);
        const passes = scene.passes.map(([pass, each, inks]) => [pass, (each / ofMap) * opacity, inks]);
        this.renderer.draw({ ...scene, passes, x: viewport.x, y: viewport.y, scale: viewport.scale, radius: 1 });
        this.drawn = { grid: scene.grid, shades: scene.shades, inks: scene.inks, width: viewport.width };
    }

    drag(event) {
        event.stopPropagation();
        if (event.type === "pointerup" || event.type === "pointercancel") {
            this.grabbed = null;
            return;
        }
        const box = this.box.getBoundingClientRect();
        const place = this.viewport.toLatent(event.clientX - box.left, event.clientY - box.top);
        const { view } = this;
        if (event.type === "pointerdown") {
            if (event.button !== 0) return;
            this.box.setPointerCapture(event.pointerId);
            // Taken by its frame the view keeps its distance from the pointer; elsewhere it comes there.
            const onFrame = event.target === this.frame;
            this.grabbed = onFrame ? [view.viewport.x - place[0], view.viewport.y - place[1]] : [0, 0];
        }
        if (this.grabbed) this.moveTo(place[0] + this.grabbed[0], place[1] + this.grabbed[1]);
    }

    press(event) {
        const direction = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
        if (!direction) return;
        event.stopPropagation();
        event.preventDefault();
        const { x, y, width, height, scale } = this.view.viewport;
        this.moveTo(x + (direction[0] * step * width) / scale, y + (direction[1] * step * height) / scale);
    }

    moveTo(x, y) {
        this.view.move((viewport) => Object.assign(viewport, { x, y }));
    }
}
