// Words of the document onto the page: paragraphs, and code between backticks.

import { element } from "../dom.js";

export const paragraphs = (text = "") =>
    text.split(/\n\s*\n/).filter((part) => part.trim() !== "").map((part) => element("p", {}, ...inline(part)));

export const inline = (text = "") => text.split(/(`[^`]+`)/).filter((part) => part !== "").map((part) =>
    part.length > 2 && part.startsWith("`") && part.endsWith("`") ? element("code", { text: part.slice(1, -1) }) : part);

/** Text as it is, in a box that the keyboard can scroll. */
export const codeBox = (text, label) => element("pre", { tabindex: "0", role: "region", "aria-label": label }, element("code", { text }));

/** A disclosure that is filled when it is opened for the first time. */
export function disclosure(attributes, summary, fill) {
    const details = element("details", attributes, summary);
    const open = () => {
        if (!details.open) return;
        details.removeEventListener("toggle", open);
        details.append(...fill());
    };
    details.addEventListener("toggle", open);
    return details;
}
