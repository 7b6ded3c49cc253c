// The daemon's calls about jobs and datasets; like api.js, failures are an ApiError or an Unreachable.

import { json, mapAt, request } from "../api.js";

const name = encodeURIComponent;
const post = (path) => json(path, { method: "POST" });

export const description = () => json("/openapi.json");
export const dataset = (d) => json(`/v1/datasets/${name(d)}`);
export const removeDataset = (d) => request(`/v1/datasets/${name(d)}`, { method: "DELETE" });
export const sample = (d, split, index, signal) =>
    request(`/v1/datasets/${name(d)}/${split}/${index}.png`, { accept: "image/png", signal }).then((answer) => answer.blob());

/** Newest first: `{ data, has_more }`; `after` is the id of the last one that is known. */
export const jobs = (after) => json(`/v1/jobs?limit=50${after ? `&after=${name(after)}` : ""}`);
export const job = (id) => json(`/v1/jobs/${name(id)}`);
export const cancel = (id) => post(`/v1/jobs/${name(id)}/cancel`);
export const pause = (id) => post(`/v1/jobs/${name(id)}/pause`);
export const resume = (id) => post(`/v1/jobs/${name(id)}/resume`);
export const removeJob = (id) => request(`/v1/jobs/${name(id)}`, { method: "DELETE" });
/** The same key with the same body gives the same job, so that a lost answer costs nothing. */
export const submit = (body, key) => json("/v1/jobs", { method: "POST", json: body, headers: { "Idempotency-Key": key } });

/** The events of a job after the number `after`, following the pages of the list. */
export async function events(id, after = 0) {
    const all = [];
    for (let more = true, last = after; more;) {
        const page = await json(`/v1/jobs/${name(id)}/events?after=${last}`);
        all.push(...page.data);
        last = all.at(-1)?.sequence ?? last;
        more = Boolean(page.has_more) && page.data.length > 0;
    }
    return all;
}

const maps = (id) => `/v1/jobs/${name(id)}/maps`;

/** The epochs after which the job's sample was encoded, in order. */
export const mapEpochs = (id) => json(maps(id)).then((list) => list.data.map(({ epoch }) => epoch));
export const jobMap = (id, epoch) => mapAt(`${maps(id)}/${epoch}`);
/** Which images of the test part the sample is; the same for every epoch. */
export const mapIndices = (id, epoch) => json(`${maps(id)}/${epoch}`).then(({ index }) => index);
