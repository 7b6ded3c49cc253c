// The mode that puts points of the map into the tray: a click, Enter, or dragging one over there. Where no point is near, the
// place itself is taken.

import { byId, element, figure } from "../dom.js";

const reach = 16;

export function takeMode(page, take) {
    const { view } = page;
    let carried = null; // { term, ghost }

    const termAt = ({ x, y }) => {
        const index = view.cloud ? view.cloud.nearest(x, y, view.visible) : -1;
        const [left, up] = index < 0 ? [Infinity, 0] : [view.cloud.positions[2 * index] - x, view.cloud.positions[2 * index + 1] - y];
        if (Math.hypot(left, up) * view.viewport.scale <= reach) return { kind: "sample", index };
        const latent = page.latentAt?.(x, y) ?? null;
        return latent && { kind: "latent", latent };
    };
    const nameOf = (term) => (term.kind === "sample"
        ? `${page.labelName(view.cloud.labels[term.index])} (test image ${term.index})`
        : term.latent.slice(0, 3).map((value) => figure(value)).join(", "));
    const drop = () => {
        carried?.ghost.remove();
        byId("tool-tray").classList.remove("dropping");
        carried = null;
    };
    const takeFrom = (spot) => {
        const term = termAt(spot);
        if (term) take(term);
    };
    /** The section of the tray, if the pointer is over it. */
    const target = ({ left, top }) => {
        const box = view.frame.getBoundingClientRect();
        return document.elementFromPoint(box.left + left, box.top + top)?.closest("#tool-tray") ?? null;
    };

    return {
        name: "take", label: "Take points into the tray", key: "t", cursor: "copy",
        icon: "M8 1.5v8M5 6.5l3 3 3-3M2 10v3.5h12V10",
        hint: "Click a point or drag it to the tray; where there is none, the place is taken. On the keyboard: Enter takes what is in the middle.",
        begin(spot) {
            const term = termAt(spot);
            if (term) carried = { term, ghost: element("div", { class: "carried", text: nameOf(term) }) };
        },
        move(spot) {
            if (!carried) return;
            const box = view.frame.getBoundingClientRect();
            if (!carried.ghost.isConnected) document.body.append(carried.ghost);
            const left = Math.min(box.left + spot.left + 12, innerWidth - carried.ghost.offsetWidth - 4);
            carried.ghost.style.translate = `${left}px ${box.top + spot.top + 12}px`;
            byId("tool-tray").classList.toggle("dropping", target(spot) !== null);
        },
        end(spot) {
            if (carried && target(spot)) take(carried.term);
            drop();
        },
        cancel: drop, left: drop, click: takeFrom,
        press(key, spot) {
            if (key !== "Enter") return false;
            takeFrom(spot);
            return true;
        },
    };
}
