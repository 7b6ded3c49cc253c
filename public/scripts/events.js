// A job's events as they happen. EventSource cannot send a token, so the stream is read by fetch; a broken one is taken
// up again after the last event that came.

import { authorized } from "./access.js";
import { ApiError } from "./api.js";

const retryAfter = 2000;
const longestSilence = 40_000; // the daemon says something every 15 seconds

/**
 * Calls `take({ type, data })` for each event of a job after the number `after`, in order, until the job has ended, which is
 * when this ends too. `signal` ends it early; `interrupted()` is called whenever the stream breaks.
 */
export async function followJob(id, { after = 0, signal, take, interrupted = () => {} }) {
    let last = after;
    while (!signal.aborted) {
        try {
            const response = await open(id, last, signal);
            if (response.status === 204) return;
            if (!response.ok) throw new ApiError(response.status, (await response.json().catch(() => ({}))).error);
            for await (const event of read(response.body, signal)) {
                if (event.id) last = Number(event.id);
                take({ type: event.type, data: event.data.data ?? event.data });
            }
            // An ended stream is an ended job, or a daemon that stops: asking once more tells which.
        } catch (error) {
            if (signal.aborted) return;
            if (error instanceof ApiError && ![429, 503].includes(error.status)) throw error;
            interrupted();
        }
        await new Promise((done) => setTimeout(done, retryAfter));
    }
}

const open = (id, last, signal) => authorized(`/v1/jobs/${encodeURIComponent(id)}/events`, {
    signal, headers: { Accept: "text/event-stream", ...(last ? { "Last-Event-ID": String(last) } : {}) },
});

/** The events of a stream (https://html.spec.whatwg.org/multipage/server-sent-events.html), with JSON as data. */
async function* read(body, signal) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
        const { done, value } = await inTime(reader.read(), reader);
        if (done || signal.aborted) return;
        text += value;
        const blocks = text.split("\n\n");
        text = blocks.pop();
        for (const block of blocks) {
            const fields = { event: "message", data: "" };
            for (const line of block.split("\n")) {
                const colon = line.indexOf(":");
                if (colon > 0) fields[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
            }
            if (fields.data) yield { type: fields.event, id: fields.id, data: JSON.parse(fields.data) };
        }
    }
}

function inTime(promise, reader) {
    let timer = 0;
    const late = new Promise((_, failed) => {
        timer = setTimeout(() => {
            reader.cancel().catch(() => {});
            failed(new Error("The stream is silent."));
        }, longestSilence);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
