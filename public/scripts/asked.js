// What is shown first is asked for while the modules that show it are still on their way.

import * as api from "./api.js";
import { Address } from "./address.js";
import { PointCloud } from "./point-cloud.js";

/** A model's description, and its points or why there are none. */
export const fetchMap = (name) => Promise.all([api.model(name), api.map(name).then(PointCloud.of, (error) => error)]);

/** The model that the address names, or, where that is not served, one that is. */
export function wantedOf(models, address) {
    const named = models.find(({ name }) => name === address.get("model"));
    return (named ?? models.find(({ state }) => state === "ready") ?? models[0])?.name ?? null;
}

/** The list of models, and a promise of what `fetchMap` gives of the one that is wanted. One that the address names need not wait for the list. */
export function ask(address) {
    const named = address.get("model");
    const early = named && !address.get("job") ? fetchMap(named) : null;
    const models = api.models();
    const map = models.then((all) => {
        const wanted = address.get("job") ? null : wantedOf(all, address);
        return wanted === named ? early : wanted && fetchMap(wanted);
    });
    for (const promise of [early, map]) promise?.catch(() => {}); // told when it is waited for
    return { models, map, early: early ?? map };
}

export const address = new Address();
/** What the address as it is now asks for. */
export let current = ask(address);
address.listen(() => (current = ask(address)));
