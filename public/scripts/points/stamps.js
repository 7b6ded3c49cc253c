// Points as anti-aliased discs, each over those before it: 16 stamps, for 4 x 4 places within a pixel, so that slow pans glide.
// Colours are blended two channels at a time in premultiplied bytes.

const subpixels = 4;

/** (place + snap) - snap is rounded to 64ths of a pixel: whole pixels are added to such places exactly, to others they are not. */
export const snap = 1.5 * 2 ** 46;

export class Stamps {
    resize(width, height, pixels) {
        Object.assign(this, { width, height, pixels, masks: null, kept: new Map() });
    }

    /** Coverage (0...256) of one disc at 4 x 4 places: only the pixels that it touches, as distances from the stamp's first one. */
    prepare(radius, opacity, part) {
        const key = `${radius.toFixed(2)} ${opacity.toFixed(3)}`;
        if (this.kept.size > 8) this.kept.clear();
        if (!this.kept.has(key)) this.kept.set(key, this.made(radius, opacity));
        Object.assign(this, { masks: this.kept.get(key), part });
    }

    made(radius, opacity) {
        const size = Math.ceil(2 * radius + 2);
        const places = [];
        for (let place = 0; place < subpixels * subpixels; place += 1) {
            const centreX = size / 2 + ((place % subpixels) + 0.5) / subpixels - 0.5;
            const centreY = size / 2 + (Math.floor(place / subpixels) + 0.5) / subpixels - 0.5;
            const [columns, rows, covers] = [[], [], []];
            for (let pixel = 0; pixel < size * size; pixel += 1) {
                const [column, row] = [pixel % size, Math.floor(pixel / size)];
                const distance = Math.hypot(column + 0.5 - centreX, row + 0.5 - centreY);
                const cover = Math.round(256 * opacity * Math.min(1, Math.max(0, radius + 0.5 - distance)));
                if (cover === 0) continue;
                columns.push(column);
                rows.push(row);
                covers.push(cover);
            }
            places.push({
                columns: Int32Array.from(columns), rows: Int32Array.from(rows), covers: Int32Array.from(covers),
                offsets: Int32Array.from(columns, (column, i) => rows[i] * this.width + column),
            });
        }
        return { size, places };
    }

    /** Draws the points `from`...`to` of one pass onto the part; gives how many there were. */
    draw({ positions, shades, inks }, from, to, pass, originX, originY, scale) {
        const { width, pixels, masks: { size, places }, part } = this;
        const { left, top, right, bottom } = part;
        const [cornerX, cornerY] = [originX - size / 2 + 0.5, originY - size / 2 + 0.5];
        const [first, highest, last, lowest] = [left - size, top - size, right - size, bottom - size];
        let drawn = 0;
        for (let point = from; point < to; point += 1) {
            const shade = shades[point];
            if (shade >> 8 !== pass) continue;
            const x = cornerX + ((positions[2 * point] * scale + snap) - snap);
            const y = cornerY - ((positions[2 * point + 1] * scale + snap) - snap);
            // Written so that a NaN position fails the test and is skipped.
            if (!(x >= first && y >= highest && x < right && y < bottom)) continue;
            drawn += 1;
            const column = Math.floor(x);
            const row = Math.floor(y);
            const place = places[(((y - row) * subpixels) | 0) * subpixels + (((x - column) * subpixels) | 0)];
            const ink = inks[shade & 255];
            if (column >= left && row >= top && column <= last && row <= lowest) {
                whole(pixels, row * width + column, place.offsets, place.covers, ink);
            } else {
                clipped(pixels, width, part, column, row, place, ink);
            }
        }
        return drawn;
    }

    /** From premultiplied to what an ImageData holds. */
    finish() {
        const { pixels, width, part: { left, top, right, bottom } } = this;
        for (let row = top; row < bottom; row += 1) {
            for (let i = row * width + left, end = row * width + right; i < end; i += 1) {
                const pixel = pixels[i];
                const alpha = pixel >>> 24;
                if (alpha === 0 || alpha === 255) continue;
                const by = inverse[alpha];
                const red = Math.min(255, ((pixel & 255) * by + 32768) >>> 16);
                const green = Math.min(255, (((pixel >>> 8) & 255) * by + 32768) >>> 16);
                const blue = Math.min(255, (((pixel >>> 16) & 255) * by + 32768) >>> 16);
                pixels[i] = red | (green << 8) | (blue << 16) | (alpha << 24);
            }
        }
    }
}

const inverse = Uint32Array.from({ length: 256 }, (_, alpha) => (alpha ? Math.round((255 * 65536) / alpha) : 0));

function over(under, ink, cover) {
    const rest = 256 - cover;
    const redBlue = Math.imul(under & 0xff00ff, rest) + Math.imul(ink & 0xff00ff, cover) + 0x800080;
    const greenAlpha = Math.imul((under >>> 8) & 0xff00ff, rest) + Math.imul(((ink >>> 8) & 255) | 0xff0000, cover) + 0x800080;
    return ((redBlue >>> 8) & 0xff00ff) | (greenAlpha & 0xff00ff00);
}

function whole(pixels, first, offsets, covers, ink) {
    for (let i = 0; i < offsets.length; i += 1) {
        const at = first + offsets[i];
        pixels[at] = over(pixels[at], ink, covers[i]);
    }
}

function clipped(pixels, width, part, left, top, { columns, rows, covers }, ink) {
    for (let i = 0; i < covers.length; i += 1) {
        const column = left + columns[i];
        const row = top + rows[i];
        if (column < part.left || row < part.top || column >= part.right || row >= part.bottom) continue;
        const at = row * width + column;
        pixels[at] = over(pixels[at], ink, covers[i]);
    }
}
