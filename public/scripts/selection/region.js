// A polygon in latent units, and which of many points lie within it (even-odd). A grid over its box knows for most places
// whether they are in or out; only points in cells that an edge crosses are tested against the edges: a million in a frame.

const cells = 256;
const [within, crossed] = [1, 2]; // 0 is outside

/** polygon: [x, y, x, y, ...]. Writes 1 for each point within and 0 for the others into `found`, gives how many. */
export function pointsWithin(polygon, positions, found) {
    found.fill(0);
    if (polygon.length < 6) return 0;
    const box = boxOf(polygon);
    const { x0, x1, y0, y1 } = box;
    const [across, up] = [cells / (x1 - x0 || 1e-9), cells / (y1 - y0 || 1e-9)];
    const grid = gridOf(polygon, box, across, up);
    let count = 0;
    for (let i = 0, at = 0; i < found.length; i += 1, at += 2) {
        const x = positions[at];
        const y = positions[at + 1];
        if (!(x >= x0 && x <= x1 && y >= y0 && y <= y1)) continue; // nor a NaN
        const cell = grid[Math.min(cells - 1, (y - y0) * up | 0) * cells + Math.min(cells - 1, (x - x0) * across | 0)];
        if (cell === within || (cell === crossed && isWithin(polygon, x, y))) {
            found[i] = 1;
            count += 1;
        }
    }
    return count;
}

export function isWithin(polygon, x, y) {
    let odd = false;
    let [fromX, fromY] = [polygon[polygon.length - 2], polygon[polygon.length - 1]];
    for (let i = 0; i < polygon.length; i += 2) {
        const toX = polygon[i];
        const toY = polygon[i + 1];
        if ((fromY > y) !== (toY > y) && x < ((toX - fromX) * (y - fromY)) / (toY - fromY) + fromX) odd = !odd;
        fromX = toX;
        fromY = toY;
    }
    return odd;
}

function boxOf(polygon) {
    const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
    for (let i = 0; i < polygon.length; i += 2) {
        box.x0 = Math.min(box.x0, polygon[i]);
        box.x1 = Math.max(box.x1, polygon[i]);
        box.y0 = Math.min(box.y0, polygon[i + 1]);
        box.y1 = Math.max(box.y1, polygon[i + 1]);
    }
    return box;
}

function gridOf(polygon, { x0, y0 }, across, up) {
    const grid = new Uint8Array(cells * cells);
    for (let row = 0; row < cells; row += 1) {
        fillRow(grid, row, crossings(polygon, (row + 0.5) / up + y0).map((x) => (x - x0) * across));
    }
    const clamp = (value) => Math.min(cells - 1, Math.max(0, Math.floor(value)));
    for (let i = 0; i < polygon.length; i += 2) {
        const next = (i + 2) % polygon.length;
        let from = [(polygon[i] - x0) * across, (polygon[i + 1] - y0) * up];
        let to = [(polygon[next] - x0) * across, (polygon[next + 1] - y0) * up];
        if (from[1] > to[1]) [from, to] = [to, from];
        const slope = (to[0] - from[0]) / (to[1] - from[1] || 1e-12);
        for (let row = clamp(from[1] - 1e-6); row <= clamp(to[1] + 1e-6); row += 1) {
            const at = (height) => from[0] + slope * (Math.min(to[1], Math.max(from[1], height)) - from[1]);
            const ends = to[1] - from[1] < 1e-9 ? [from[0], to[0]] : [at(row), at(row + 1)];
            // A little wider, for what rounding may do.
            grid.fill(crossed, row * cells + clamp(Math.min(...ends) - 1e-3), row * cells + clamp(Math.max(...ends) + 1e-3) + 1);
        }
    }
    return grid;
}

function crossings(polygon, y) {
    const found = [];
    for (let i = 0; i < polygon.length; i += 2) {
        const next = (i + 2) % polygon.length;
        const [fromY, toY] = [polygon[i + 1], polygon[next + 1]];
        if ((fromY > y) !== (toY > y)) found.push(polygon[i] + ((y - fromY) / (toY - fromY)) * (polygon[next] - polygon[i]));
    }
    return found.sort((a, b) => a - b);
}

/** Between each two crossings lies the inside, taken at the cells' middles. */
function fillRow(grid, row, places) {
    for (let i = 0; i + 1 < places.length; i += 2) {
        const [first, last] = [Math.max(0, Math.ceil(places[i] - 0.5)), Math.min(cells - 1, Math.floor(places[i + 1] - 0.5))];
        if (last >= first) grid.fill(within, row * cells + first, row * cells + last + 1);
    }
}
