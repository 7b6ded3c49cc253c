// The token, where the daemon asks for one: typed in once a tab, kept in sessionStorage, sent in a field and never in
// an address.

export const key = "latentd.token";
const longestSilence = 120_000;
let asked = null;
/** What was sent when the person chose to give no token: it is not asked for again until they want to. */
let declined;

export const token = () => sessionStorage.getItem(key);

/** `fetch` with the token; after a 401 once more, for as long as there is another one to try. */
export async function authorized(path, { headers = {}, ...options } = {}) {
    for (;;) {
        const sent = token();
        const authorization = sent === null ? {} : { Authorization: `Bearer ${sent}` };
        const response = await inTime(path, { ...options, headers: { ...headers, ...authorization } });
        if (response.status !== 401 || !await renewed(sent)) return response;
    }
}

/** `fetch` that fails where nothing answers: a connection that died in silence must not be waited for. A body may take its time. */
async function inTime(path, options) {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("No answer came.", "TimeoutError")), longestSilence);
    const signal = options.signal ? AbortSignal.any([options.signal, late.signal]) : late.signal;
    try {
        return await fetch(path, { ...options, signal });
    } finally {
        clearTimeout(timer);
    }
}

/** After a 401 to a request that was sent with `sent`: whether there is another token to try. */
export function renewed(sent) {
    if (token() !== sent) return Promise.resolve(true); // another request has asked meanwhile
    if (declined === sent) return Promise.resolve(false);
    asked ??= import("./access-dialog.js").then(({ ask }) => ask(sent !== null)).then((isGiven) => {
        declined = isGiven ? undefined : sent;
        return isGiven;
    }).finally(() => (asked = null));
    return asked;
}

/** The next refusal asks again. */
export const askAgain = () => (declined = undefined);
