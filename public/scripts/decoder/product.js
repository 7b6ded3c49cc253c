// The matrix product that all layers are made of, in registers of four columns by two rows: plain loops over typed arrays
// that the browser's compiler turns into good code. Doubles, because converting floats takes longer than moving them.

const block = 4;

/** Columns of a product's result: rounded up to whole blocks. */
export const padded = (columns) => Math.ceil(columns / block) * block;

/** The right side, [inner, columns] as `at(inner, column)`, in the order in which `multiply` reads it. */
export function pack(inner, columns, at) {
    const packed = new Float64Array(inner * padded(columns));
    for (let column = 0; column < columns; column += 1) {
        const start = (column - (column % block)) * inner + (column % block);
        for (let i = 0; i < inner; i += 1) packed[start + i * block] = at(i, column);
    }
    return packed;
}

/** left [rows, inner] times the packed right side, into result [rows, padded(columns)]. */
export function multiply(left, rows, inner, packed, result) {
    const width = packed.length / inner;
    let row = 0;
    for (; row + 2 <= rows; row += 2) {
        const [a, b] = [row * inner, (row + 1) * inner];
        for (let column = 0; column < width; column += block) {
            let right = column * inner;
            let a0 = 0, a1 = 0, a2 = 0, a3 = 0, b0 = 0, b1 = 0, b2 = 0, b3 = 0;
            for (let i = 0; i < inner; i += 1, right += block) {
                const x = left[a + i], y = left[b + i];
                const w0 = packed[right], w1 = packed[right + 1], w2 = packed[right + 2], w3 = packed[right + 3];
                a0 += x * w0; a1 += x * w1; a2 += x * w2; a3 += x * w3;
                b0 += y * w0; b1 += y * w1; b2 += y * w2; b3 += y * w3;
            }
            put(result, row * width + column, a0, a1, a2, a3);
            put(result, (row + 1) * width + column, b0, b1, b2, b3);
        }
    }
    if (row === rows) return;
    for (let column = 0; column < width; column += block) {
        let right = column * inner;
        let a0 = 0, a1 = 0, a2 = 0, a3 = 0;
        for (let i = 0; i < inner; i += 1, right += block) {
            const x = left[row * inner + i];
            a0 += x * packed[right]; a1 += x * packed[right + 1]; a2 += x * packed[right + 2]; a3 += x * packed[right + 3];
        }
        put(result, row * width + column, a0, a1, a2, a3);
    }
}

function put(result, at, first, second, third, fourth) {
    result[at] = first;
    result[at + 1] = second;
    result[at + 2] = third;
    result[at + 3] = fourth;
}
