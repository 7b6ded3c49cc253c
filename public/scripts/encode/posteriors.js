// The posteriors of the encoded images on the map: each mean with its number, and the ellipses of one and two deviations.

import { token } from "../dom.js";

const smallest = 11; // CSS pixels, of the number's diamond
const small = 17; // CSS pixels: two deviations that would be lost among the points
const lens = 19; // CSS pixels, of the ring around them

/** cards: those with an answer are drawn; `pointed` stands out; `placeOf` tells where on the map a latent lies, or null. */
export function drawPosteriors(context, viewport, cards, pointed, placeOf) {
    const [ink, halo] = [token("--ink"), token("--paper-halo")];
    for (const card of cards) {
        const mean = card.answer && placeOf(card.answer.mean);
        if (!mean) continue;
        const [left, top] = viewport.toScreen(...mean);
        const { radii, angle } = ellipseOf(card.answer, mean, placeOf);
        const isSmall = 2 * radii[0] * viewport.scale < small;
        const width = card === pointed ? 3 : 1.75;
        const stroke = (line, lineWidth, dash = []) => {
            for (const [colour, extra, pattern] of [[halo, 2.5, []], [ink, 0, dash]]) {
                context.setLineDash(pattern);
                Object.assign(context, { strokeStyle: colour, lineWidth: lineWidth + extra });
                context.stroke(line);
            }
            context.setLineDash([]);
        };
        if (isSmall) {
            const ring = around(left, top, [lens, lens], 0);
            context.fillStyle = halo;
            context.fill(ring);
            stroke(ring, width);
        }
        for (const [deviations, dash] of [[2, [5, 4]], [1, []]]) {
            const ellipse = around(left, top, radii.map((radius) => deviations * radius * viewport.scale), angle);
            if (!isSmall) stroke(ellipse, width, dash);
            else Object.assign(context, { fillStyle: ink, globalAlpha: 0.35 * (3 - deviations) }).fill(ellipse);
            context.globalAlpha = 1;
        }
        drawNumber(context, left, top, card, { isPointed: card === pointed, isSmall, ink, halo });
    }
}

function around(left, top, [long, short], angle) {
    const path = new Path2D();
    path.ellipse(left, top, long, short, -angle, 0, 2 * Math.PI);
    return path;
}

/** The deviations of the posterior as the map shows it: its axes are the latent's only where the map is the plane itself. */
function ellipseOf({ mean, logVariance }, place, placeOf) {
    let [xx, xy, yy] = [0, 0, 0];
    mean.forEach((value, dimension) => {
        const [x, y] = placeOf(mean.with(dimension, value + Math.exp(logVariance[dimension] / 2)));
        const [right, up] = [x - place[0], y - place[1]];
        xx += right * right;
        xy += right * up;
        yy += up * up;
    });
    const [middle, spread] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
    return { radii: [Math.sqrt(middle + spread), Math.sqrt(Math.max(0, middle - spread))], angle: Math.atan2(2 * xy, xx - yy) / 2 };
}

/** Beside the mean, where it would hide the ellipses: a dot stays at the mean itself, or the ring. */
function drawNumber(context, left, top, { number }, { isPointed, isSmall, ink, halo }) {
    context.fillStyle = ink;
    if (!isSmall) context.fill(around(left, top, [2.5, 2.5], 0));
    const away = isSmall ? lens * Math.SQRT1_2 : 2;
    const [x, y] = [left + away + smallest + 4, top - away - smallest - 4];
    context.beginPath();
    context.moveTo(left + away, top - away);
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
