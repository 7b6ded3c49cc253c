// The points in the order of a grid over them, row by row: what is near on the map is near in memory, a view of a part reads only
// that part, and the nearest point is looked for around the place alone.

const pointsEach = 16;
const mostSide = 256;

export class Grid {
    /** positions: Float32Array [n * 2]. Points that are not finite lie in the first cell and are found by nobody. */
    constructor(positions) {
        const count = positions.length / 2;
        this.side = Math.max(1, Math.min(mostSide, Math.floor(Math.sqrt(count / pointsEach))));
        this.box = boxAround(positions);
        const { x0, x1, y0, y1 } = this.box ?? { x0: 0, x1: 0, y0: 0, y1: 0 };
        // A hair less than the side, so that the last point is in the last cell; of points in a line all are in one.
        const each = (length) => (length > 0 ? (this.side * 0.999999) / length : 0);
        Object.assign(this, { count, x0, y0, acrossX: each(x1 - x0), acrossY: each(y1 - y0) });
        this.sort(positions);
    }

    sort(positions) {
        const { side, count, x0, y0, acrossX, acrossY } = this;
        const cells = new Uint32Array(count);
        const starts = new Uint32Array(side * side + 1);
        for (let i = 0; i < count; i += 1) {
            const column = ((positions[2 * i] - x0) * acrossX) | 0;
            const row = ((positions[2 * i + 1] - y0) * acrossY) | 0;
            const cell = row * side + column;
            const within = cell >= 0 && cell < side * side ? cell : 0;
            cells[i] = within;
            starts[within + 1] += 1;
        }
        for (let cell = 0; cell < side * side; cell += 1) starts[cell + 1] += starts[cell];
        const next = starts.slice();
        const sorted = new Float32Array(2 * count);
        const order = new Uint32Array(count);
        for (let i = 0; i < count; i += 1) {
            const place = next[cells[i]];
            next[cells[i]] = place + 1;
            order[place] = i;
            sorted[2 * place] = positions[2 * i];
            sorted[2 * place + 1] = positions[2 * i + 1];
        }
        /** positions in the grid's order; order[k]: which point the k-th is; starts[cell]: the cell's first. */
        Object.assign(this, { positions: sorted, order, starts });
    }

    /** Calls `visit(from, to)` for the runs of points whose cells touch the window `{ x0, x1, y0, y1 }`. */
    within(window, visit) {
        const last = this.side - 1;
        const cell = (value, origin, across) => Math.floor((value - origin) * across);
        const [left, right] = [cell(window.x0, this.x0, this.acrossX), cell(window.x1, this.x0, this.acrossX)];
        const [bottom, top] = [cell(window.y0, this.y0, this.acrossY), cell(window.y1, this.y0, this.acrossY)];
        if (this.count === 0 || right < 0 || top < 0 || left > last || bottom > last) return;
        const [first, end] = [Math.max(0, left), Math.min(last, right) + 1];
        if (first === 0 && end > last) {
            visit(this.starts[Math.max(0, bottom) * this.side], this.starts[(Math.min(last, top) + 1) * this.side]);
            return;
        }
        for (let row = Math.max(0, bottom); row <= Math.min(last, top); row += 1) {
            visit(this.starts[row * this.side + first], this.starts[row * this.side + end]);
        }
    }

    /** The nearest point that `accepts(i)`, or -1: squares around the place, twice as large each time, until none can be nearer. */
    nearest(x, y, accepts) {
        const { x0, x1, y0, y1 } = this.box ?? { x0: 0, x1: 0, y0: 0, y1: 0 };
        const outside = Math.max(x0 - x, x - x1, y0 - y, y - y1, 0);
        const farthest = Math.hypot(Math.max(x - x0, x1 - x), Math.max(y - y0, y1 - y));
        let reach = outside + Math.max(x1 - x0, y1 - y0, 1e-6) / this.side;
        for (;;) {
            let best = -1;
            let least = Infinity;
            this.within({ x0: x - reach, x1: x + reach, y0: y - reach, y1: y + reach }, (from, to) => {
                for (let k = from; k < to; k += 1) {
                    const right = this.positions[2 * k] - x;
                    const up = this.positions[2 * k + 1] - y;
                    const distance = right * right + up * up;
                    if (distance < least && accepts(this.order[k])) [best, least] = [this.order[k], distance];
                }
            });
            if (least <= reach * reach || !(reach < farthest)) return best;
            reach *= 2;
        }
    }
}

/** The box around the finite points, or null where there is none. */
function boxAround(positions) {
    let [x0, x1, y0, y1] = [Infinity, -Infinity, Infinity, -Infinity];
    for (let i = 0; i < positions.length; i += 2) {
        const x = positions[i];
        const y = positions[i + 1];
        if (!(Math.abs(x) < Infinity && Math.abs(y) < Infinity)) continue;
        if (x < x0) x0 = x;
        if (x > x1) x1 = x;
        if (y < y0) y0 = y;
        if (y > y1) y1 = y;
    }
    return x0 <= x1 ? { x0, x1, y0, y1 } : null;
}
