// The paper under and over the points: grid, circles of the prior, tick numbers in latent units, class names.

import { figure, token } from "./dom.js";

/** Round steps (1, 2 or 5 times a power of ten) at least `pixels` apart. */
export function tickStep(scale, pixels) {
    const wanted = pixels / scale;
    const power = 10 ** Math.floor(Math.log10(wanted));
    return power * [1, 2, 5, 10].find((factor) => power * factor >= wanted);
}

function ticks(from, to, step) {
    const first = Math.ceil(from / step);
    const last = Math.floor(to / step);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

const spacing = (viewport) => (viewport.width < 520 ? 50 : 72);
const decimals = (step) => Math.max(0, -Math.floor(Math.log10(step) + 1e-9));

/** Grid lines and the two axes. */
export function drawGrid(context, viewport) {
    const { x0, x1, y0, y1 } = viewport.window;
    const step = tickStep(viewport.scale, spacing(viewport));
    context.lineWidth = 1;
    context.strokeStyle = token("--grid");
    context.beginPath();
    for (const x of ticks(x0, x1, step)) vertical(context, viewport, x);
    for (const y of ticks(y0, y1, step)) horizontal(context, viewport, y);
    context.stroke();

    context.strokeStyle = token("--grid-strong");
    context.beginPath();
    vertical(context, viewport, 0);
    horizontal(context, viewport, 0);
    context.stroke();
}

/** The circles in which a prior of two dimensions holds 39, 86 and 99 % of its mass. */
export function drawPrior(context, viewport) {
    const [left, top] = viewport.toScreen(0, 0);
    context.font = token("--canvas-small");
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const deviations of [1, 2, 3]) {
        const radius = deviations * viewport.scale;
        context.strokeStyle = token("--prior");
        context.lineWidth = 1.25;
        context.setLineDash([4, 5]);
        context.beginPath();
        context.arc(left, top, radius, 0, 2 * Math.PI);
        context.stroke();
        context.setLineDash([]);
        const aside = radius * Math.SQRT1_2;
        if (viewport.scale > 24) haloed(context, `${deviations} σ`, left + aside, top - aside);
    }
}

function vertical(context, viewport, x) {
    const left = Math.round(viewport.toScreen(x, 0)[0]) + 0.5;
    context.moveTo(left, 0);
    context.lineTo(left, viewport.height);
}

function horizontal(context, viewport, y) {
    const top = Math.round(viewport.toScreen(0, y)[1]) + 0.5;
    context.moveTo(0, top);
    context.lineTo(viewport.width, top);
}

/** The numbers along the lower and the left edge, but none that would look out from behind the buttons in two corners. */
export function drawTickNumbers(context, viewport) {
    const { x0, x1, y0, y1 } = viewport.window;
    const step = tickStep(viewport.scale, spacing(viewport));
    const digits = decimals(step);
    context.font = token("--canvas-small");
    context.textBaseline = "alphabetic";
    context.textAlign = "center";
    for (const x of ticks(x0, x1, step)) {
        const [left] = viewport.toScreen(x, 0);
        if (left > 40 && left < viewport.width - 56) haloed(context, figure(x, digits), left, viewport.height - 8);
    }
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const y of ticks(y0, y1, step)) {
        const [, top] = viewport.toScreen(0, y);
        if (top > 58 && top < viewport.height - 28) haloed(context, figure(y, digits), 8, top);
    }
}

/** Each class's name at the median of its points, moved a little where two would lie on each other. */
export function drawClassNames(context, viewport, centres, names, visible) {
    context.font = token("--canvas-large");
    context.textAlign = "center";
    context.textBaseline = "middle";
    const shown = centres.filter(({ label }) => visible[label] === 1);
    const places = apart(shown.map(({ x, y }) => viewport.toScreen(x, y)), 26);
    shown.forEach(({ label }, i) => haloed(context, names[label] ?? String(label), ...places[i], token("--ink"), 5));
}

/** Pushes places that are nearer than `least` pixels from each other until they are not, in at most a few rounds. */
function apart(places, least) {
    for (let round = 0; round < 12; round += 1) {
        for (let i = 0; i < places.length; i += 1) {
            for (let j = i + 1; j < places.length; j += 1) {
                const [right, down] = [places[j][0] - places[i][0], places[j][1] - places[i][1]];
                const distance = Math.hypot(right, down);
                if (distance >= least) continue;
                const push = (least - distance) / 2 / (distance || 1);
                const [x, y] = distance ? [right * push, down * push] : [least / 2, 0];
                places[i] = [places[i][0] - x, places[i][1] - y];
                places[j] = [places[j][0] + x, places[j][1] + y];
            }
        }
    }
    return places;
}

export function haloed(context, text, left, top, colour = token("--muted"), width = 3) {
    context.lineJoin = "round";
    context.lineWidth = width;
    context.strokeStyle = token("--paper-halo");
    context.strokeText(text, left, top);
    context.fillStyle = colour;
    context.fillText(text, left, top);
}
