// Which part of the map is looked at: it lives in the address, unless all is shown; and the buttons that change it.

import { byId } from "./dom.js";

export class Framing {
    /** `isNamed()`: whether what is looked at is what the address names, so that its view belongs there. */
    constructor(view, address, isNamed) {
        Object.assign(this, { view, address, unsized: false });
        const zoom = (factor) => () => view.move((viewport) => viewport.zoom(factor));
        byId("zoom-in").addEventListener("click", zoom(1.5));
        byId("zoom-out").addEventListener("click", zoom(1 / 1.5));
        byId("zoom-fit").addEventListener("click", () => view.fit());
        view.addEventListener("resized", () => this.unsized && this.restore());
        view.addEventListener("viewchange", () => {
            const { x, y, scale } = view.viewport;
            if (isNamed() && !this.unsized) address.set("view", view.fitted ? null : [x, y, scale]);
        });
        this.restore(); // the address may be another than that of the first map
    }

    restore() {
        // A map in a part that is not shown has no size yet: it is fitted when it gets one.
        this.unsized = this.view.frame.clientWidth === 0;
        if (!this.unsized) this.view.look(this.address.numbers("view", 3));
    }
}
