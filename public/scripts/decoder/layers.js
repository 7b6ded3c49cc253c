// The kinds of layers that a decoder may have. Each is made once, with its weights in the order in which they are needed,
// and then is a function of an image, channels last. Shapes are { channels, height, width }.

import { multiply, pack, padded } from "./product.js";

/** weight [units, inputs], bias [units]; an image before it is flattened in channel, row, column order. */
export function dense(input, units, weight, bias) {
    const inputs = count(input);
    const packed = pack(inputs, units, (i, unit) => weight[unit * inputs + i]);
    const result = new Float64Array(padded(units));
    const output = result.subarray(0, units);
    const flat = flatten(input);
    return layer({ channels: units, height: 1, width: 1 }, (values) => {
        multiply(flat(values), 1, inputs, packed, result);
        for (let unit = 0; unit < units; unit += 1) output[unit] += bias[unit];
        return output;
    });
}

/** weight [filters, channels, kernel, kernel]; `margins` are zeros around the image. */
export function convolution(input, { filters, kernel, stride, margins: { top, left, bottom, right } }, weight, bias) {
    const { channels, height, width } = input;
    const rows = Math.floor((height + top + bottom - kernel) / stride) + 1;
    const columns = Math.floor((width + left + right - kernel) / stride) + 1;
    const inner = kernel * kernel * channels;
    const taps = kernel * kernel;
    const packed = pack(inner, filters, (i, filter) => weight[(filter * channels + (i % channels)) * taps + Math.floor(i / channels)]);
    const patches = new Float64Array(rows * columns * inner);
    const result = new Float64Array(rows * columns * padded(filters));
    const output = new Float64Array(rows * columns * filters);
    return layer({ channels: filters, height: rows, width: columns }, (values) => {
        let at = 0;
        for (let place = 0; place < rows * columns; place += 1) {
            for (let tap = 0; tap < taps; tap += 1, at += channels) {
                const y = Math.floor(place / columns) * stride - top + Math.floor(tap / kernel);
                const x = (place % columns) * stride - left + (tap % kernel);
                if (y < 0 || x < 0 || y >= height || x >= width) continue; // stays zero
                const from = (y * width + x) * channels;
                for (let channel = 0; channel < channels; channel += 1) patches[at + channel] = values[from + channel];
            }
        }
        multiply(patches, rows * columns, inner, packed, result);
        for (let place = 0; place < rows * columns; place += 1) {
            for (let filter = 0; filter < filters; filter += 1) {
                output[place * filters + filter] = result[place * padded(filters) + filter] + bias[filter];
            }
        }
        return output;
    });
}

/** weight [channels, filters, kernel, kernel]; `margins` are cut off the full result. */
export function transposedConvolution(input, { filters, kernel, stride, margins: { top, left, bottom, right } }, weight, bias) {
    const { channels, height, width } = input;
    const rows = (height - 1) * stride + kernel - top - bottom;
    const columns = (width - 1) * stride + kernel - left - right;
    const taps = kernel * kernel;
    const packed = pack(channels, taps * filters, (channel, i) =>
        weight[(channel * filters + (i % filters)) * taps + Math.floor(i / filters)]);
    const spread = padded(taps * filters);
    const result = new Float64Array(height * width * spread);
    const output = new Float64Array(rows * columns * filters);
    return layer({ channels: filters, height: rows, width: columns }, (values) => {
        multiply(values, height * width, channels, packed, result);
        for (let i = 0; i < output.length; i += filters) output.set(bias, i);
        for (let place = 0; place < height * width; place += 1) {
            for (let tap = 0; tap < taps; tap += 1) {
                const y = Math.floor(place / width) * stride - top + Math.floor(tap / kernel);
                const x = (place % width) * stride - left + (tap % kernel);
                if (y < 0 || x < 0 || y >= rows || x >= columns) continue;
                const from = place * spread + tap * filters;
                const to = (y * columns + x) * filters;
                for (let filter = 0; filter < filters; filter += 1) output[to + filter] += result[from + filter];
            }
        }
        return output;
    });
}

/** The values in channel, row, column order, seen as an image of another shape. */
export function reshape(input, output) {
    const flat = flatten(input);
    const image = permute(count(output), output.height * output.width, output.channels);
    return layer(output, (values) => image(flat(values)));
}

/** An image from channels last to channels first. */
export const flatten = ({ channels, height, width }) => permute(channels * height * width, channels, height * width);

const layer = (output, run) => Object.assign(run, { output });
const count = ({ channels, height, width }) => channels * height * width;

/** Transposes what has `columns` columns into what has `rows` of them. */
function permute(size, rows, columns) {
    if (rows === 1 || columns === 1) return (values) => values;
    const result = new Float64Array(size);
    return (values) => {
        for (let i = 0, at = 0; i < rows; i += 1) {
            for (let j = 0; j < columns; j += 1, at += 1) result[at] = values[j * rows + i];
        }
        return result;
    };
}
