// A grid of numbers over a window of the map as a picture that can be drawn behind the points.

/** values: Float32Array [rows * columns], the first row at y1; colour(part 0...1) gives [red, green, blue, alpha 0...1]. NaN is empty. */
export class Field {
    constructor({ values, columns, rows, window, low, high }, colour) {
        Object.assign(this, { window, low, high, columns, rows, values });
        this.canvas = new OffscreenCanvas(columns, rows);
        this.paint(colour);
    }

    paint(colour) {
        const { values, columns, rows, low, high } = this;
        const table = Uint32Array.from({ length: 256 }, (_, place) => {
            const [red, green, blue, alpha = 1] = colour(place / 255);
            return (red | (green << 8) | (blue << 16) | (Math.round(255 * alpha) << 24)) >>> 0;
        });
        const image = new ImageData(columns, rows);
        const pixels = new Uint32Array(image.data.buffer);
        const by = high > low ? 255 / (high - low) : 0;
        for (let i = 0; i < values.length; i += 1) {
            if (values[i] >= -Infinity) pixels[i] = table[Math.min(255, Math.max(0, Math.round((values[i] - low) * by)))];
        }
        this.canvas.getContext("2d").putImageData(image, 0, 0);
    }

    draw(context, viewport) {
        const [left, top] = viewport.toScreen(this.window.x0, this.window.y1);
        const [right, bottom] = viewport.toScreen(this.window.x1, this.window.y0);
        context.imageSmoothingEnabled = true;
        context.imageSmoothingQuality = "high";
        context.drawImage(this.canvas, left, top, right - left, bottom - top);
    }
}

/** The view and a quarter more on each side, so that a small move shows no edge. */
export function roomyWindow({ x0, x1, y0, y1 }, part = 0.25) {
    const [wide, high] = [(x1 - x0) * part, (y1 - y0) * part];
    return { x0: x0 - wide, x1: x1 + wide, y0: y0 - high, y1: y1 + high };
}
