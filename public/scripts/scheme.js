// Light, dark, or as the system has it. The dark colours are a style sheet of their own; this says when it holds, before
// anything is painted, and remembers what the person chose.

import { remember, remembered } from "./storage.js";

const system = "(prefers-color-scheme: dark)";
const media = { system, light: "not all", dark: "all" };
const names = { system: "as the system has them", light: "light", dark: "dark" };
const signs = { system: "◐", light: "☀", dark: "☾" };
const sheet = document.getElementById("dark-colours");
const listeners = [];
let chosen = "system";

export const isDark = () => matchMedia(sheet.media).matches;
/** The first to listen is told first. */
export const onSchemeChange = (changed) => listeners.push(changed);

const tell = () => listeners.forEach((changed) => changed());

function use(scheme) {
    chosen = scheme in media ? scheme : "system";
    if (sheet.media !== media[chosen]) sheet.media = media[chosen];
    tell();
}

/** A button that goes from one to the next. */
export function setUpSchemeButton(button) {
    const show = () => {
        button.textContent = signs[chosen];
        button.dataset.scheme = chosen;
        button.title = `Colours: ${names[chosen]}`;
        button.setAttribute("aria-label", button.title);
    };
    button.addEventListener("click", () => {
        const all = Object.keys(media);
        use(all[(all.indexOf(chosen) + 1) % all.length]);
        remember("scheme", chosen);
        show();
    });
    show();
}

use(remembered("scheme") ?? "system");
matchMedia(system).addEventListener("change", tell);
sheet.addEventListener("load", () => isDark() && tell()); // a sheet that did not hold at first may come late
