// The two modes that select: a rectangle, and a lasso drawn by hand. Shift adds to what is selected, Alt removes from it.
// On the keyboard: Enter sets a corner in the middle of the map, the arrows move the map under it.

import { token } from "../dom.js";
import { countWithin } from "./region.js";
import { simplified } from "./simplify.js";

const reach = 8; // pixels around a click

/** `operation()` is what holds without Shift and Alt; `selected()` is called after a region was applied. */
export function selectionModes(view, selection, operation, selected) {
    let corners = []; // [x, y, x, y, ...]
    let loose = null; // the corner that follows the pointer or the middle
    let dragging = false;
    view.layers.push((context, viewport) => draw(context, viewport));

    const start = ({ x, y }) => ([corners, loose] = [[x, y], null]);
    const drop = () => {
        [corners, loose, dragging] = [[], null, false];
        view.requestOverlay();
    };
    const finish = (polygon, spot) => {
        drop();
        if (polygon.length < 6 || !selection.cloud) return;
        selection.apply(spot.shift ? "add" : spot.alt ? "remove" : operation(), simplified(polygon, 0.7 / view.viewport.scale));
        selected();
    };
    const outline = () => (isRectangle() ? rectangle(corners, loose ?? corners.slice(-2)) : [...corners, ...(loose ?? [])]);
    const isRectangle = () => view.frame.dataset.mode === "rectangle";

    function draw(context, viewport) {
        if (corners.length === 0) return;
        if (!dragging) loose = [viewport.x, viewport.y];
        const polygon = outline();
        context.beginPath();
        for (let i = 0; i < polygon.length; i += 2) context.lineTo(...viewport.toScreen(polygon[i], polygon[i + 1]));
        context.closePath();
        Object.assign(context, { fillStyle: token("--accent"), globalAlpha: 0.12 });
        context.fill("evenodd");
        context.globalAlpha = 1;
        for (const [colour, dash] of [[token("--paper"), []], [token("--accent"), [5, 4]]]) {
            Object.assign(context, { strokeStyle: colour, lineWidth: dash.length ? 1.8 : 3.5, lineJoin: "round" });
            context.setLineDash(dash);
            context.stroke();
        }
        context.setLineDash([]);
        drawCount(context, viewport.toScreen(...(loose ?? corners.slice(-2))), countWithin(polygon, view.cloud.grid));
    }

    const click = (spot) => {
        const [x, y, away] = [spot.x, spot.y, reach / view.viewport.scale];
        finish(rectangle([x - away, y - away], [x + away, y + away]), spot);
    };
    const shared = {
        cursor: "crosshair", click, cancel: drop, left: drop,
        begin(spot) {
            start(spot);
            dragging = true;
        },
        move({ x, y }) {
            if (!isRectangle() && loose) corners.push(...loose);
            loose = [x, y];
            view.requestOverlay();
        },
        end: (spot) => finish(outline(), spot),
        press(key, spot) {
            if (key === "Escape") corners.length ? drop() : selection.clear();
            else if (key === "Enter") enter(spot);
            else if (key === " " && corners.length >= 6) finish(corners.slice(), spot);
            else if (key === "Backspace" && corners.length) corners.length > 2 ? corners.splice(-2) : drop();
            else return false;
            view.requestOverlay();
            return true;
        },
    };
    function enter(spot) {
        if (corners.length === 0) start(spot);
        else if (isRectangle()) finish(rectangle(corners, [spot.x, spot.y]), spot);
        else corners.push(spot.x, spot.y);
    }
    const keys = "Shift adds, Alt removes, a click takes those under it.";
    return [{
        ...shared, name: "rectangle", label: "Select a rectangle", key: "r", icon: "M2.5 3.5h11v9h-11z",
        hint: `Drag a rectangle around points. ${keys} On the keyboard: Enter begins, arrows move, Enter selects.`,
    }, {
        ...shared, name: "lasso", label: "Select with a lasso", key: "l",
        icon: "M4.2 10.2C2.7 9.4 1.8 8.2 1.8 6.9c0-2.6 2.8-4.4 6.2-4.4s6.2 1.8 6.2 4.4-2.8 4.3-6.2 4.3c-.9 0-1.7-.1-2.4-.3M5.6 10.9a1.3 1.3 0 1 1-2.5-.6 1.3 1.3 0 0 1 2.5.6c.2 1.2-.4 2.3-1.6 2.9",
        hint: `Draw around points. ${keys} On the keyboard: Enter sets a corner, Space closes, Backspace goes back.`,
    }];
}

const rectangle = ([x0, y0], [x1, y1]) => [x0, y0, x1, y0, x1, y1, x0, y1];

function drawCount(context, [left, top], count) {
    const text = count.toLocaleString("en");
    context.font = token("--canvas-label");
    const width = context.measureText(text).width + 14;
    context.beginPath();
    context.roundRect(left + 12, top - 26, width, 20, 6);
    context.fillStyle = token("--accent");
    context.fill();
    Object.assign(context, { fillStyle: token("--on-accent"), textAlign: "center", textBaseline: "middle" });
    context.fillText(text, left + 12 + width / 2, top - 15.5);
}
