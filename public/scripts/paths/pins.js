// The path's points as buttons on the map: dragged, moved with the arrow keys, removed with Delete or a double click.

import { element, figure } from "../dom.js";

const step = 8; // CSS pixels a key
const faster = 4;

export class Pins {
    /** path: a PathTool. */
    constructor(path) {
        Object.assign(this, { path, view: path.view, buttons: [] });
        this.box = element("div", { class: "pins", role: "group", "aria-label": "Points of the path" });
        this.view.frame.append(this.box);
        this.view.addEventListener("viewchange", () => this.place());
    }

    show() {
        const { path, path: { points } } = this;
        while (this.buttons.length > points.length) this.buttons.pop().remove();
        while (this.buttons.length < points.length) this.buttons.push(this.button(this.buttons.length));
        this.box.append(...this.buttons.filter((button) => !button.isConnected));
        this.buttons.forEach((button, i) => {
            const place = path.page.placeOf(points[i]).map((value) => figure(value)).join(", ");
            button.setAttribute("aria-label", `Point ${nameOf(i)} of the path, at ${place}. Arrow keys move it, Delete removes it.`);
        });
        this.place();
    }

    place() {
        const { width, height } = this.view.viewport;
        this.path.points.forEach((latent, i) => {
            const place = this.path.page.placeOf(latent);
            if (!place) return;
            const [left, top] = this.view.viewport.toScreen(...place);
            const isInside = left > -20 && top > -20 && left < width + 20 && top < height + 20;
            if (this.buttons[i]) Object.assign(this.buttons[i].style, { translate: `${left}px ${top}px`, visibility: isInside ? "" : "hidden" });
        });
    }

    button(index) {
        const { path, view } = this;
        let grip = null;
        const at = (event) => {
            const box = view.frame.getBoundingClientRect();
            return view.viewport.toLatent(event.clientX - box.left - grip[0], event.clientY - box.top - grip[1]);
        };
        const drag = (isDragging) => (event) => {
            if (!grip) return;
            const place = at(event);
            if (!isDragging) grip = null;
            const before = path.page.placeOf(path.points[index]);
            if (isDragging && Math.hypot(place[0] - before[0], place[1] - before[1]) * view.viewport.scale < 0.5) return;
            path.point(...place);
            path.move(index, place, isDragging);
        };
        return element("button", { type: "button", class: "pin", text: nameOf(index), on: {
            pointerdown: (event) => {
                if (event.button !== 0) return;
                event.target.setPointerCapture(event.pointerId);
                const box = event.target.getBoundingClientRect();
                grip = [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
            },
            pointermove: drag(true), pointerup: drag(false), pointercancel: () => (grip = null),
            dblclick: () => path.remove(index),
            keydown: (event) => this.press(event, index),
        } });
    }

    press(event, index) {
        const { path, view } = this;
        const pixels = step * (event.shiftKey ? faster : 1) / view.viewport.scale;
        const [right, up] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
        if (right || up) {
            const [x, y] = path.page.placeOf(path.points[index]);
            path.point(x + right * pixels, y + up * pixels);
            path.move(index, [x + right * pixels, y + up * pixels]);
        } else if (event.key === "Delete" || event.key === "Backspace") {
            path.remove(index);
            (this.buttons[Math.min(index, path.points.length - 1)] ?? view.frame).focus();
        } else {
            return;
        }
        event.preventDefault();
        event.stopPropagation();
    }
}

export const nameOf = (index) => String.fromCharCode(65 + index);
