// A tour of four steps for who is here for the first time: a card beside what it tells of, which hinders nothing and can be closed.

import { byId, element } from "./dom.js";
import { remember } from "./storage.js";

const steps = [
    { target: "map", title: "Everything here can be decoded", text: "Each point is an image of the test set. Move over the map, or go to it with Tab and use the arrows: at the side you see what the model draws for that place." },
    { target: "map-tools", title: "The map has modes", text: "Move about, select points with a rectangle or a lasso, put a path and see the images along it, or draw something. Each button has a letter; the line under the map says what a drag, a click and a key do." },
    { target: "tool-encode", title: "Everything can be encoded", text: "Drop a picture anywhere on the map, or choose one here: it lies where the model thinks it belongs. The sections beside it calculate with places, select, and show how the space formed." },
    { target: "tab-training", title: "Train a model and watch its space form", text: "Choose a dataset or bring one, start a job, and press “Watch it form”. The finished model opens by one click." },
];

/** shows(part) brings that part of the page to the front. `takesFocus` where the person has asked for the tour. */
export function startTour(shows, { takesFocus = true } = {}) {
    document.getElementById("tour")?.remove();
    const card = element("section", { class: "card tour", id: "tour", role: "dialog", "aria-labelledby": "tour-title", "aria-describedby": "tour-text" });
    const before = document.activeElement;
    let place = 0;

    function close() {
        remember("tour", "seen");
        mark(null);
        removeEventListener("resize", put);
        removeEventListener("scroll", put);
        document.removeEventListener("keydown", escape);
        const hadFocus = card.contains(document.activeElement);
        card.remove();
        if (hadFocus) (before?.isConnected && before !== document.body ? before : byId("help")).focus();
    }

    function escape(event) {
        if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
    }

    function go(to, focus = true) {
        if (to >= steps.length) return close();
        place = to;
        const { title, text, target } = steps[place];
        const button = (words, action, kind) => element("button", { type: "button", class: kind, text: words, on: { click: action } });
        const next = button(place + 1 < steps.length ? "Next" : "Done", () => go(place + 1), "primary");
        card.replaceChildren(
            element("h2", { id: "tour-title", text: title }), element("p", { id: "tour-text", text }),
            element("div", { class: "tour-foot" }, element("span", { class: "hint", text: `${place + 1} of ${steps.length}` }),
                button("Close", close, "quiet"), place > 0 ? button("Back", () => go(place - 1), "plain") : null, next));
        card.dataset.step = place + 1;
        shows("map");
        const aim = byId(target);
        if (aim?.matches("details")) aim.open = true;
        mark(aim);
        aim?.scrollIntoView({ block: "nearest" });
        put();
        if (focus) next.focus({ preventScroll: true });
        return undefined;
    }

    /** Beside its target where there is room, else over its lower edge; always whole on the screen. */
    function put() {
        const aim = byId(steps[place].target)?.getBoundingClientRect() ?? { left: 0, right: 0, top: 0, bottom: 0 };
        const { offsetWidth: width, offsetHeight: height } = card;
        const gap = 14;
        const isLarge = aim.right - aim.left > innerWidth / 2;
        let [left, top] = [aim.left, aim.bottom + gap];
        if (isLarge) [left, top] = [aim.left + gap, aim.bottom - height - gap];
        else if (aim.left - gap - width > 0 && aim.left > innerWidth / 2) [left, top] = [aim.left - gap - width, aim.top];
        card.style.setProperty("left", `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`);
        card.style.setProperty("top", `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`);
    }

    document.body.append(card);
    addEventListener("resize", put);
    addEventListener("scroll", put, { passive: true });
    document.addEventListener("keydown", escape);
    go(0, takesFocus);
}

function mark(target) {
    document.querySelector(".tour-target")?.classList.remove("tour-target");
    target?.classList.add("tour-target");
}
