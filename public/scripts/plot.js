// A small line plot in SVG: axes with round numbers, one line a series, and the values under the pointer.

import { element, figure, svg } from "./dom.js";

const width = 300;
const inset = { left: 40, right: 10, top: 8, bottom: 22 };

/**
 * A figure of `series`: [{ name, className, points: [[x, y], ...] }], x rising. A single point is drawn as a dot.
 * `unit` names what x counts; `picked(x)` is called with the nearest x where the person clicks. The figure's `mark(x)` draws a line there.
 */
export function linePlot({ title, series, unit, height = 150, picked = null }) {
    const drawn = series.filter(({ points }) => points.length > 0);
    const readout = element("span", { class: "readout" });
    const caption = element("figcaption", {}, element("b", { text: title }), readout);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary(title, drawn, unit) });
    const plot = Object.assign(element("figure", { class: "plot" }, caption, picture), { mark() {} });
    if (drawn.length === 0) {
        picture.append(svg("text", { x: width / 2, y: height / 2, "text-anchor": "middle", text: "no epoch is finished" }));
        return plot;
    }
    const scales = scaled(drawn, height);
    const marked = svg("line", { class: "marked", y1: inset.top, y2: height - inset.bottom, visibility: "hidden" });
    picture.append(...grid(scales, height), marked, ...drawn.map((line) => curve(line, scales)));
    listen(picture, readout, drawn, scales, { unit, height, picked });
    plot.mark = (x) => {
        const isShown = x >= scales.x0 && x <= scales.x1;
        marked.setAttribute("visibility", isShown ? "visible" : "hidden");
        for (const end of isShown ? ["x1", "x2"] : []) marked.setAttribute(end, scales.x(x));
    };
    return plot;
}

function scaled(series, height) {
    const all = series.flatMap(({ points }) => points);
    const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
    const [x0, x1] = [Math.min(...xs), Math.max(...xs)];
    let [y0, y1] = [Math.min(...ys), Math.max(...ys)];
    const room = (y1 - y0) * 0.06 || Math.max(Math.abs(y1) * 0.05, 0.5);
    [y0, y1] = [y0 - room, y1 + room];
    const across = width - inset.left - inset.right;
    const down = height - inset.top - inset.bottom;
    return {
        x0, x1, y0, y1,
        x: (x) => inset.left + (x1 === x0 ? across / 2 : ((x - x0) / (x1 - x0)) * across),
        y: (y) => inset.top + (1 - (y - y0) / (y1 - y0)) * down,
    };
}

/** Round steps for `count` or so numbers between two ends. */
function roundSteps(from, to, count, whole = false) {
    const wanted = Math.max((to - from) / count, whole ? 1 : 1e-12);
    const power = 10 ** Math.floor(Math.log10(wanted));
    const step = power * [1, 2, 5, 10].find((factor) => power * factor >= wanted * 0.999);
    const numbers = [];
    for (let n = Math.ceil(from / step); n * step <= to + step * 1e-6; n += 1) numbers.push(n * step);
    return { numbers, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
}

function grid(scales, height) {
    let vertical = roundSteps(scales.y0, scales.y1, height < 120 ? 2 : 4);
    if (vertical.numbers.length < 2) vertical = roundSteps(scales.y0, scales.y1, 6); // one number alone is no scale
    const across = roundSteps(scales.x0, scales.x1, 5, true);
    const rows = vertical.numbers.flatMap((value) => [
        svg("line", { class: "rule", x1: inset.left, x2: width - inset.right, y1: scales.y(value), y2: scales.y(value) }),
        svg("text", { x: inset.left - 6, y: scales.y(value) + 3.5, "text-anchor": "end", text: figure(value, vertical.digits) }),
    ]);
    const columns = across.numbers.map((value) =>
        svg("text", { x: scales.x(value), y: height - 6, "text-anchor": "middle", text: String(value) }));
    return [...rows, ...columns];
}

function curve({ className, points }, scales) {
    if (points.length === 1) {
        const [[x, y]] = points;
        return svg("circle", { class: `${className} single`, cx: scales.x(x), cy: scales.y(y), r: 3 });
    }
    const path = points.map(([x, y], i) => `${i ? "L" : "M"}${scales.x(x).toFixed(1)} ${scales.y(y).toFixed(1)}`).join("");
    return svg("path", { class: className, d: path });
}

function listen(picture, readout, series, scales, { unit, height, picked }) {
    const rule = svg("line", { class: "pointer", y1: inset.top, y2: height - inset.bottom, visibility: "hidden" });
    picture.append(rule);
    const points = series[0].points;
    const say = (place) => {
        const parts = series.filter((line) => line.points[place]).map((line) => `${line.name} ${figure(line.points[place][1])}`);
        readout.textContent = `${unit} ${Number(points[place][0].toFixed(2))}: ${parts.join(", ")}`;
    };
    const rest = () => {
        rule.setAttribute("visibility", "hidden");
        say(points.length - 1);
    };
    const nearest = (event) => {
        const box = picture.getBoundingClientRect();
        const across = ((event.clientX - box.left) / box.width) * width;
        const gap = (place) => Math.abs(scales.x(points[place][0]) - across);
        return points.reduce((best, _, other) => (gap(other) < gap(best) ? other : best), 0);
    };
    picture.addEventListener("pointermove", (event) => {
        const place = nearest(event);
        for (const end of ["x1", "x2"]) rule.setAttribute(end, scales.x(points[place][0]));
        rule.setAttribute("visibility", "visible");
        say(place);
    });
    if (picked) picture.addEventListener("click", (event) => picked(points[nearest(event)][0]));
    picture.addEventListener("pointerleave", rest);
    rest();
}

function summary(title, series, unit) {
    if (series.length === 0) return `${title}: nothing yet`;
    const lines = series.map(({ name, points }) => `${name} ${figure(points[0][1])} to ${figure(points.at(-1)[1])}`);
    return `${title} by ${unit}: ${lines.join(", ")}`;
}
