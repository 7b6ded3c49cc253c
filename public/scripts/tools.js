// The modes of the map: what a drag, a click and a key on it mean. One toolbar of radio-like buttons; parts add their modes.
//
// A mode is { name, label, hint, key (a letter), icon (an SVG path, 16 x 16), cursor (CSS) } and what it takes of these:
//   begin(spot), move(spot), end(spot), cancel()   one drag; without `begin` a drag moves the map
//   click(spot)                                    a press that did not travel; without it the place is picked as A or B
//   press(key, spot) -> true where it took the key; spot is the map's middle
//   chosen(), left()                               it became the mode, or is no longer
// A spot is { x, y (latent), left, top (CSS pixels), shift, alt }. Two fingers, the middle button and the wheel always move
// the map. What a mode draws goes to `view.layers`: functions of (context, viewport).

import { byId, element, svg } from "./dom.js";

const order = ["move", "path", "rectangle", "lasso", "take", "draw"];
const move = {
    name: "move", label: "Move", key: "m", cursor: "crosshair",
    hint: byId("map-keys").textContent, // in the page itself, so that the map has its size from the first on
    icon: "M8 1.5v13M1.5 8h13M6 3.5l2-2 2 2M6 12.5l2 2 2-2M3.5 6l-2 2 2 2M12.5 6l2 2-2 2",
};

export class Tools {
    constructor(view, address) {
        Object.assign(this, { view, address, modes: [], active: move, bar: byId("map-tools") });
        this.bar.addEventListener("keydown", (event) => this.walk(event));
        this.add(move);
    }

    /** Adds a mode to the toolbar; it is chosen at once where the address says so. */
    add(mode) {
        const place = (one) => (order.includes(one.name) ? order.indexOf(one.name) : order.length);
        this.modes = [...this.modes, mode].sort((a, b) => place(a) - place(b));
        this.bar.replaceChildren(...this.modes.map((one) => this.button(one)));
        if (this.address.get("tool") === mode.name || mode === move) this.choose(mode.name);
        else this.mark();
    }

    button({ name, label, key, icon }) {
        const drawing = svg("svg", { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" }, svg("path", {
            d: icon, fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round", "stroke-linejoin": "round",
        }));
        return element("button", {
            type: "button", id: `mode-${name}`, "aria-label": label, title: `${label} (${key.toUpperCase()})`,
            on: { click: () => this.choose(name) },
        }, drawing);
    }

    /** An unknown name is the mode that moves. */
    choose(name) {
        const next = this.modes.find((mode) => mode.name === name) ?? move;
        if (next !== this.active) {
            this.active.cancel?.();
            this.active.left?.();
            this.active = next;
            next.chosen?.();
            this.address.set("tool", next === move ? null : next.name);
        }
        this.mark();
    }

    /** Another hint for a mode, where a model has its own ways. */
    explain(name, hint) {
        this.modes.find((mode) => mode.name === name).hint = hint;
        this.mark();
    }

    /** The mode that the address names, after someone has edited it. */
    restore() {
        this.choose(this.address.get("tool") ?? "move");
    }

    mark() {
        for (const { name } of this.modes) {
            byId(`mode-${name}`).setAttribute("aria-pressed", String(name === this.active.name));
            byId(`mode-${name}`).tabIndex = name === this.active.name ? 0 : -1;
        }
        this.view.frame.style.cursor = this.active.cursor ?? "crosshair";
        this.view.frame.dataset.mode = this.active.name;
        byId("map-keys").textContent = this.active.hint;
        this.view.requestFrame();
    }

    /** A key pressed on the map: the mode's own, or a letter that chooses a mode. Whether it was taken. */
    press(key, spot) {
        if (this.active.press?.(key, spot)) return true;
        const named = this.modes.find((mode) => mode.key === key.toLowerCase());
        if (named) this.choose(named.name);
        return named !== undefined;
    }

    walk(event) {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (!step) return;
        event.preventDefault();
        const next = (this.modes.indexOf(this.active) + step + this.modes.length) % this.modes.length;
        this.choose(this.modes[next].name);
        byId(`mode-${this.active.name}`).focus();
    }
}
