// The selection as a file: its points as CSV or JSON, the map as it is shown as PNG or SVG.

import { drawing } from "./drawing.js";

const types = { CSV: "text/csv", JSON: "application/json", PNG: "image/png", SVG: "image/svg+xml" };

export async function exportAs(format, selection, page) {
    const content = await { CSV: csv, JSON: json, PNG: png, SVG: drawing }[format](selection, page);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type: types[format] }));
    link.download = `${page.model.name}-selection.${format.toLowerCase()}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // the browser may still be reading it
}

function points({ indices, cloud }, page) {
    return Array.from(indices, (index) => ({
        index, label: cloud.labels[index] === 255 ? null : cloud.labels[index], name: page.labelName(cloud.labels[index]),
        x: cloud.positions[2 * index], y: cloud.positions[2 * index + 1],
    }));
}

function csv(selection, page) {
    const rows = points(selection, page).map(({ index, label, name, x, y }) => [index, label ?? "", quoted(name), x, y].join(","));
    return ["index,label,name,x,y", ...rows, ""].join("\r\n");
}

/** As RFC 4180 has it. A table program must not take a name for a formula. */
function quoted(text) {
    const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function json(selection, page) {
    const { name, version } = page.model;
    const { dataset, split } = page.samples;
    return `${JSON.stringify({ model: name, version, dataset, split, steps: selection.steps, points: points(selection, page) }, null, 1)}\n`;
}

function png(selection, { view }) {
    view.draw();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: view.paper.width, height: view.paper.height });
    const context = canvas.getContext("2d");
    context.fillStyle = getComputedStyle(view.frame).backgroundColor;
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const layer of [view.paper, view.points, view.overlay]) context.drawImage(layer, 0, 0, canvas.width, canvas.height);
    return new Promise((done, failed) => {
        canvas.toBlob((blob) => (blob ? done(blob) : failed(new Error("The map could not be drawn as PNG. Make the window smaller."))), "image/png");
    });
}
