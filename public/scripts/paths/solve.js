// A linear system whose matrix is symmetric and positive definite, by Cholesky's factors. Null where the matrix is not.

/** matrix: Float64Array [n * n], overwritten; right: [n]. */
export function solve(matrix, right) {
    const n = right.length;
    for (let column = 0; column < n; column += 1) {
        for (let row = column; row < n; row += 1) {
            let sum = matrix[row * n + column];
            for (let i = 0; i < column; i += 1) sum -= matrix[row * n + i] * matrix[column * n + i];
            if (row > column) matrix[row * n + column] = sum / matrix[column * n + column];
            else if (sum > 0) matrix[row * n + row] = Math.sqrt(sum);
            else return null;
        }
    }
    const result = Float64Array.from(right);
    for (let row = 0; row < n; row += 1) {
        for (let i = 0; i < row; i += 1) result[row] -= matrix[row * n + i] * result[i];
        result[row] /= matrix[row * n + row];
    }
    for (let row = n - 1; row >= 0; row -= 1) {
        for (let i = row + 1; i < n; i += 1) result[row] -= matrix[i * n + row] * result[i];
        result[row] /= matrix[row * n + row];
    }
    return result;
}
