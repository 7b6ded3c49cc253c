// Selecting on the map: the two modes, what is selected, and the section beside the map, which is loaded when it is opened.

import { byId } from "../dom.js";
import { settled } from "../latest.js";
import { isMissing } from "../missing.js";
import { selectionModes } from "./modes.js";
import { Selection } from "./selection.js";

const pause = 50; // milliseconds

/** The points as a selection's steps name them, or null where they are not known yet. What cannot be had any more is selected no more. */
async function cloudOf(plane, page) {
    const { cloud } = page;
    if (plane === "") return cloud;
    const [source, where] = sourceOf(plane, page);
    try {
        return await source();
    } catch (error) {
        if (page.cloud !== cloud || page.frames === null) return null; // nothing is known of what opens
        if (!isMissing(error)) throw error;
        page.selection.forget(plane);
        page.report(new Error(`What was selected ${where} is not selected any more. ${error.message}`));
        return null;
    }
}

/** What promises the points that a step names, and where that is, in words. */
function sourceOf(plane, page) {
    const name = plane.slice(1);
    if (plane.startsWith("=")) return [() => page.compare.load(name), `on the map of ${name}`];
    if (plane.startsWith("e")) return [() => page.frames?.cloudAt(Number(name), page.cloud) ?? null, `at epoch ${name}`];
    return [() => page.dimensions.cloudOf(plane), `on dimensions ${plane.replace(".", " and ")}`];
}

/** page: the map page, with its view, address, tools, sections, samples and report. */
export function setUpSelection(page) {
    const selection = new Selection(page.view, page.address, (plane) => cloudOf(plane, page));
    const badge = byId("selection-badge");
    let panel = null;

    // After the frame that shows it on the map, and once where regions follow one another.
    const tell = settled(pause, () => {
        const count = selection.indices.length;
        badge.hidden = selection.mask === null;
        badge.textContent = count.toLocaleString("en");
        badge.dataset.count = count;
        panel?.refresh();
    });
    selection.addEventListener("change", () => requestAnimationFrame(tell));
    selection.addEventListener("wait", () => selection.resolve().catch(page.report));
    const operation = () => document.querySelector("input[name=selection-operation]:checked")?.value ?? "new";
    for (const mode of selectionModes(page.view, selection, operation, () => page.sections.open("selection"))) page.tools.add(mode);
    page.sections.whenOpened("selection", async () => {
        try {
            const { SelectionPanel } = await import("./panel.js");
            panel = new SelectionPanel(byId("selection-panel"), selection, page);
            panel.refresh();
        } catch (error) {
            page.report(error);
            throw error; // to be called again
        }
    });
    return selection;
}
