// Points so many that each is one pixel: they are counted, and each pixel gets the mean colour of those around it and the opacity
// that as many layers have. No order decides who lies on top. A kernel 1 2 1 both ways makes them discs of one pixel's radius.

import { snap } from "./stamps.js";

const most = 1000; // of one pixel: sums of six bits a colour stay within 16 bits
const low = 0xffff;

export class Splats {
    resize(width, height, pixels) {
        // A border of one pixel, so that the kernel needs no exceptions.
        const length = (width + 2) * (height + 2);
        Object.assign(this, { width, height, pixels, redGreen: new Uint32Array(length), blueCount: new Uint32Array(length) });
    }

    /** Empties the part, and a pixel around it: that the kernel reaches. */
    prepare(radius, opacity, part) {
        this.part = part;
        const row = this.width + 2;
        for (let line = part.top; line < part.bottom + 2; line += 1) {
            this.redGreen.fill(0, line * row + part.left, line * row + part.right + 2);
            this.blueCount.fill(0, line * row + part.left, line * row + part.right + 2);
        }
        if (this.opacity === opacity) return;
        this.opacity = opacity;
        this.alphas = Uint8Array.from({ length: 4096 }, (_, weight) => 255 * (1 - (1 - opacity) ** (weight / 4)));
    }

    /** Counts the points `from`...`to` of one pass, in the part and a pixel around it; gives how many there were. */
    draw({ positions, shades, inks }, from, to, pass, originX, originY, scale) {
        const { width, part: { left, top, right, bottom }, redGreen, blueCount } = this;
        const row = width + 2;
        const [firstX, firstY, first] = [originX + 1 - left, originY + 1 - top, top * row + left];
        const [wide, high] = [right - left + 2, bottom - top + 2];
        let drawn = 0;
        for (let point = from; point < to; point += 1) {
            const shade = shades[point];
            if (shade >> 8 !== pass) continue;
            const x = firstX + ((positions[2 * point] * scale + snap) - snap);
            const y = firstY - ((positions[2 * point + 1] * scale + snap) - snap);
            if (!(x >= 0 && y >= 0 && x < wide && y < high)) continue;
            drawn += 1;
            const at = first + (y | 0) * row + (x | 0);
            const before = blueCount[at];
            if (before >>> 16 >= most) continue;
            const ink = inks[shade & 255];
            redGreen[at] += ((ink & 255) >> 2) | (((ink >>> 10) & 63) << 16);
            blueCount[at] = before + (((ink >>> 18) & 63) | 0x10000);
        }
        return drawn;
    }

    /** The kernel slides along each row: sums of three pixels above each other, the last three of them. */
    finish() {
        const { width, part, pixels, redGreen, blueCount, alphas } = this;
        const row = width + 2;
        for (let line = part.top; line < part.bottom; line += 1) {
            let at = line * row + part.left, to = line * width + part.left;
            let red0 = 0, green0 = 0, blue0 = 0, count0 = 0, red1 = 0, green1 = 0, blue1 = 0, count1 = 0;
            for (let column = part.left; column < part.right + 2; column += 1, at += 1) {
                const b0 = blueCount[at], b1 = blueCount[at + row], b2 = blueCount[at + 2 * row];
                let red = 0, green = 0, blue = 0, count = 0;
                if ((b0 | b1 | b2) !== 0) {
                    const r0 = redGreen[at], r1 = redGreen[at + row], r2 = redGreen[at + 2 * row];
                    red = (r0 & low) + 2 * (r1 & low) + (r2 & low);
                    green = (r0 >>> 16) + 2 * (r1 >>> 16) + (r2 >>> 16);
                    blue = (b0 & low) + 2 * (b1 & low) + (b2 & low);
                    count = (b0 >>> 16) + 2 * (b1 >>> 16) + (b2 >>> 16);
                }
                if (column > part.left + 1) {
                    const weight = count0 + 2 * count1 + count;
                    if (weight !== 0) {
                        const by = 255 / 63 / weight;
                        pixels[to] = layered(pixels[to], alphas[weight < 4095 ? weight : 4095],
                            (red0 + 2 * red1 + red) * by, (green0 + 2 * green1 + green) * by, (blue0 + 2 * blue1 + blue) * by);
                    }
                    to += 1;
                }
                red0 = red1, green0 = green1, blue0 = blue1, count0 = count1;
                red1 = red, green1 = green, blue1 = blue, count1 = count;
            }
        }
    }
}

/** Over what an earlier pass has left there, in unpremultiplied bytes. */
function layered(under, alpha, red, green, blue) {
    if (under === 0) return red | (green << 8) | (blue << 16) | (alpha << 24);
    const cover = alpha / 255;
    const both = cover + ((under >>> 24) / 255) * (1 - cover);
    const part = both > 0 ? cover / both : 0;
    const mixed = (byte, value) => byte + (value - byte) * part;
    return mixed(under & 255, red) | (mixed((under >>> 8) & 255, green) << 8) | (mixed((under >>> 16) & 255, blue) << 16) | ((both * 255) << 24);
}
