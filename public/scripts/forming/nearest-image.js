// While nothing can be decoded yet, the picture under the cursor is the image of the nearest point itself.

import { byId } from "../dom.js";
import { latest } from "../latest.js";
import { clearPicture } from "../picture.js";

/** Until `signal` ends it; the dataset may be gone, and then there is no picture. */
export function showNearestImage({ view, samples, report }, signal) {
    const canvas = byId("cursor-picture");
    const name = canvas.getAttribute("aria-label");
    let shown = -1;
    const ask = latest(
        async (index) => (await samples.available() ? samples.bitmap(index, signal) : null),
        (bitmap, index) => {
            if (bitmap === null || signal.aborted) return;
            Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
            canvas.getContext("2d").drawImage(bitmap, 0, 0);
            bitmap.close();
            canvas.dataset.sample = index;
        },
        (error) => signal.aborted || report(error),
    );
    const look = (x, y) => {
        const index = view.cloud?.nearest(x, y, view.visible) ?? -1;
        if (index >= 0 && index !== shown) ask((shown = index));
    };
    canvas.setAttribute("aria-label", "The test image nearest to the cursor");
    view.frame.addEventListener("pointermove", (event) => {
        const box = view.frame.getBoundingClientRect();
        look(...view.viewport.toLatent(event.clientX - box.left, event.clientY - box.top));
    }, { signal });
    view.frame.addEventListener("keydown", () => look(view.viewport.x, view.viewport.y), { signal });
    signal.addEventListener("abort", () => {
        ask.forget();
        canvas.setAttribute("aria-label", name);
        delete canvas.dataset.sample;
        clearPicture(canvas);
    }, { once: true });
    look(view.viewport.x, view.viewport.y);
}
