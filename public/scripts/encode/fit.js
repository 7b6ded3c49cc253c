// A file that the person chose as the bytes that a model takes: any picture that the browser can read, its aspect kept, on
// black. Whatever cannot be is told in words that say what to do.

export class Unusable extends Error {}

const largestFile = 64 * 1024 * 1024;
const mostPixels = 100_000_000;

/** Bytes [channels * height * width], one plane a channel; one channel is the luminance. */
export async function fitted(file, input) {
    if (file.size === 0) throw new Unusable(`“${file.name}” is empty. Choose another file.`);
    if (file.size > largestFile) throw new Unusable(`“${file.name}” is larger than 64 MB. Save it smaller: the model sees ${input.width} × ${input.height} pixels.`);
    const size = await sizeOf(file);
    if (size.width * size.height > mostPixels) {
        throw new Unusable(`“${file.name}” has ${Math.round((size.width * size.height) / 1e6)} megapixels, more than 100. Save it smaller: the model sees ${input.width} × ${input.height} pixels.`);
    }
    const bytes = await drawn(file, size, input);
    if (isBlank(bytes)) throw new Unusable(`“${file.name}” is blank: all its pixels are equal. Choose a picture with something on it.`);
    return bytes;
}

/** Known before anything is decoded, so that a picture of too many pixels is refused without its memory. */
async function sizeOf(file) {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try {
        await new Promise((done, failed) => Object.assign(image, { onload: done, onerror: failed }));
        // A drawing in SVG may have no size of its own.
        return { image, width: image.naturalWidth || 512, height: image.naturalHeight || 512 };
    } catch {
        throw new Unusable(`“${file.name}” is not a picture that this browser can read. Choose a PNG, a JPEG or the like.`);
    } finally {
        URL.revokeObjectURL(image.src);
    }
}

/** Scaled while it is decoded, away from the page's thread, where the browser can do that. */
async function drawn(file, { image, width, height }, input) {
    const scale = Math.min(input.width / width, input.height / height);
    const [wide, high] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
    const picture = await createImageBitmap(file, { resizeWidth: wide, resizeHeight: high, resizeQuality: "high" }).catch(() => image);
    const context = new OffscreenCanvas(input.width, input.height).getContext("2d", { willReadFrequently: true });
    context.fillStyle = "black";
    context.fillRect(0, 0, input.width, input.height);
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, Math.floor((input.width - wide) / 2), Math.floor((input.height - high) / 2), wide, high);
    picture.close?.();
    return planesOf(context, input);
}

/** What a context shows, as a model takes it. */
export function planesOf(context, { channels, height, width }) {
    const { data } = context.getImageData(0, 0, width, height);
    const plane = width * height;
    const bytes = new Uint8Array(channels * plane);
    for (let pixel = 0; pixel < plane; pixel += 1) {
        const [red, green, blue] = data.subarray(4 * pixel, 4 * pixel + 3);
        if (channels >= 3) [red, green, blue].forEach((value, channel) => (bytes[channel * plane + pixel] = value));
        else bytes[pixel] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
    if (channels === 4) bytes.fill(255, 3 * plane);
    return bytes;
}

export const isBlank = (bytes) => bytes.every((byte) => byte === bytes[0]);

/** Whether the edge of a grey picture is lighter than its middle tone: ink on paper, as it seems. */
export function isOnWhite(bytes, { channels, height, width }) {
    if (channels !== 1) return false;
    let [sum, count] = [0, 0];
    for (let pixel = 0; pixel < bytes.length; pixel += 1) {
        const [row, column] = [Math.floor(pixel / width), pixel % width];
        if (row > 0 && column > 0 && row < height - 1 && column < width - 1) continue;
        sum += bytes[pixel];
        count += 1;
    }
    return sum / count > 128;
}
