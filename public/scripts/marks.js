// What the person has put on the map: the cursor, an encoded image.

import { haloed } from "./axes.js";

export function drawMarks(context, viewport, { cursor, encoded }, token) {
    if (cursor) drawCross(context, ...viewport.toScreen(...cursor), token("--ink"), token("--paper-halo"));
    if (encoded) drawDiamond(context, ...viewport.toScreen(...encoded), token);
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
