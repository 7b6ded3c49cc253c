// Words in the place of the points: why there are none, or that they are on their way.

import { byId, element } from "./dom.js";

/** null takes them away. `isBeside`: at the edge, so that the layers behind the points stay in sight. `more`: elements below the words. */
export function sayOnMap(text, { isBeside = false, more = [] } = {}) {
    const box = byId("map-empty");
    box.hidden = text === null;
    box.classList.toggle("beside", isBeside);
    box.replaceChildren(...(text === null ? [] : [element("p", { text }), ...more]));
}
