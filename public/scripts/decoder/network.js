// A decoder from its configuration (as GET /v1/models/{m} has it) and its weights: one function from a latent to an image.

import { convolution, dense, flatten, reshape, transposedConvolution } from "./layers.js";

const batchNormEpsilon = 1e-3; // the family's, never a setting
const prefix = "decoder.";

/** Whether the decoder needs a tensor of this name. */
export const isNeeded = (name) => name.startsWith(prefix);

/** `decode(latent) -> Float32Array` in channel, row, column order: the likelihood's means. */
export function network(configuration, tensors) {
    const steps = [];
    let shape = { channels: configuration.latent_dimension, height: 1, width: 1 };
    configuration.decoder.forEach((settings, index) => {
        const linear = linearLayer(settings, shape, `${prefix}${index}`, tensors, configuration);
        shape = linear.output;
        steps.push(linear);
        if (settings.type !== "reshape") steps.push(activation(settings.activation ?? configuration.activation));
    });
    if (likelihoodOf(configuration) === "bernoulli") steps.push(activation("sigmoid"));
    const flat = flatten(shape);
    return (latent) => {
        let values = Float64Array.from(latent);
        for (const step of steps) values = step(values);
        return Float32Array.from(flat(values));
    };
}

function linearLayer(settings, input, name, tensors, configuration) {
    const { type, units, filters, kernel, stride = 1, padding = "same" } = settings;
    if (type === "reshape") {
        const [channels, height, width] = settings.shape;
        return reshape(input, { channels, height, width });
    }
    const { weight, bias } = normalised(settings, name, tensors, configuration);
    if (type === "dense") return dense(input, units, weight, bias);
    const isTransposed = type === "transposed_convolution";
    const margins = marginsOf(padding, input, kernel, stride, isTransposed);
    const geometry = { filters, kernel, stride, margins };
    return (isTransposed ? transposedConvolution : convolution)(input, geometry, weight, bias);
}

/** Weights and biases with the batch norm that follows them, which at inference is a scale and a shift a channel. */
function normalised({ type, activation, batch_norm: own }, name, tensors, configuration) {
    const tensor = (suffix) => {
        const found = tensors.get(`${name}.${suffix}`);
        if (!found) throw new Error(`The weights have no ${name}.${suffix}. Reload the page.`);
        return found;
    };
    const { shape, values: weight } = tensor("weight");
    const bias = tensor("bias").values;
    const isLinear = nameOf(activation ?? configuration.activation) === "none";
    if (!(own ?? (configuration.batch_norm && !isLinear))) return { weight, bias };

    const [scale, shift, mean, variance] = ["weight", "bias", "running_mean", "running_var"].map((part) => tensor(`batch_norm.${part}`).values);
    const factor = scale.map((value, i) => value / Math.sqrt(variance[i] + batchNormEpsilon));
    const taps = (shape[2] ?? 1) * (shape[3] ?? 1);
    const channelOf = type === "transposed_convolution"
        ? (i) => Math.floor(i / taps) % shape[1]
        : (i) => Math.floor(i / (shape[1] * taps));
    return {
        weight: weight.map((value, i) => value * factor[channelOf(i)]),
        bias: bias.map((value, i) => (value - mean[i]) * factor[i] + shift[i]),
    };
}

/** "same" as TensorFlow has it: the odd row or column last. */
function marginsOf(padding, { height, width }, kernel, stride, isTransposed) {
    if (typeof padding === "object") return padding;
    if (padding === "valid") return { top: 0, left: 0, bottom: 0, right: 0 };
    const total = (extent) => (isTransposed ? kernel - stride : Math.max(Math.floor((extent - 1) / stride) * stride + kernel - extent, 0));
    const [vertical, horizontal] = [total(height), total(width)];
    const [top, left] = [Math.floor(vertical / 2), Math.floor(horizontal / 2)];
    return { top, left, bottom: vertical - top, right: horizontal - left };
}

const nameOf = (choice) => (typeof choice === "string" ? choice : choice?.type ?? "leaky_relu");
const likelihoodOf = ({ likelihood }) => (likelihood === undefined ? "bernoulli" : nameOf(likelihood));

function activation(choice) {
    const slope = choice?.slope ?? 0.3;
    const each = {
        none: null,
        relu: (value) => (value > 0 ? value : 0),
        leaky_relu: (value) => (value > 0 ? value : slope * value),
        sigmoid: (value) => 1 / (1 + Math.exp(-value)),
        tanh: Math.tanh,
    }[nameOf(choice)];
    if (each === undefined) throw new Error(`The page knows no activation “${nameOf(choice)}”.`);
    if (each === null) return (values) => values;
    return (values) => {
        for (let i = 0; i < values.length; i += 1) values[i] = each(values[i]);
        return values;
    };
}
