// The map: three canvases on top of each other (paper and manifold, points, marks), one viewport, one frame at a time.

import { drawClassNames, drawGrid, drawPrior, drawTickNumbers } from "./axes.js";
import { token } from "./dom.js";
import { drawMarks } from "./marks.js";
import { inkTable, onSchemeChange } from "./palette.js";
import { Rasteriser } from "./points/rasteriser.js";
import { Shades } from "./points/shades.js";
import { passesOf, styleOf } from "./points/style.js";
import { Viewport } from "./viewport.js";

export class MapView extends EventTarget {
    /** frame: the element that holds `canvas.paper`, `canvas.points` and `canvas.marks`. */
    constructor(frame) {
        super();
        this.frame = frame;
        [this.paper, this.overlay] = ["paper", "marks"].map((c) => frame.querySelector(`.${c}`));
        this.use(new Rasteriser());
        /** Settled when the first points have been drawn. */
        this.firstDrawn = new Promise((drawn) => (this.hasDrawn = drawn));
        this.viewport = new Viewport();
        this.visible = new Uint8Array(256).fill(1);
        Object.assign(this, {
            layers: [], behind: [], cloud: null, bounds: null, centres: [], names: [], showNames: true, showPrior: true, fitted: true,
            marks: { cursor: null },
        });
        Object.assign(this, { inks: inkTable(), shades: new Shades(), colouring: null, selected: null, showsOthers: true, scheduled: 0 });
        new ResizeObserver(() => this.resize()).observe(frame);
        onSchemeChange(() => {
            this.inks = inkTable();
            this.requestFrame();
        });
    }

    /** Draws the points with another renderer; the interface stands in points/rasteriser.js. */
    use(renderer) {
        (this.renderer?.canvas ?? this.frame.querySelector(".points")).replaceWith(renderer.canvas);
        this.renderer = renderer;
        if (!this.ratio) return;
        renderer.resize(this.viewport.width, this.viewport.height, this.ratio);
        this.requestFrame();
    }

    get points() {
        return this.renderer.canvas;
    }

    /** Shows a cloud; `names` are the labels' names, `bounds` what `fit` shows, if not this cloud's own. */
    show(cloud, names = [], bounds = cloud?.bounds) {
        Object.assign(this, { cloud, names, bounds, centres: cloud ? cloud.centres() : [] });
        this.requestFrame();
    }

    /** Moves the viewport by `change(viewport)`, tells the listeners, and draws. */
    move(change, fitted = false) {
        this.fitted = fitted;
        change(this.viewport);
        this.dispatchEvent(new Event("viewchange"));
        this.requestFrame();
    }

    /** Shows all points, and goes on doing so when the frame changes its size, until the view is moved. */
    fit() {
        const bounds = this.bounds ?? { x0: -3, x1: 3, y0: -3, y1: 3 };
        this.move((viewport) => viewport.fit(bounds), true);
    }

    /** Shows what `[x, y, scale]` says, or all points. */
    look(saved) {
        if (!(saved?.[2] > 0)) return this.fit();
        return this.move((viewport) => viewport.look(...saved));
    }

    resize() {
        const { clientWidth: width, clientHeight: height } = this.frame;
        if (width === 0 || height === 0) return;
        this.ratio = Math.min(devicePixelRatio || 1, 2);
        Object.assign(this.viewport, { width, height });
        for (const canvas of [this.paper, this.overlay]) {
            canvas.width = Math.round(width * this.ratio);
            canvas.height = Math.round(height * this.ratio);
        }
        this.renderer.resize(width, height, this.ratio);
        this.dispatchEvent(new Event("resized"));
        if (this.fitted) this.fit();
        this.dispatchEvent(new Event("viewchange"));
        this.draw();
    }

    requestFrame() {
        this.scheduled ||= requestAnimationFrame(() => this.draw());
    }

    /** For what lies on top alone: the points are not drawn again. */
    requestOverlay() {
        this.scheduledOverlay ||= requestAnimationFrame(() => {
            this.scheduledOverlay = 0;
            if (!this.scheduled && this.ratio) this.drawOverlay();
        });
    }

    draw() {
        cancelAnimationFrame(this.scheduled);
        cancelAnimationFrame(this.scheduledOverlay);
        this.scheduled = this.scheduledOverlay = 0;
        if (!this.ratio) return;
        this.drawPaper();
        this.drawPoints();
        this.drawOverlay();
        this.dispatchEvent(new Event("drawn"));
    }

    drawPaper() {
        const context = this.cleared(this.paper);
        for (const layer of this.behind) layer.draw(context, this.viewport);
        drawGrid(context, this.viewport);
        if (this.showPrior) drawPrior(context, this.viewport);
    }

    drawPoints() {
        const started = performance.now();
        const drawn = this.cloud ? this.renderer.draw(this.scene()) : this.renderer.clear() ?? 0;
        Object.assign(this.points.dataset, { drawn, frame: (performance.now() - started).toFixed(1), renderer: this.renderer.name });
        if (drawn > 0) this.hasDrawn();
    }

    /** What the renderers draw; see points/rasteriser.js. */
    scene() {
        const { viewport, cloud, visible } = this;
        const selected = this.selected?.length === cloud.count ? this.selected : null;
        const inks = this.colouring?.inks.length === cloud.count ? this.colouring.inks : null;
        const { radius, opacity } = this.pointStyle();
        return {
            grid: cloud.grid, shades: this.shades.of({ cloud, visible, inks, selected }),
            inks: inks ? this.colouring.table : this.inks,
            passes: passesOf(opacity, selected !== null, this.showsOthers),
            x: viewport.x, y: viewport.y, scale: viewport.scale, radius,
        };
    }

    pointStyle(scale = this.viewport.scale) {
        return styleOf(this.cloud, scale, this.behind.filter(({ visible }) => visible));
    }

    drawOverlay() {
        const context = this.cleared(this.overlay);
        if (this.showNames) {
            drawClassNames(context, this.viewport, this.centres, this.names, this.visible);
        }
        drawTickNumbers(context, this.viewport);
        for (const layer of this.layers) layer(context, this.viewport);
        drawMarks(context, this.viewport, this.marks, token);
    }

    cleared(canvas) {
        const context = canvas.getContext("2d");
        context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
        context.clearRect(0, 0, this.viewport.width, this.viewport.height);
        return context;
    }
}
