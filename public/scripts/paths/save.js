// The film strips as one PNG: a row for each curve, with its name and its length, all frames in it.

import { element } from "../dom.js";
import { drawPicture } from "../picture.js";

const frameSize = 112; // pixels at least, in whole multiples of the model's
const gap = 6;
const margin = 16;
const textHeight = 26;

export async function save(curves, model) {
    const canvas = sheet(curves.filter(({ values }) => values), model.input);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
    const address = URL.createObjectURL(blob);
    element("a", { href: address, download: `${model.name}-path.png` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

function sheet(curves, input) {
    const scale = Math.ceil(frameSize / Math.max(input.width, input.height));
    const [width, height] = [input.width * scale, input.height * scale];
    const columns = Math.max(...curves.map(({ latents }) => latents.length));
    const canvas = element("canvas", {
        width: 2 * margin + columns * (width + gap) - gap, height: 2 * margin + curves.length * (height + textHeight + gap) - gap,
    });
    const context = canvas.getContext("2d");
    Object.assign(context, { fillStyle: "white", font: "15px system-ui, sans-serif", textBaseline: "middle", imageSmoothingEnabled: false });
    context.fillRect(0, 0, canvas.width, canvas.height);
    const frame = element("canvas", {});
    curves.forEach(({ method, length, latents, values }, row) => {
        const top = margin + row * (height + textHeight + gap);
        context.fillStyle = "black";
        context.fillText(length === undefined ? method : `${method}, length ${Number(length.toPrecision(3))}`, margin, top + textHeight / 2 - 3);
        latents.forEach((_, i) => {
            drawPicture(frame, values, input, (i * values.length) / latents.length);
            context.drawImage(frame, margin + i * (width + gap), top + textHeight, width, height);
        });
    });
    return canvas;
}
