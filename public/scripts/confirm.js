// Asks before something is lost. The button that keeps everything as it is has the focus.

import { element } from "./dom.js";

/** Whether the person wants it. `action` is the words on the button that does it. */
export function confirmed({ title, text, action, keep = "Keep it" }) {
    const dialog = element("dialog", { class: "card access", id: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-text" },
        element("form", { method: "dialog" },
            element("h2", { id: "confirm-title", text: title }),
            element("p", { id: "confirm-text", text }),
            element("div", { class: "dialog-buttons" },
                element("button", { type: "submit", class: "plain", value: "keep", autofocus: true, text: keep }),
                element("button", { type: "submit", class: "danger", id: "confirm-yes", value: "yes", text: action }))));
    const before = document.activeElement;
    document.body.append(dialog);
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            dialog.remove();
            if (before?.isConnected) before.focus();
            resolve(dialog.returnValue === "yes");
        }, { once: true });
    });
}
