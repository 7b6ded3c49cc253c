// The daemon's HTTP API, one function a call. Every failure is an ApiError (the daemon said no)
// or an Unreachable (it said nothing); nothing here touches the page, but that access.js may ask for a token.

import { authorized } from "./access.js";

export class ApiError extends Error {
    constructor(status, { code = "unknown", message = "", parameter = null } = {}) {
        super(message || `The daemon answered with status ${status}.`);
        Object.assign(this, { status, code, parameter });
    }
}

export class Unreachable extends Error {
    constructor() {
        super("The daemon does not answer.");
    }
}

const name = encodeURIComponent;
const binary = "application/octet-stream";

export async function request(path, { method = "GET", json, body, type, accept = "application/json", signal, headers: more = {} } = {}) {
    const headers = { Accept: accept, ...more };
    if (json !== undefined) {
        body = JSON.stringify(json);
        type = "application/json";
    }
    if (type) headers["Content-Type"] = type;
    let response;
    try {
        response = await authorized(path, { method, headers, body, signal });
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Unreachable();
    }
    if (response.ok) return response;
    let described;
    try {
        described = (await response.json()).error;
    } catch {
        described = undefined;
    }
    throw new ApiError(response.status, described);
}

/** A body that breaks off is a daemon that is gone. */
async function whole(body) {
    try {
        return await body;
    } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new Unreachable();
    }
}

export async function json(path, options) {
    const response = await request(path, options);
    return whole(response.json());
}

const shapeOf = (response) => (response.headers.get("X-Shape") ?? "").split(",").map(Number);

export const health = () => request("/healthz").then(() => true);
export const models = () => json("/v1/models").then((list) => list.data);
export const model = (m) => json(`/v1/models/${name(m)}`);
export const metrics = (m) => json(`/v1/models/${name(m)}/metrics`).then((list) => list.data);

/** The epochs of a model's training, asked for once. */
export const recordsOf = (model) => (model.records ??= metrics(model.name));

export const datasets = () => json("/v1/datasets").then((list) => list.data);
export const jobs = () => json("/v1/jobs").then((list) => list.data);

/**
 * The encoded test set: `{ positions: Float32Array [n * 2], labels: Uint8Array [n], epoch }`; label 255 is none. `axes` are two
 * dimensions, where the daemon offers them.
 */
export function map(m, epoch, axes) {
    const fields = new URLSearchParams({ ...(epoch === undefined ? {} : { epoch }), ...(axes ? { axes: axes.join(",") } : {}) });
    const query = fields.size > 0 ? `?${fields}` : "";
    return mapAt(`/v1/models/${name(m)}/map${query}`);
}

/** A map wherever there is one: a model's, or a job's. */
export async function mapAt(path) {
    const response = await request(path, { accept: binary });
    const [count] = shapeOf(response);
    const bytes = await whole(response.arrayBuffer());
    if (!(count >= 0) || bytes.byteLength !== count * 9) {
        throw new ApiError(502, { message: "The map that the daemon sent is incomplete. Reload the page." });
    }
    return {
        positions: new Float32Array(bytes, 0, count * 2),
        labels: new Uint8Array(bytes, count * 8, count),
        epoch: Number(response.headers.get("X-Epoch")) || null,
    };
}

/** What the daemon says of itself, since asking for what is not there is an error. */
const described = () => {
    description ??= json("/openapi.json").then(({ paths }) => paths, () => ({}));
    return description;
};
let description;

/** Whether it gives a model's weights. */
export const offersWeights = async () => "/v1/models/{model}/weights" in await described();

const mapTakes = async (field) =>
    ((await described())["/v1/models/{model}/map"]?.get?.parameters ?? []).some((parameter) => parameter.name === field);

/** Whether it gives a number for each point of a map, and a map of two dimensions. */
export const offersMapValues = () => mapTakes("values");
export const offersAxes = () => mapTakes("axes");

/** A number for each point of a map: kind "loss" or "kl". */
export async function mapValues(m, kind, count) {
    const response = await patiently(() => request(`/v1/models/${name(m)}/map?values=${kind}`, { accept: binary }));
    const bytes = await whole(response.arrayBuffer());
    if (bytes.byteLength !== 4 * count) {
        throw new ApiError(502, { message: "The numbers that the daemon sent do not fit the map. Reload the page." });
    }
    return new Float32Array(bytes);
}

/** Asks again, for a minute, what is being worked out for somebody else. */
async function patiently(ask, left = 60) {
    try {
        return await ask();
    } catch (error) {
        if (error.code !== "losses_computing" || left === 0) throw error;
        await new Promise((resolve) => setTimeout(resolve, 1000));
        return patiently(ask, left - 1);
    }
}

/** A model's weights: the bytes of its safetensors file. */
export const weights = async (m) => {
    const response = await request(`/v1/models/${name(m)}/weights`, { accept: "*/*" });
    return whole(response.arrayBuffer());
};

/** Decodes latents to `{ shape: [n, channels, height, width], values: Float32Array }`. */
export async function decode(m, latents, signal) {
    const response = await request(`/v1/models/${name(m)}/decode`, {
        method: "POST", json: { latents }, accept: binary, signal,
    });
    const shape = shapeOf(response);
    return { shape, values: new Float32Array(await whole(response.arrayBuffer())) };
}

const pixels = (m, verb, bytes, shape, accept, signal) => [`/v1/models/${name(m)}/${verb}`, {
    method: "POST", body: bytes, type: binary, accept, signal, headers: { "X-Shape": shape.join(","), "X-Dtype": "u8" },
}];

/** terms: [{ weight, point }], points as the API has them. The sum, decoded, and where it lies. */
export const arithmetic = (m, terms, nearest) =>
    json(`/v1/models/${name(m)}/arithmetic`, { method: "POST", json: { terms, nearest } });

export const vectors = (m) => json(`/v1/models/${name(m)}/vectors`).then((list) => list.data);
/** made: `{ latent }` or `{ from, to }`, two lists of points. */
export const putVector = (m, vector, made) =>
    json(`/v1/models/${name(m)}/vectors/${name(vector)}`, { method: "PUT", json: made });
export const deleteVector = (m, vector) => request(`/v1/models/${name(m)}/vectors/${name(vector)}`, { method: "DELETE" });

/** Encodes a point that is a sample: `{ mean: [[...]], log_variance: [[...]] }`. */
export const encodePoint = (m, point) => json(`/v1/models/${name(m)}/encode`, { method: "POST", json: point });

/** The posterior of one image, given as `reconstruct` takes it: `{ mean, logVariance }`. */
export const posterior = (m, bytes, shape) => json(...pixels(m, "encode", bytes, shape))
    .then(({ mean: [mean], log_variance: [logVariance] }) => ({ mean, logVariance }));

/** One image decoded from its posterior's mean, with both parts of its loss in nats. */
export const reconstruction = (m, bytes, shape) => json(...pixels(m, "reconstruct", bytes, shape)).then((answer) => ({
    values: Float32Array.from(answer.images[0].flat(Infinity)), reconstruction: answer.reconstruction_loss[0], divergence: answer.kl_divergence[0],
}));

/** The encoded samples nearest to a point: `{ nearest: [{ index, label, distance }], ... }`. */
export const nearest = (m, point, count) => json(`/v1/models/${name(m)}/nearest`, { method: "POST", json: { point, count } });

/** Images as bytes 0...255, [n, channels, height, width], encoded and decoded again; an answer like `decode`'s. */
export async function reconstruct(m, bytes, shape, signal) {
    const response = await request(...pixels(m, "reconstruct", bytes, shape, binary, signal));
    return { shape: shapeOf(response), values: new Float32Array(await whole(response.arrayBuffer())) };
}

/** One image of a dataset, as the PNG that it is. */
export const sampleImage = (dataset, split, index, signal) =>
    request(`/v1/datasets/${name(dataset)}/${split}/${index}.png`, { accept: "image/png", signal }).then((response) => whole(response.blob()));

/** The decoded grid as a blob: columns x rows latents, evenly from x0 to x1 and (bottom to top) y0 to y1, ends included. */
export async function manifold(m, { columns, rows, x0, x1, y0, y1 }, signal) {
    const query = new URLSearchParams({ columns, rows, x0, x1, y0, y1 });
    const response = await request(`/v1/models/${name(m)}/manifold.png?${query}`, { accept: "image/png", signal });
    return whole(response.blob());
}
