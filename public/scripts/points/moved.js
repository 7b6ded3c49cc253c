// Of a picture that has moved by whole pixels only what came into view is drawn. Loaded with the first move.

import { snap } from "./stamps.js";

/** [right, down] in whole pixels from the picture before to this one, or null where it is another, or nothing of it stays. */
export function stepOf(before, now, { width, height }) {
    if (before?.scale !== now.scale || before.radius !== now.radius || !isSame(before.scene, now.scene)) return null;
    const [right, down] = now.origin.map((place, i) => place - before.origin[i]);
    const stays = Number.isInteger(right) && Number.isInteger(down) && Math.abs(right) < width && Math.abs(down) < height;
    return stays ? [right, down] : null;
}

function isSame(before, now) {
    const isKept = before.grid === now.grid && before.shades === now.shades && before.inks === now.inks;
    return isKept && before.passes.length === now.passes.length && before.passes.every(([pass, opacity, inks], i) => {
        const [otherPass, otherOpacity, otherInks] = now.passes[i];
        return pass === otherPass && opacity === otherOpacity && String(inks) === String(otherInks);
    });
}

/** Moves the rasteriser's picture and draws the rest; gives how many points it has now. */
export function move(rasteriser, before, now, [right, down]) {
    const { canvas: { width, height }, pixels } = rasteriser;
    const by = right + down * width;
    pixels.copyWithin(Math.max(0, by), Math.max(0, -by));
    for (const strip of uncovered(right, down, width, height)) rasteriser.drawPart(now, strip);
    // A point counts where its middle is on the canvas or so near that it reaches into it; a stamp's is not quite in the middle.
    const { ways: { stamps: { masks } }, drawnAs } = rasteriser;
    const [less, more] = drawnAs === "splats" ? [1, 1] : [(masks.size + 1) / 2, (masks.size - 1) / 2];
    const count = (sight, ...step) => uncovered(...step, width + less + more, height + less + more)
        .reduce((sum, { left, top, right, bottom }) => sum + countIn(rasteriser, sight, left - less, top - less, right - less, bottom - less), 0);
    return before.drawn + count(now, right, down) - count(before, -right, -down);
}

/** The strips of a picture that it has not had before it moved. */
function uncovered(right, down, width, height) {
    const [left, end] = right > 0 ? [0, right] : [width + right, width];
    const [top, bottom] = down > 0 ? [0, down] : [height + down, height];
    const beside = right > 0 ? { left: end, right: width } : { left: 0, right: left };
    return [{ left, right: end, top: 0, bottom: height }, { ...beside, top, bottom }].filter((strip) => strip.left < strip.right && strip.top < strip.bottom);
}

function countIn(rasteriser, sight, left, top, right, bottom) {
    const { scene: { grid: { positions }, shades, passes }, origin: [originX, originY], scale } = sight;
    const shown = new Uint8Array(256);
    for (const [pass] of passes) shown[pass] = 1;
    let count = 0;
    rasteriser.within(sight, { left, top, right, bottom }, (from, to) => {
        for (let point = from; point < to; point += 1) {
            const x = originX + ((positions[2 * point] * scale + snap) - snap);
            const y = originY - ((positions[2 * point + 1] * scale + snap) - snap);
            if (x >= left && x < right && y >= top && y < bottom) count += shown[shades[point] >> 8];
        }
    });
    return count;
}
