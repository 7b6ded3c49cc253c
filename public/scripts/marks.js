// The cursor on the map; what tools put there is theirs to draw (`view.layers`).

export function drawMarks(context, viewport, { cursor }, token) {
    if (cursor) drawCross(context, ...viewport.toScreen(...cursor), token("--ink"), token("--paper-halo"));
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
