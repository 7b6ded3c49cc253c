// A picture that the browser holds, as the bytes that a model takes.

/** A bitmap drawn at `input`'s size: bytes [channels * height * width], one plane a channel; one channel is grey. */
export function pixelsOf(bitmap, { channels, height, width }) {
    const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    context.drawImage(bitmap, 0, 0, width, height);
    const { data } = context.getImageData(0, 0, width, height);
    const plane = width * height;
    const bytes = new Uint8Array(channels * plane);
    for (let channel = 0; channel < channels; channel += 1) {
        for (let pixel = 0; pixel < plane; pixel += 1) bytes[channel * plane + pixel] = data[4 * pixel + Math.min(channel, 2)];
    }
    return bytes;
}
