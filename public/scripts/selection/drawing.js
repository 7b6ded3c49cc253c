// The map as SVG: circles for the points that are shown, in their colours, the selected ones on top, and the labels' names.

import { token } from "../dom.js";
import { colour } from "../palette.js";

const mostContext = 20_000;

export function drawing(selection, page) {
    const { view } = page;
    const { width, height } = view.viewport;
    const { cloud, mask, keepsContext } = selection;
    const selected = [...selection.indices];
    const others = [];
    for (let i = 0; keepsContext && i < cloud.count; i += 1) if (!mask[i] && view.visible[cloud.labels[i]]) others.push(i);
    // So many that nobody sees one more: every n-th will do.
    const every = Math.ceil(others.length / mostContext);
    const thinned = others.filter((_, place) => place % every === 0);
    const radius = view.pointStyle().radius.toFixed(2);
    const text = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
    const circle = (fill) => (i) => {
        const [left, top] = view.viewport.toScreen(cloud.positions[2 * i], cloud.positions[2 * i + 1]);
        if (!(left > -9 && top > -9 && left < width + 9 && top < height + 9)) return "";
        return `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="${radius}"${fill(i)}/>\n`;
    };
    const names = view.centres.filter(({ label }) => view.visible[label]).map(({ label, x, y }) => {
        const [left, top] = view.viewport.toScreen(x, y);
        return `<text x="${left.toFixed(1)}" y="${top.toFixed(1)}">${text(page.labelName(label))}</text>`;
    });
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
<title>${text(`${page.model.name}: ${selected.length} of ${cloud.count} points`)}</title>
<rect width="100%" height="100%" fill="${token("--paper")}"/>
<g fill="${token("--control-line")}" fill-opacity="0.4">\n${thinned.map(circle(() => "")).join("")}</g>
<g fill-opacity="0.85">\n${selected.map(circle((i) => ` fill="${colour(cloud.labels[i])}"`)).join("")}</g>
<g font-family="sans-serif" font-size="18" font-weight="600" text-anchor="middle" fill="${token("--ink")}">${names.join("")}</g>
</svg>\n`;
}
