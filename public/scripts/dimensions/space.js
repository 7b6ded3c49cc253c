// What the map shows of a latent space that is not the plane: its principal plane, or two of its dimensions. A place on the map is
// the latent nearest to `base` that lies there, so that the map is a cut through the base.

export class Space {
    /** projection: as projection.js has it, or null where it is not known; plane: two dimensions, or null for the principal plane. */
    constructor(dimension) {
        Object.assign(this, { base: new Array(dimension).fill(0), projection: null, plane: null });
    }

    placeOf(latent) {
        if (this.plane) return this.plane.map((dimension) => latent[dimension]);
        if (!this.projection) return null;
        const { rows, offset } = this.projection;
        return rows.map((row, axis) => offset[axis] + dot(row, latent));
    }

    latentAt(x, y) {
        const latent = [...this.base];
        if (this.plane) {
            [x, y].forEach((value, axis) => (latent[this.plane[axis]] = value));
            return latent;
        }
        const from = this.placeOf(latent);
        if (!from) return null;
        // The shortest way from the base to the place: along the rows, which need not be at right angles.
        const [a, b] = this.projection.rows;
        const [aa, ab, bb] = [dot(a, a) + 1e-9, dot(a, b), dot(b, b) + 1e-9];
        const [right, up] = [x - from[0], y - from[1]];
        const determinant = aa * bb - ab * ab;
        const [s, t] = [(bb * right - ab * up) / determinant, (aa * up - ab * right) / determinant];
        return latent.map((value, d) => value + s * a[d] + t * b[d]);
    }
}

export function dot(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
    return sum;
}
