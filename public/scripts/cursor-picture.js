// The image that the decoder makes of the place under the cursor, its coordinates, and the point nearest to it.

import { byId, figure } from "./dom.js";
import { latest } from "./latest.js";
import { clearPicture, drawPicture } from "./picture.js";

export class CursorPicture {
    /** `latentAt(x, y)` is what a place on the map means, or null. */
    constructor(view, decoding, latentAt, report) {
        Object.assign(this, { view, latentAt, model: null, canvas: byId("cursor-picture") });
        this.ask = latest(
            ({ latent }) => decoding.decode([latent]),
            ({ shape, values }, { latent }) => {
                const [, channels, height, width] = shape;
                drawPicture(this.canvas, values, { channels, height, width });
                this.canvas.dataset.latent = latent.map((value) => value.toFixed(3)).join(",");
            },
            report,
        );
    }

    /** A model of which places on the map can be decoded, or null. */
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
        this.view.requestOverlay();
        byId("cursor-latent").textContent = `${figure(x)}, ${figure(y)}`;
        this.showNearest(x, y);
        const latent = this.model && this.latentAt(x, y);
        if (latent) this.ask({ latent });
    }

    /** The image stays; only the cross goes. */
    leave() {
        this.view.marks.cursor = null;
        this.view.requestOverlay();
    }

    showNearest(x, y) {
        const { cloud, visible, names } = this.view;
        const index = cloud ? cloud.nearest(x, y, visible) : -1;
        const label = index < 0 ? 255 : cloud.labels[index];
        const text = index < 0 ? "–" : `${label === 255 ? "no label" : names[label] ?? label} (test image ${cloud.indices?.[index] ?? index})`;
        byId("cursor-nearest").textContent = text;
    }
}
