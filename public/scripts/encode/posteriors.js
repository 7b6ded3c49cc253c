// The posteriors of the encoded images on the map: each mean with its number, and the ellipses of one and two deviations.

import { token } from "../dom.js";

const smallest = 11; // CSS pixels, of the number's diamond

/** cards: those with an answer of two dimensions are drawn; `pointed` stands out. */
export function drawPosteriors(context, viewport, cards, pointed) {
    const [ink, halo] = [token("--ink"), token("--paper-halo")];
    for (const card of cards) {
        if (card.answer?.mean.length !== 2) continue;
        const { mean, logVariance } = card.answer;
        const [left, top] = viewport.toScreen(...mean);
        const radii = logVariance.map((value) => Math.exp(value / 2) * viewport.scale);
        const width = card === pointed ? 3 : 1.75;
        for (const [deviations, dash] of [[2, [5, 4]], [1, []]]) {
            context.beginPath();
            context.ellipse(left, top, deviations * radii[0], deviations * radii[1], 0, 0, 2 * Math.PI);
            for (const [colour, extra, line] of [[halo, 2.5, []], [ink, 0, dash]]) {
                context.setLineDash(line);
                Object.assign(context, { strokeStyle: colour, lineWidth: width + extra });
                context.stroke();
            }
        }
        context.setLineDash([]);
        drawNumber(context, left, top, card, card === pointed, ink, halo);
    }
}

/** Beside the mean, where it would hide the ellipses: a dot stays at the mean itself. */
function drawNumber(context, left, top, { number }, isPointed, ink, halo) {
    context.beginPath();
    context.arc(left, top, 2.5, 0, 2 * Math.PI);
    context.fillStyle = ink;
    context.fill();
    const [x, y] = [left + smallest + 6, top - smallest - 6];
    context.beginPath();
    context.moveTo(left + 2, top - 2);
    context.lineTo(x - smallest / 2, y + smallest / 2);
    Object.assign(context, { strokeStyle: ink, lineWidth: 1.5 });
    context.stroke();
    const radius = isPointed ? smallest + 2 : smallest;
    context.beginPath();
    for (const [right, down] of [[0, -radius], [radius, 0], [0, radius], [-radius, 0]]) context.lineTo(x + right, y + down);
    context.closePath();
    Object.assign(context, { fillStyle: ink, strokeStyle: halo, lineWidth: 3 });
    context.stroke();
    context.fill();
    Object.assign(context, { fillStyle: token("--paper"), font: token("--canvas-pin"), textAlign: "center", textBaseline: "middle" });
    context.fillText(String(number), x, y + 0.5);
}
