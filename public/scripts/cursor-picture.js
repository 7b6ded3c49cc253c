// The image that the decoder makes of the place under the cursor, its coordinates, and the point nearest to it.

import { byId, figure } from "./dom.js";
import { latest } from "./latest.js";
import { clearPicture, drawPicture } from "./picture.js";

export class CursorPicture {
    constructor(view, decoding, report) {
        Object.assign(this, { view, model: null, canvas: byId("cursor-picture") });
        this.ask = latest(
            ({ place }) => decoding.decode([place]),
            ({ shape, values }, { place }) => {
                const [, channels, height, width] = shape;
                drawPicture(this.canvas, values, { channels, height, width });
                this.canvas.dataset.latent = place.map((value) => value.toFixed(3)).join(",");
            },
            report,
        );
    }

    /** A model whose latent space is the plane, or null. */
    use(model) {
        this.model = model;
        this.ask.forget();
        clearPicture(this.canvas);
        byId("cursor-latent").textContent = "–";
        byId("cursor-nearest").textContent = "–";
        if (model) this.moveTo(0, 0, { mark: false });
    }

    moveTo(x, y, { mark = true } = {}) {
        this.place = [x, y];
        this.view.marks.cursor = mark ? [x, y] : null;
        this.view.requestFrame();
        byId("cursor-latent").textContent = `${figure(x)}, ${figure(y)}`;
        this.showNearest(x, y);
        if (this.model) this.ask({ model: this.model, place: [x, y] });
    }

    /** The image stays; only the cross goes. */
    leave() {
        this.view.marks.cursor = null;
        this.view.requestFrame();
    }

    showNearest(x, y) {
        const { cloud, visible, names } = this.view;
        const index = cloud ? cloud.nearest(x, y, visible) : -1;
        const label = index < 0 ? 255 : cloud.labels[index];
        const text = index < 0 ? "–" : `${label === 255 ? "no label" : names[label] ?? label} (test image ${index})`;
        byId("cursor-nearest").textContent = text;
    }
}
