// The other model's map, beside the first: the same filter, colours and selection, and the same sample under the cursor of either.

import { byId, element } from "../dom.js";
import { listenForGestures } from "../gestures.js";
import { MapView } from "../map-view.js";
import { selectionModes } from "../selection/modes.js";
import { drawRing } from "./ring.js";
import { SampleCard } from "./sample-card.js";

const linked = ["selected", "showsOthers", "colouring", "showNames", "showPrior", "names"];

export class SecondMap {
    /** page: the map page. Made once, and shown again for each model. */
    constructor(page) {
        Object.assign(this, { page, first: page.view, sample: -1 });
        this.names = [0, 1].map(() => element("p", { class: "map-name" }));
        this.frame = element("div", { class: "map-frame", id: "map-2", tabindex: 0, role: "application", "aria-describedby": "map-keys" },
            ...["paper", "points", "marks"].map((name) => element("canvas", { class: name, "aria-hidden": "true" })), this.names[1]);
        this.first.frame.append(this.names[0]);
        byId("maps").append(this.frame);
        this.view = new MapView(this.frame);
        this.view.visible = this.first.visible;
        this.card = new SampleCard(page);
        for (const view of [this.first, this.view]) view.layers.push((context, viewport) => drawRing(context, viewport, view.cloud, this.sample));
        this.link();
        this.listen();
    }

    show(model, cloud) {
        this.model = model;
        this.names[0].textContent = this.page.model.name;
        this.names[1].textContent = model.name;
        this.frame.setAttribute("aria-label", `Latent map of ${model.name}`);
        for (const node of [this.frame, ...this.names]) node.hidden = false;
        this.card.use(this.page.model, model, this.page.cloud, cloud);
        this.view.show(cloud, this.first.names);
        this.frame.dataset.points = cloud.count;
        this.sync();
        this.view.fit();
    }

    hide() {
        this.point(-1);
        this.model = null;
        for (const node of [this.frame, ...this.names]) node.hidden = true;
        this.card.use(null);
    }

    /** What the first map is drawn with holds for the second. */
    link() {
        this.first.addEventListener("drawn", () => this.model && this.sync());
    }

    sync() {
        const { first, view } = this;
        const filter = first.visible.join();
        const isSame = filter === this.filter && first.frame.dataset.mode === this.frame.dataset.mode && linked.every((name) => first[name] === view[name]);
        if (isSame) return;
        this.filter = filter;
        for (const name of linked) view[name] = first[name];
        this.frame.dataset.mode = first.frame.dataset.mode;
        this.frame.style.cursor = first.frame.style.cursor;
        view.requestFrame();
    }

    listen() {
        const { page, view, first } = this;
        const over = (one) => (x, y) => this.model && this.point(one.cloud?.nearest(x, y, one.visible) ?? -1);
        const leave = () => this.point(-1);
        const operation = () => document.querySelector("input[name=selection-operation]:checked")?.value ?? "new";
        const selection = {
            get cloud() {
                return view.cloud;
            },
            apply: (kind, polygon) => page.selection.apply(kind, polygon, view.cloud),
            clear: () => page.selection.clear(),
        };
        const modes = selectionModes(view, selection, operation, () => page.sections.open("selection"));
        const tools = {
            get active() {
                return modes.find(({ name }) => name === page.tools.active.name) ?? {};
            },
            press(key, spot) {
                if (this.active.press?.(key, spot)) return true;
                const named = page.tools.modes.find((mode) => mode.key === key.toLowerCase());
                if (named) page.tools.choose(named.name);
                return named !== undefined;
            },
        };
        listenForGestures(view, tools, { point: over(view), leave, pick: over(view), reset: () => view.fit() });
        first.frame.addEventListener("pointermove", (event) => {
            const box = first.frame.getBoundingClientRect();
            over(first)(...first.viewport.toLatent(event.clientX - box.left, event.clientY - box.top));
        });
        first.frame.addEventListener("pointerleave", leave);
        first.frame.addEventListener("keydown", ({ target }) => target === first.frame && over(first)(first.viewport.x, first.viewport.y));
    }

    /** The sample that both maps point out; -1 is none. */
    point(sample) {
        if (sample === this.sample) return;
        this.sample = sample;
        this.frame.dataset.sample = sample;
        for (const view of [this.first, this.view]) view.requestOverlay();
        if (sample >= 0) this.card.show(sample);
    }
}
