// A line drawn by hand with few enough corners to be kept in an address.

/** The same line with fewer corners (Douglas and Peucker), none further from it than the least tolerance that leaves `most`. */
export function simplified(polygon, tolerance, most = 64) {
    let result = polygon;
    for (let allowed = tolerance; result.length > 2 * most || allowed === tolerance; allowed *= 1.5) {
        const kept = [...keptOf(polygon, allowed)].sort((a, b) => a - b);
        result = kept.flatMap((corner) => [polygon[2 * corner], polygon[2 * corner + 1]]);
    }
    const digits = Math.min(12, Math.max(0, 1 + Math.ceil(-Math.log10(tolerance))));
    return result.map((value) => Number(value.toFixed(digits)));
}

function keptOf(polygon, tolerance) {
    const last = polygon.length / 2 - 1;
    const kept = new Set([0, last]);
    const stretches = [[0, last]];
    while (stretches.length > 0) {
        const [from, to] = stretches.pop();
        let [furthest, distance] = [-1, tolerance];
        for (let corner = from + 1; corner < to; corner += 1) {
            const away = distanceToStretch(polygon, corner, from, to);
            if (away > distance) [furthest, distance] = [corner, away];
        }
        if (furthest < 0) continue;
        kept.add(furthest);
        stretches.push([from, furthest], [furthest, to]);
    }
    return kept;
}

function distanceToStretch(polygon, corner, from, to) {
    const at = (place) => [polygon[2 * place], polygon[2 * place + 1]];
    const [[x, y], [fromX, fromY], [toX, toY]] = [at(corner), at(from), at(to)];
    const [right, up] = [toX - fromX, toY - fromY];
    const part = Math.min(1, Math.max(0, ((x - fromX) * right + (y - fromY) * up) / (right * right + up * up || 1)));
    return Math.hypot(x - fromX - part * right, y - fromY - part * up);
}
