// The first map is drawn before the rest of the page is loaded: main.js follows when it is on the screen, or is late.

import { address, current } from "./asked.js";
import { byId } from "./dom.js";
import { MapView } from "./map-view.js";
import { sayOnMap } from "./map-words.js";

const late = 300; // milliseconds
const plain = ["model", "view", "open"]; // fields of the address that do not change what the points look like

export const view = new MapView(byId("map"));

const opened = () => [address.get("model"), address.get("job")].join();

async function draw() {
    const asked = opened();
    const [, cloud] = (await current.early) ?? [];
    if (opened() !== asked) return; // main.js has been faster, and opened this or another
    if (!cloud?.count || ![...address.fields.keys()].every((field) => plain.includes(field))) return;
    sayOnMap(null);
    view.show(cloud);
    view.look(address.numbers("view", 3));
    await view.firstDrawn;
    await new Promise((onScreen) => requestAnimationFrame(() => setTimeout(onScreen)));
}

/** Again where the daemon did not answer: nothing is there yet that could say so. Style sheets may have been lost as well. */
function loadRest(before = []) {
    for (const link of before) link.remove();
    const links = [...byId("rest").content.cloneNode(true).children];
    document.head.append(...links);
    import("./main.js").catch(() => {
        sayOnMap("The daemon does not answer. Trying again…");
        setTimeout(loadRest, 2000, links);
    });
}

const waiting = setTimeout(() => sayOnMap("Loading the map…"), late);
const drawn = draw().catch(() => {}).finally(() => clearTimeout(waiting)); // main.js tells what went wrong
Promise.race([drawn, new Promise((passed) => setTimeout(passed, late))]).then(() => loadRest());
