// Asks for a token. Loaded where the daemon wants one.

import { key } from "./access.js";
import { element } from "./dom.js";

/** Whether the person gave a token. */
export function ask(wasRefused) {
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
