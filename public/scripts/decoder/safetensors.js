// The file of a checkpoint's weights, read: https://huggingface.co/docs/safetensors. Whatever does not fit is an error.

const readers = {
    F32: [4, (view, at) => view.getFloat32(at, true)],
    F64: [8, (view, at) => view.getFloat64(at, true)],
    F16: [2, (view, at) => half(view.getUint16(at, true))],
};

/** The tensors by name: `{ shape, values: Float64Array }`, for those whose name `wanted` accepts. */
export function readTensors(buffer, wanted = () => true) {
    const unreadable = new Error("The weights that the daemon sent cannot be read. Turn the switch on again.");
    try {
        const length = Number(new DataView(buffer).getBigUint64(0, true));
        const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
        const tensors = new Map();
        for (const [name, { dtype, shape, data_offsets: offsets }] of Object.entries(header)) {
            if (name === "__metadata__" || !wanted(name)) continue;
            const [size, read] = readers[dtype];
            const count = shape.reduce((product, extent) => product * extent, 1);
            const data = new DataView(buffer, 8 + length + offsets[0], offsets[1] - offsets[0]);
            if (data.byteLength !== count * size) throw unreadable;
            tensors.set(name, { shape, values: Float64Array.from({ length: count }, (_, i) => read(data, i * size)) });
        }
        return tensors;
    } catch {
        throw unreadable;
    }
}

function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : (2 ** -14 * fraction) / 1024);
}
