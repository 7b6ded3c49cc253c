// An image that the person drops or chooses, encoded to a place on the map. Any picture the browser can read is drawn at
// the model's size and sent as PNG.

import { decode, encode } from "./api.js";
import { byId, figure } from "./dom.js";
import { drawPicture } from "./picture.js";

const largestFile = 64 * 1024 * 1024;

export function acceptImages(view, cursor, report) {
    let model = null;
    const hint = byId("drop-hint");
    const shown = [byId("drop-picture"), byId("drop-decoded")];

    async function take(file) {
        if (!model || !file) return;
        const into = model;
        try {
            const png = await asPNG(file, into.input, shown[0]);
            const mean = await encode(into.name, png);
            const { values } = await decode(into.name, [mean]);
            if (into !== model) return;
            drawPicture(shown[1], values, into.input);
            for (const canvas of shown) canvas.hidden = false;
            view.marks.encoded = mean;
            view.frame.dataset.encoded = mean.map((value) => value.toFixed(3)).join(",");
            cursor.moveTo(mean[0], mean[1], { mark: false });
            hint.textContent = `It lies at ${mean.map((value) => figure(value)).join(", ")}. Left: as the model sees it; right: decoded again.`;
        } catch (error) {
            if (error instanceof Unreadable) hint.textContent = error.message;
            else report(error);
        }
    }

    byId("drop-file").addEventListener("change", (event) => {
        take(event.target.files[0]);
        event.target.value = "";
    });
    for (const area of [view.frame, byId("drop")]) {
        area.addEventListener("dragover", (event) => {
            event.preventDefault();
            area.classList.add("dropping");
        });
        area.addEventListener("dragleave", () => area.classList.remove("dropping"));
        area.addEventListener("drop", (event) => {
            event.preventDefault();
            area.classList.remove("dropping");
            take(event.dataTransfer.files[0]);
        });
    }

    return {
        use(next) {
            model = next;
            view.marks.encoded = null;
            byId("drop-file").disabled = model === null;
            for (const canvas of shown) canvas.hidden = true;
        },
    };
}

class Unreadable extends Error {}

/** The file at `input`'s size, its aspect kept on black, as a PNG blob; also left on `canvas`. */
async function asPNG(file, { width, height }, canvas) {
    if (file.size > largestFile) throw new Unreadable("That file is larger than 64 MB. Choose a smaller picture.");
    let bitmap;
    try {
        bitmap = await createImageBitmap(file);
    } catch {
        throw new Unreadable("That file is not a picture this browser can read. Choose a PNG or a JPEG.");
    }
    Object.assign(canvas, { width, height });
    const context = canvas.getContext("2d");
    context.fillStyle = "black";
    context.fillRect(0, 0, width, height);
    const scale = Math.min(width / bitmap.width, height / bitmap.height);
    const [wide, high] = [bitmap.width * scale, bitmap.height * scale];
    context.imageSmoothingQuality = "high";
    context.drawImage(bitmap, (width - wide) / 2, (height - high) / 2, wide, high);
    bitmap.close();
    return new Promise((done, failed) => {
        canvas.toBlob((blob) => (blob ? done(blob) : failed(new Unreadable("That picture could not be drawn."))), "image/png");
    });
}
