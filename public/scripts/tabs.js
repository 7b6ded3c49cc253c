// The three parts of the page as ARIA tabs: a click or the arrow keys change the part.

import { byId } from "./dom.js";

const parts = ["map", "training", "model"];

/** `changed(part)` is called after a part is shown; `show` shows one by name (an unknown name shows the map). */
export function listenForTabs(changed) {
    const tab = (part) => byId(`tab-${part}`);

    function show(wanted, focus = false) {
        const chosen = parts.includes(wanted) ? wanted : "map";
        for (const part of parts) {
            tab(part).setAttribute("aria-selected", String(part === chosen));
            tab(part).tabIndex = part === chosen ? 0 : -1;
            byId(`panel-${part}`).hidden = part !== chosen;
        }
        if (focus) tab(chosen).focus();
        changed(chosen);
    }

    parts.forEach((part, place) => {
        tab(part).addEventListener("click", () => show(part));
        tab(part).addEventListener("keydown", (event) => {
            const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
            const end = { Home: 0, End: parts.length - 1 }[event.key];
            if (end !== undefined) show(parts[end], true);
            if (step) show(parts[(place + step + parts.length) % parts.length], true);
        });
    });
    byId("skip").addEventListener("click", (event) => {
        event.preventDefault();
        document.querySelector(".panel:not([hidden])").querySelector("[tabindex='0'], button, input, select")?.focus();
    });
    return { show };
}
