// The token, where the daemon asks for one: typed in once a tab, kept in sessionStorage, sent in a field and never in
// an address.

import { byId } from "./dom.js";

const key = "latentd.token";
let asked = null;

export const token = () => sessionStorage.getItem(key);

/** After a 401 to a request that was sent with `sent`: whether there is another token to try. */
export function renew(sent) {
    if (token() !== sent) return Promise.resolve(true); // another request has asked meanwhile
    asked ??= ask(sent !== null).finally(() => (asked = null));
    return asked;
}

/** Whether the person gave a token. */
function ask(wasRefused) {
    const dialog = byId("access");
    const field = byId("access-token");
    byId("access-text").textContent = wasRefused
        ? "The daemon does not know this token. It may have been revoked."
        : "This daemon asks for a token. Whoever runs it makes one with “latentd token create”.";
    field.value = "";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            const typed = field.value.trim();
            field.value = "";
            const isGiven = dialog.returnValue === "given" && typed !== "";
            if (isGiven) sessionStorage.setItem(key, typed);
            resolve(isGiven);
        }, { once: true });
    });
}
