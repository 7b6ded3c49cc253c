// A ring around one sample's point, on whichever map it is.

import { token } from "../dom.js";

export function drawRing(context, viewport, cloud, sample) {
    if (sample < 0 || !cloud || sample >= cloud.count) return;
    const [left, top] = viewport.toScreen(cloud.positions[2 * sample], cloud.positions[2 * sample + 1]);
    for (const [colour, width] of [[token("--paper-halo"), 6], [token("--ink"), 2.5]]) {
        context.beginPath();
        context.arc(left, top, 10, 0, 2 * Math.PI);
        Object.assign(context, { strokeStyle: colour, lineWidth: width });
        context.stroke();
    }
}
