// The token, where the daemon asks for one: typed in once a tab, kept in sessionStorage, sent in a field and never in
// an address.

import { element } from "./dom.js";

const key = "latentd.token";
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
    asked ??= ask(sent !== null).then((isGiven) => {
        declined = isGiven ? undefined : sent;
        return isGiven;
    }).finally(() => (asked = null));
    return asked;
}

/** The next refusal asks again. */
export const askAgain = () => (declined = undefined);

/** Whether the person gave a token. */
function ask(wasRefused) {
    const field = element("input", {
        type: "password", id: "access-token", required: true, pattern: "[!-~]+", autocomplete: "off", autofocus: true,
    });
    const text = wasRefused
        ? "The daemon does not know this token. It may have been revoked."
        : "This daemon asks for a token. Whoever runs it makes one with “latentd token create”.";
    const dialog = element("dialog", { class: "card access", id: "access", "aria-labelledby": "access-title" },
        element("form", { method: "dialog" },
            element("h2", { id: "access-title", text: "Token" }),
            element("p", { class: "hint", id: "access-text", text }),
            element("label", { class: "field" }, element("span", { text: "Token" }), field),
            element("button", { type: "submit", class: "primary", value: "given", text: "Go on" })));
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            const typed = field.value.trim();
            const isGiven = dialog.returnValue === "given" && typed !== "";
            if (isGiven) sessionStorage.setItem(key, typed);
            dialog.remove();
            resolve(isGiven);
        }, { once: true });
    });
}
