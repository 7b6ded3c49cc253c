// The board that one draws on: mouse, pen, finger and keyboard, turned into strokes.

import { element, token } from "../dom.js";

const size = 260; // pixels of the longer side
const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Board {
    /** sketch: takes begin(place), go(places), undo(), clear() and keep(); places are in the model's pixels. */
    constructor(sketch) {
        Object.assign(this, { sketch, brush: null, isDown: false, pointer: null });
        this.canvas = element("canvas", {
            id: "sketch", tabindex: 0, role: "application", "aria-label": "Drawing board", "aria-describedby": "sketch-keys",
            on: {
                pointerdown: (event) => this.press(event), pointermove: (event) => this.go(event),
                pointerup: () => (this.pointer = null), pointercancel: () => (this.pointer = null),
                keydown: (event) => this.key(event), blur: () => this.leave(),
            },
        });
    }

    use(input) {
        this.input = input;
        this.scale = size / Math.max(input.width, input.height);
        Object.assign(this.canvas, { width: input.width * this.scale, height: input.height * this.scale });
        this.leave();
    }

    placeOf({ clientX, clientY }) {
        const box = this.canvas.getBoundingClientRect();
        return [((clientX - box.left) / box.width) * this.input.width, ((clientY - box.top) / box.height) * this.input.height];
    }

    press(event) {
        if (event.button !== 0 || this.pointer !== null) return;
        Object.assign(this, { pointer: event.pointerId, brush: null, isDown: false });
        this.canvas.setPointerCapture(event.pointerId);
        this.sketch.begin(this.placeOf(event));
    }

    /** Every place between two frames, so that quick strokes stay round. */
    go(event) {
        if (event.pointerId !== this.pointer) return;
        const between = event.getCoalescedEvents?.() ?? [];
        this.sketch.go((between.length ? between : [event]).map((one) => this.placeOf(one)));
    }

    key(event) {
        const isCommand = event.ctrlKey || event.metaKey;
        const action = isCommand ? (event.key === "z" ? () => this.sketch.undo() : null) : {
            " ": () => this.setPen(!this.isDown), Backspace: () => this.sketch.undo(), Delete: () => this.sketch.clear(),
            Enter: () => this.sketch.keep(),
        }[event.key] ?? (arrows[event.key] && (() => this.walk(arrows[event.key], event.shiftKey ? 4 : 1)));
        if (!action || event.altKey) return;
        if (!arrows[event.key] && event.key !== " ") this.isDown = false;
        action();
        event.preventDefault();
    }

    walk([right, down], pixels) {
        const { width, height } = this.input;
        const [x, y] = this.brush ?? [width / 2, height / 2];
        const within = (value, extent) => Math.min(extent, Math.max(0, value));
        this.brush = [within(x + right * pixels, width), within(y + down * pixels, height)];
        if (this.isDown) this.sketch.go([this.brush]);
        else this.draw();
    }

    setPen(isDown) {
        this.isDown = isDown;
        this.brush ??= [this.input.width / 2, this.input.height / 2];
        if (isDown) this.sketch.begin(this.brush);
        else this.draw();
        this.sketch.status.textContent = `The brush is ${isDown ? "down: arrows draw, space lifts it" : "up: arrows move it, space lowers it"}.`;
    }

    leave() {
        Object.assign(this, { brush: null, isDown: false });
        this.draw();
    }

    /** The strokes, and the brush of the keyboard. */
    draw() {
        if (!this.input) return;
        const context = this.canvas.getContext("2d");
        this.sketch.strokes.draw(context, this.scale);
        if (!this.brush) return;
        context.beginPath();
        const radius = (Number(this.sketch.width.value) * this.scale) / 2 + 2;
        context.arc(this.brush[0] * this.scale, this.brush[1] * this.scale, radius, 0, 2 * Math.PI);
        Object.assign(context, { strokeStyle: this.isDown ? token("--accent") : "#9aa3b2", lineWidth: 2 });
        context.stroke();
    }
}
