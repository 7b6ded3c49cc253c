// What the person has put on the map: the cursor, the points A and B with the path between, an encoded image.

import { haloed } from "./axes.js";

export function drawMarks(context, viewport, { cursor, from, to, path, encoded }, token) {
    const accent = token("--accent");
    if (path.length > 1) drawPath(context, viewport, path, accent, token("--paper-halo"));
    if (cursor) drawCross(context, ...viewport.toScreen(...cursor), token("--ink"), token("--paper-halo"));
    if (from) drawPin(context, ...viewport.toScreen(...from), "A", accent, token);
    if (to) drawPin(context, ...viewport.toScreen(...to), "B", accent, token);
    if (encoded) drawDiamond(context, ...viewport.toScreen(...encoded), token);
}

function drawPath(context, viewport, path, accent, halo) {
    const places = path.map(([x, y]) => viewport.toScreen(x, y));
    for (const [colour, width] of [[halo, 5], [accent, 2]]) {
        context.beginPath();
        places.forEach(([left, top], i) => (i ? context.lineTo(left, top) : context.moveTo(left, top)));
        Object.assign(context, { strokeStyle: colour, lineWidth: width, lineJoin: "round" });
        context.stroke();
    }
    for (const [left, top] of places) disc(context, left, top, 3.5, accent, halo);
}

function drawCross(context, left, top, ink, halo) {
    for (const [colour, width] of [[halo, 4], [ink, 1.5]]) {
        Object.assign(context, { strokeStyle: colour, lineWidth: width });
        context.beginPath();
        context.arc(left, top, 7, 0, 2 * Math.PI);
        for (const [right, down] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
            context.moveTo(left + 4 * right, top + 4 * down);
            context.lineTo(left + 12 * right, top + 12 * down);
        }
        context.stroke();
    }
}

function drawPin(context, left, top, name, accent, token) {
    disc(context, left, top, 11, accent, token("--paper-halo"));
    context.font = token("--canvas-pin");
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = token("--on-accent");
    context.fillText(name, left, top + 0.5);
}

function drawDiamond(context, left, top, token) {
    context.beginPath();
    context.moveTo(left, top - 10);
    context.lineTo(left + 10, top);
    context.lineTo(left, top + 10);
    context.lineTo(left - 10, top);
    context.closePath();
    Object.assign(context, { fillStyle: token("--ink"), strokeStyle: token("--paper-halo"), lineWidth: 3 });
    context.stroke();
    context.fill();
    context.font = token("--canvas-label");
    context.textAlign = "left";
    context.textBaseline = "middle";
    haloed(context, "your image", left + 15, top, token("--ink"), 4);
}

function disc(context, left, top, radius, fill, halo) {
    context.beginPath();
    context.arc(left, top, radius, 0, 2 * Math.PI);
    Object.assign(context, { fillStyle: fill, strokeStyle: halo, lineWidth: 3 });
    context.stroke();
    context.fill();
}
