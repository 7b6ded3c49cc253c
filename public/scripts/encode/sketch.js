// An image that is drawn: a board with its brush, and the drawing among the images, encoded while it comes to be.

import { byId, element } from "../dom.js";
import { Board } from "./board.js";
import { Unusable, isBlank, planesOf } from "./fit.js";
import { Strokes } from "./strokes.js";

const keys = "Draw with the mouse, a pen or a finger. On the keyboard: arrows move the brush, space lowers and lifts it, Backspace undoes, Delete clears, Enter keeps.";

export class Sketch {
    constructor(images) {
        Object.assign(this, { images, input: null, card: null, strokes: new Strokes() });
        const button = (id, text, click) => element("button", { type: "button", class: "plain", id, text, on: { click } });
        this.board = new Board(this);
        this.width = element("input", { type: "range", id: "sketch-width", min: 1, max: 8, step: 0.5, value: 2.5 });
        this.colour = element("input", { type: "color", id: "sketch-colour", value: "#ffffff", "aria-label": "Colour of the brush" });
        this.status = element("p", { class: "hint", id: "sketch-keys", role: "status", text: keys });
        this.box = element("div", { class: "sketch", id: "sketch-box", hidden: true }, this.board.canvas,
            element("div", { class: "tool-row" }, element("label", { class: "brush" }, element("span", { text: "Brush" }), this.width), this.colour),
            element("div", { class: "tool-row" }, button("sketch-undo", "Undo", () => this.undo()), button("sketch-clear", "Clear", () => this.clear()),
                button("sketch-keep", "Keep", () => this.keep())), this.status);
        byId("sketch-place").append(this.box);
    }

    /** Another size of images begins another drawing. */
    use(model) {
        const [before, input] = [this.input, model?.input ?? null];
        this.input = input;
        if (!input || JSON.stringify(before) === JSON.stringify(input)) return;
        this.card = null;
        this.strokes.clear();
        this.colour.hidden = input.channels === 1;
        this.width.max = Math.max(4, Math.round(input.width / 5));
        this.width.value = input.width / 11;
        this.board.use(input);
    }

    toggle() {
        this.box.hidden = !this.box.hidden;
        byId("draw-open").setAttribute("aria-expanded", String(!this.box.hidden));
        if (!this.box.hidden) this.board.canvas.focus();
    }

    begin(place) {
        this.status.textContent = keys; // in place of what was said before
        this.strokes.begin(place, Number(this.width.value), this.input.channels === 1 ? "white" : this.colour.value);
        this.changed();
    }

    go(places) {
        for (const place of places) this.strokes.go(place);
        this.changed();
    }

    undo() {
        this.strokes.undo();
        this.changed();
    }

    clear() {
        this.strokes.clear();
        this.changed();
    }

    /** The drawing stays among the images, the board is free. */
    keep() {
        const isEmpty = this.strokes.isEmpty;
        this.status.textContent = isEmpty ? "There is nothing to keep yet: draw something first." : `Kept as image ${this.card?.number}. Draw another.`;
        if (isEmpty) return;
        this.card = null;
        this.strokes.clear();
        this.board.draw();
    }

    changed() {
        this.board.draw();
        const context = new OffscreenCanvas(this.input.width, this.input.height).getContext("2d", { willReadFrequently: true });
        this.strokes.draw(context, 1);
        const bytes = planesOf(context, this.input);
        const { images } = this;
        if (!images.cards.includes(this.card)) this.card = null;
        try {
            if (!isBlank(bytes) && this.card) images.change(this.card, bytes);
            else if (!isBlank(bytes)) this.card = images.add("drawing", bytes);
            else if (this.card) images.drop(this.card);
        } catch (error) {
            if (!(error instanceof Unusable)) throw error;
            this.status.textContent = error.message;
        }
    }
}
