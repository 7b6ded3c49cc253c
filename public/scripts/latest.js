// Latest request wins: at most one call in flight, and of those that wait only the newest.

/** Wraps an async `work(input)`; call the result as often as you like, `done` sees the answers, `failed` the errors. */
export function latest(work, done, failed) {
    let busy = false;
    let pending = null;
    let generation = 0;

    async function run(input) {
        busy = true;
        const started = generation;
        try {
            const output = await work(input);
            if (started === generation) done(output, input);
        } catch (error) {
            if (started === generation) failed(error, input);
        } finally {
            busy = false;
            if (pending) {
                const [next] = pending;
                pending = null;
                run(next);
            }
        }
    }

    function ask(input) {
        if (busy) pending = [input];
        else run(input);
    }
    /** Forgets what waits and ignores what is under way. */
    ask.forget = () => {
        generation += 1;
        pending = null;
    };
    return ask;
}

/** Calls `work` once `milliseconds` have passed without another call. */
export function settled(milliseconds, work) {
    let timer = 0;
    return (...input) => {
        clearTimeout(timer);
        timer = setTimeout(() => work(...input), milliseconds);
    };
}
