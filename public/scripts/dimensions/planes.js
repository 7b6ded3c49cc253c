// The clouds of the planes that a map can show: the principal plane, which the daemon gives, and any two dimensions, which it gives
// where it can; else they are those of the images that this page has encoded.

import * as api from "../api.js";
import { PointCloud } from "../point-cloud.js";

const mostKept = 12;

export class Planes {
    /** principal: the cloud of the map as it is; encodings: as encodings.js has them, or null. */
    constructor(model, principal, encodings) {
        Object.assign(this, { model, principal, encodings, clouds: new Map() });
    }

    /** Two dimensions, or null for the principal plane. `partial` says how many points there are where not all are. */
    async cloud(plane) {
        if (!plane) return { cloud: this.principal, partial: null };
        const key = plane.join(".");
        if (!this.clouds.has(key)) {
            const loaded = await this.load(plane);
            loaded.cloud.plane = key;
            this.clouds.set(key, loaded);
        }
        if (this.clouds.size > mostKept) this.clouds.delete(this.clouds.keys().next().value);
        return this.clouds.get(key);
    }

    async load(plane) {
        if (await api.offersAxes()) {
            const { positions, labels } = await api.map(this.model.name, undefined, plane);
            return { cloud: new PointCloud(positions, labels), partial: null };
        }
        if (!this.encodings) throw new api.ApiError(422, { message: "The daemon gives no other plane than the principal one, and lacks the images." });
        const { labels } = this.principal;
        const positions = new Float32Array(2 * labels.length).fill(NaN); // which no renderer draws and no region holds
        this.encodings.indices.forEach((index, i) => plane.forEach((dimension, axis) => (positions[2 * index + axis] = this.encodings.means[i][dimension])));
        return { cloud: new PointCloud(positions, labels), partial: this.encodings.indices.length };
    }
}
