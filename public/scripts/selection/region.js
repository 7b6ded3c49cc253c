// A polygon in latent units, and which of many points lie within it (even-odd). The grid in whose cells the points lie is asked
// first: most cells are in or out as a whole, and only the points of those that an edge crosses are tested. A million in a frame.

const [within, crossed] = [1, 2]; // 0 is outside

/** polygon: [x, y, x, y, ...]; grid as points/grid.js has it. Writes 1 for each point within and 0 for the others, gives how many. */
export function pointsWithin(polygon, grid, found) {
    const { order } = grid;
    let count = 0;
    found.fill(0);
    search(polygon, grid, (from, to) => {
        for (let k = from; k < to; k += 1) found[order[k]] = 1;
        count += to - from;
    });
    return count;
}

/** How many points lie within: of whole cells that is known. */
export function countWithin(polygon, grid) {
    let count = 0;
    search(polygon, grid, (from, to) => (count += to - from));
    return count;
}

/** Calls `take(from, to)` for points within, in the grid's order. */
function search(polygon, grid, take) {
    if (polygon.length < 6 || grid.count === 0) return;
    const { starts, positions } = grid;
    const kinds = kindsOf(polygon, grid);
    kinds[0] = crossed; // where the points lie that have no place
    for (let cell = 0; cell < kinds.length; cell += 1) {
        if (kinds[cell] === within) take(starts[cell], starts[cell + 1]);
        if (kinds[cell] !== crossed) continue;
        for (let k = starts[cell], end = starts[cell + 1]; k < end; k += 1) {
            if (isWithin(polygon, positions[2 * k], positions[2 * k + 1])) take(k, k + 1);
        }
    }
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

/** What each cell is: within, crossed, or 0. */
function kindsOf(polygon, { side, x0, y0, acrossX, acrossY }) {
    const kinds = new Uint8Array(side * side);
    for (let row = 0; row < side; row += 1) {
        fillRow(kinds, row, side, crossings(polygon, (row + 0.5) / acrossY + y0).map((x) => (x - x0) * acrossX));
    }
    const clamp = (value) => Math.min(side - 1, Math.max(0, Math.floor(value)));
    for (let i = 0; i < polygon.length; i += 2) {
        const next = (i + 2) % polygon.length;
        let from = [(polygon[i] - x0) * acrossX, (polygon[i + 1] - y0) * acrossY];
        let to = [(polygon[next] - x0) * acrossX, (polygon[next + 1] - y0) * acrossY];
        if (from[1] > to[1]) [from, to] = [to, from];
        const slope = (to[0] - from[0]) / (to[1] - from[1] || 1e-12);
        for (let row = clamp(from[1] - 1e-3); row <= clamp(to[1] + 1e-3); row += 1) {
            const at = (height) => from[0] + slope * (Math.min(to[1], Math.max(from[1], height)) - from[1]);
            // A little wider, for what rounding may do.
            const ends = to[1] - from[1] < 1e-9 ? [from[0], to[0]] : [at(row - 1e-3), at(row + 1 + 1e-3)];
            kinds.fill(crossed, row * side + clamp(Math.min(...ends) - 1e-3), row * side + clamp(Math.max(...ends) + 1e-3) + 1);
        }
    }
    return kinds;
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
function fillRow(kinds, row, side, places) {
    for (let i = 0; i + 1 < places.length; i += 2) {
        const [first, last] = [Math.max(0, Math.ceil(places[i] - 0.5)), Math.min(side - 1, Math.floor(places[i + 1] - 0.5))];
        if (last >= first) kinds.fill(within, row * side + first, row * side + last + 1);
    }
}
