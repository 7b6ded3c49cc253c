// The map and what is around it: the image under the cursor, the two picked points, the layers, the legend.

import * as api from "./api.js";
import { Colouring } from "./colouring.js";
import { CursorPicture } from "./cursor-picture.js";
import { Decoding } from "./decoding.js";
import { flat } from "./dimensions/flat.js";
import { element } from "./dom.js";
import { Forming } from "./forming/forming.js";
import { framesOf } from "./forming/frames.js";
import { Framing } from "./framing.js";
import { listenForGestures } from "./gestures.js";
import { Legend } from "./legend.js";
import { Layers } from "./layers.js";
import { sayOnMap } from "./map-words.js";
import { PathTool } from "./path-tool.js";
import { PointCloud } from "./point-cloud.js";
import { Samples } from "./samples.js";
import { Sections } from "./sections.js";
import { Tools } from "./tools.js";

const nothing = new PointCloud(new Float32Array(), new Uint8Array());

export class MapPage {
    /** `frames` are all epochs of what is open, whichever plane or epoch of it is shown; null while its points are not there. */
    constructor(view, address, report, train) {
        Object.assign(this, { view, address, report, train, model: null, space: flat, cloud: nothing, frames: null, dimensions: null });
        this.layers = new Layers(this.view, address, report);
        this.colouring = new Colouring(this.view, address, report);
        this.tools = new Tools(this.view, address);
        this.sections = new Sections(address);
        this.decoding = new Decoding(address, report);
        this.cursor = new CursorPicture(this.view, this.decoding, (x, y) => this.latentAt(x, y), report);
        const point = (x, y) => this.cursor.moveTo(x, y);
        this.path = new PathTool(this, point);
        this.legend = new Legend(this.view, address);
        this.framing = new Framing(this.view, address, () => this.isNamed);
        this.forming = new Forming(this.view, address, report);
        listenForGestures(this.view, this.tools, {
            point,
            leave: () => this.cursor.leave(),
            pick: (x, y, which) => {
                this.cursor.moveTo(x, y);
                if (this.space === flat) this.path.pick([x, y], which);
                else this.dimensions?.pick(x, y);
            },
            reset: () => this.view.fit(),
        });
    }

    /** Opens a model as GET /v1/models/{m} describes it; `points` is a PointCloud, or why there is none. */
    async open(model, points, labelNames) {
        this.tools.restore();
        this.sections.restore();
        this.drawing?.restore();
        this.layers.restore();
        let cloud = nothing;
        this.close();
        try {
            if (points instanceof Error) throw points;
            cloud = points;
            this.frames = framesOf(model, cloud);
            sayOnMap(cloud.count === 0 ? `The map of ${model.name} has no points: its test set was empty.` : null, { isBeside: true });
        } catch (error) {
            if (error instanceof api.Unreachable) throw error;
            sayOnMap(`There is no map of ${model.name}: ${error.message}`, { isBeside: true });
        }
        this.model = model;
        this.samples = new Samples(model);
        this.showCloud(cloud, labelNames);
        this.formWith(this.frames, cloud);
        this.decodeWith(model, cloud);
    }

    /** Points without anything that decodes: of a model, or of a job that is learning one. */
    showCloud(cloud, labelNames) {
        this.view.show(cloud, labelNames);
        this.view.frame.dataset.points = cloud.count;
        this.legend.show(cloud, labelNames);
        this.cloud = cloud;
        this.selection?.use(cloud);
        this.framing.restore();
    }

    /** The slider over the epochs that this model has kept, where it has any. */
    formWith(frames, cloud) {
        this.forming.use(frames, cloud, {
            records: frames && frames.last > 0 ? api.recordsOf(this.model) : undefined,
            note: (_, isLast) => (isLast ? ": as it is now." : ". Images are decoded by the finished model."),
        });
    }

    /** A model, or null. The decoder takes a place on the map as it is only where the latent space is the plane itself. */
    decodeWith(model, cloud = null) {
        const plane = model?.latent_dimension === 2 ? model : null;
        this.space = plane || !model ? flat : null; // before any part asks what a place means
        this.dimensions?.leave();
        this.colouring.use(model, cloud);
        this.decoding.use(model);
        for (const part of [this.layers, this.cursor, this.path]) part.use(plane);
        this.useTools(model);
    }

    /** What works on the map is loaded when it is on the screen. */
    async useTools(model) {
        try {
            await new Promise((later) => requestAnimationFrame(() => setTimeout(later)));
            const { addMapTools } = await import("./map-tools.js");
            if (!this.dimensions) addMapTools(this);
            if (model !== this.model) return;
            this.encoding.use(model);
            this.dimensions.use(model, this.cloud);
            this.tray.use(model); // some of its points may be on planes
            this.selection.resolve().catch(this.report);
            await this.compare.use(model);
        } catch (error) {
            this.report(error);
        }
    }

    /** What the map shows of a space that is not the plane is known now: places on it can be decoded. */
    spaceKnown(model) {
        this.cursor.use(model);
        this.path.use(model);
        this.tray.dispatchEvent(new Event("model"));
        this.view.requestFrame();
    }

    /** The same points on another plane of their space. */
    showPlane(cloud, plane) {
        this.view.show(cloud, this.view.names);
        this.selection.cloud = cloud;
        this.formWith(plane ? null : this.frames, cloud);
        this.view.fit();
    }

    /** A job whose space forms, in place of a model; see forming/watch.js. */
    async watch(job) {
        this.close();
        this.tools.restore();
        this.sections.restore();
        this.decodeWith(null);
        this.watched = job;
        await job.begin();
    }

    /** What is open gives way to the next. */
    close() {
        this.model = null;
        this.frames = null;
        this.watched?.end();
        this.watched = null;
    }

    showEmpty() {
        this.close();
        this.showCloud(nothing, []);
        this.forming.use(null, nothing);
        this.decodeWith(null);
        this.view.fit();
        const start = element("button", { type: "button", class: "primary", text: "Train a model", on: { click: this.train } });
        sayOnMap("No model is loaded yet. Train one here, or start the daemon with --models-dir.", { more: [start] });
    }

    get isEmpty() {
        return this.model === null && !this.watched;
    }

    /** Whether the address names what the map shows, and not what comes next. The first map is there before its model. */
    get isNamed() {
        const job = this.address.get("job");
        if (this.model) return !job && this.model.name === this.address.get("model");
        return this.watched ? job !== null : this.view.cloud?.count > 0;
    }

    /** The next model is shown whole, with nothing of this one left. */
    forgetView() {
        for (const field of ["view", "hide", "path", "sel", "tray", "g1", "g2", "axes", "z", "epoch", "with"]) this.address.set(field, null);
        this.path.clear();
    }

    addToTray(term) {
        this.tray?.add(term);
    }

    /** What a place on the map is in the latent space, or null. */
    latentAt(x, y) {
        return this.space?.latentAt(x, y) ?? null;
    }

    /** Where a latent lies on the map, or null. */
    placeOf(latent) {
        return this.space?.placeOf(latent) ?? null;
    }

    /** The place whose image is shown under the cursor. */
    get cursorLatent() {
        return this.cursor.place && this.latentAt(...this.cursor.place);
    }

    labelName(label) {
        return label === 255 ? "no label" : this.view.names[label] ?? String(label);
    }
}
