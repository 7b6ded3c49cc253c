// Draws points into an ImageData by hand. Without a GPU this beats WebGL by an order of magnitude, and it needs nothing.
//
// The renderer interface, which any other renderer keeps too:
//   resize(width, height)   in device pixels
//   draw(scene) -> number of points drawn, where scene is
//     { positions: Float32Array [n * 2], labels: Uint8Array [n], visible: Uint8Array [256], colours: Uint8Array [256 * 3],
//       x, y (latent at the canvas' middle), scale (device pixels a unit), radius (device pixels), opacity (0...1) }

const subpixels = 4;

export class Rasteriser {
    constructor(canvas) {
        this.canvas = canvas;
        this.context = canvas.getContext("2d");
        this.stamps = null;
        this.resize(1, 1);
    }

    resize(width, height) {
        this.canvas.width = Math.max(1, width);
        this.canvas.height = Math.max(1, height);
        this.image = new ImageData(this.canvas.width, this.canvas.height);
    }

    draw({ positions, labels, visible, colours, x, y, scale, radius, opacity }) {
        const { width, height } = this.canvas;
        const pixels = this.image.data;
        pixels.fill(0);
        const { size, masks } = this.stampsFor(radius, opacity);
        const half = size / 2;
        const originX = width / 2 - x * scale - half;
        const originY = height / 2 + y * scale - half;
        let drawn = 0;
        for (let point = 0; point < labels.length; point += 1) {
            const label = labels[point];
            if (visible[label] === 0) continue;
            const left = originX + positions[2 * point] * scale;
            const top = originY - positions[2 * point + 1] * scale;
            // Written so that a NaN position fails the test and is skipped.
            if (!(left > -size && top > -size && left < width && top < height)) continue;
            drawn += 1;
            const column = Math.floor(left);
            const row = Math.floor(top);
            const mask = masks[Math.floor((top - row) * subpixels) * subpixels + Math.floor((left - column) * subpixels)];
            blend(pixels, width, height, column, row, size, mask, colours, label * 3);
        }
        this.context.putImageData(this.image, 0, 0);
        return drawn;
    }

    /** Coverage masks of one anti-aliased disc at 4 x 4 places within a pixel, so that slow pans glide. */
    stampsFor(radius, opacity) {
        const key = `${radius.toFixed(2)} ${opacity.toFixed(3)}`;
        if (this.stamps?.key === key) return this.stamps;
        const size = Math.ceil(2 * radius + 2);
        const masks = [];
        for (let place = 0; place < subpixels * subpixels; place += 1) {
            const centreX = size / 2 + ((place % subpixels) + 0.5) / subpixels;
            const centreY = size / 2 + (Math.floor(place / subpixels) + 0.5) / subpixels;
            const mask = new Float32Array(size * size);
            for (let pixel = 0; pixel < mask.length; pixel += 1) {
                const distance = Math.hypot((pixel % size) + 0.5 - centreX, Math.floor(pixel / size) + 0.5 - centreY);
                mask[pixel] = opacity * Math.min(1, Math.max(0, radius + 0.5 - distance));
            }
            masks.push(mask);
        }
        this.stamps = { key, size, masks };
        return this.stamps;
    }
}

/** "Over" in unpremultiplied bytes, as ImageData wants them; the first point on a pixel needs no division. */
function blend(pixels, width, height, left, top, size, mask, colours, colour) {
    const red = colours[colour], green = colours[colour + 1], blue = colours[colour + 2];
    const firstRow = Math.max(0, -top), lastRow = Math.min(size, height - top);
    const firstColumn = Math.max(0, -left), lastColumn = Math.min(size, width - left);
    for (let row = firstRow; row < lastRow; row += 1) {
        let offset = ((top + row) * width + left + firstColumn) * 4;
        for (let column = firstColumn; column < lastColumn; column += 1, offset += 4) {
            const cover = mask[row * size + column];
            if (cover === 0) continue;
            const under = pixels[offset + 3];
            if (under === 0) {
                pixels[offset] = red;
                pixels[offset + 1] = green;
                pixels[offset + 2] = blue;
                pixels[offset + 3] = cover * 255;
                continue;
            }
            const alpha = cover + (under / 255) * (1 - cover);
            const weight = cover / alpha;
            pixels[offset] += (red - pixels[offset]) * weight;
            pixels[offset + 1] += (green - pixels[offset + 1]) * weight;
            pixels[offset + 2] += (blue - pixels[offset + 2]) * weight;
            pixels[offset + 3] = alpha * 255;
        }
    }
}
