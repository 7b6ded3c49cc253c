// A picture that has moved by whole pixels: what of it stays, and the strips that came into view and went out of it.

/** (place + snap) - snap is rounded to 64ths of a pixel: whole pixels added to such places are added exactly, which floats are not. */
export const snap = 1.5 * 2 ** 46;

/** [right, down] in whole pixels from the picture before to this one, or null where it is another. */
export function stepOf(before, now) {
    if (!before || before.scale !== now.scale || before.radius !== now.radius || !isSame(before.scene, now.scene)) return null;
    const step = now.origin.map((place, i) => place - before.origin[i]);
    return step.every(Number.isInteger) ? step : null;
}

function isSame(before, now) {
    const isKept = before.grid === now.grid && before.shades === now.shades && before.inks === now.inks;
    return isKept && before.passes.length === now.passes.length && before.passes.every(([pass, opacity, inks], i) => {
        const [otherPass, otherOpacity, otherInks] = now.passes[i];
        return pass === otherPass && opacity === otherOpacity && String(inks) === String(otherInks);
    });
}

/** stays: whether anything does; came and went: { left, top, right, bottom } on the canvas now and on the one before. */
export function stripsOf(step, width, height) {
    const stays = step !== null && Math.abs(step[0]) < width && Math.abs(step[1]) < height;
    if (!stays) return { stays, came: [{ left: 0, top: 0, right: width, bottom: height }], went: [] };
    const [right, down] = step;
    return { stays, came: uncovered(right, down, width, height), went: uncovered(-right, -down, width, height) };
}

function uncovered(right, down, width, height) {
    const [left, end] = right > 0 ? [0, right] : [width + right, width];
    const [top, bottom] = down > 0 ? [0, down] : [height + down, height];
    const beside = { left: right > 0 ? end : 0, right: right > 0 ? width : left };
    return [{ left, right: end, top: 0, bottom: height }, { ...beside, top, bottom }].filter((strip) => strip.left < strip.right && strip.top < strip.bottom);
}
