// What a path looks like: pins and curves on the map, a film strip for each curve, playing and saving.

import { decode } from "../api.js";
import { byId } from "../dom.js";
import { latest } from "../latest.js";
import { drawCurves } from "./curve-layer.js";
import { Curves } from "./curves.js";
import { Films } from "./films.js";
import { Pins } from "./pins.js";
import { Player } from "./player.js";
import { save } from "./save.js";

export class PathView {
    /** path: a PathTool. */
    constructor(path) {
        Object.assign(this, { path, view: path.view, model: null, shown: [], time: null });
        this.pins = new Pins(path);
        this.films = new Films((latent) => (latent ? path.point(...path.page.placeOf(latent)) : this.unpoint()));
        this.player = new Player((time) => this.playAt(time));
        this.view.layers.push((context, viewport) => drawCurves(context, viewport, this.shown, this.time, (latent) => path.page.placeOf(latent)));
        this.curves = new Curves((latents) => path.decoding.decode(latents), (latents, signal) => decode(this.model.name, latents, signal));
        this.follow = latest((wanted) => this.curves.follow(wanted, (curves) => this.draw(curves)), () => {}, (error) => this.failed(error));
        byId("path-save").addEventListener("click", () => save(this.shown, this.model));
    }

    show(isDragging) {
        const { model, points, shown: methods } = this.path;
        this.pins.show();
        this.model = model;
        this.curves.interrupt();
        this.player.stop();
        if (points.length > 1 && methods.length > 0) {
            this.follow({ model, points, methods, isDragging });
        } else {
            this.follow.forget();
            this.draw([]);
        }
    }

    draw(curves) {
        if (this.path.points.length < 2) curves = [];
        this.shown = curves;
        this.films.show(curves, this.model);
        const isPlayable = curves.some(({ values }) => values);
        this.player.enable(isPlayable);
        byId("path-save").disabled = !isPlayable;
        this.playAt(this.player.time);
    }

    /** Shows each curve's image at a time of 0 to 1. */
    playAt(time) {
        this.time = this.player.isUsed ? time : null;
        this.films.playAt(time, this.shown);
        this.view.requestOverlay();
    }

    unpoint() {
        this.view.marks.cursor = null;
        this.view.requestOverlay();
    }

    failed(error) {
        if (error.name !== "AbortError") this.path.report(error);
    }
}
