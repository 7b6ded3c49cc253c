// Images of the person's own: how they come in (a file, a drop, a paste, a drawing). What encodes and shows them is loaded
// with the first.

import { byId, element } from "../dom.js";

const toolsOwn = "application/x-latentd-point"; // dragged from one tool to another, not an image

export class EncodeTool {
    /** page: the MapPage. */
    constructor(page) {
        Object.assign(this, { page, model: null, parts: null, images: null });
        byId("drop-file").addEventListener("change", () => this.takeChosen());
        byId("draw-open").addEventListener("click", () => this.with(({ sketch }) => sketch.toggle()));
        for (const area of [page.view.frame, byId("drop")]) this.listenForDrops(area);
        this.listenForStrays();
        document.addEventListener("paste", (event) => this.paste(event));
    }

    /** A model as GET /v1/models/{m} has it, or null. */
    use(model) {
        this.model = model;
        byId("tool-encode").hidden = model === null;
        if (this.parts) {
            this.with(({ images, sketch }) => {
                sketch.use(this.model);
                images.use(this.model);
            });
        } else if (model !== null && this.page.address.get("images") !== null) {
            this.with(() => {});
        }
        this.takeChosen();
    }

    /** The latent of the newest image, or null. */
    get mean() {
        return this.images?.mean ?? null;
    }

    listenForDrops(area) {
        const isOurs = (event) => this.model !== null && !event.dataTransfer.types.includes(toolsOwn);
        area.addEventListener("dragover", (event) => {
            if (!isOurs(event)) return;
            event.preventDefault();
            area.classList.add("dropping");
        });
        area.addEventListener("dragleave", () => area.classList.remove("dropping"));
        area.addEventListener("drop", (event) => {
            area.classList.remove("dropping");
            if (!isOurs(event)) return;
            event.preventDefault();
            this.take([...event.dataTransfer.files]);
        });
    }

    /** A file that is dropped beside is taken, too, or nothing: for what nobody takes the browser would leave the page. */
    listenForStrays() {
        const isStray = (event) => !event.defaultPrevented && event.dataTransfer.types.includes("Files") && !event.target.matches?.("[type=file]");
        document.addEventListener("dragover", (event) => {
            if (!isStray(event)) return;
            event.preventDefault();
            if (!this.isAsked) event.dataTransfer.dropEffect = "none";
        });
        document.addEventListener("drop", (event) => {
            if (!isStray(event)) return;
            event.preventDefault();
            if (this.isAsked) this.take([...event.dataTransfer.files]);
        });
    }

    /** Whether images are what is wanted where the page is. */
    get isAsked() {
        return this.model !== null && !byId("panel-map").hidden;
    }

    paste(event) {
        const isTyping = event.target.closest?.("input, textarea, select");
        const files = [...(event.clipboardData?.files ?? [])];
        if (isTyping || !this.isAsked || files.length === 0) return;
        event.preventDefault();
        this.take(files);
    }

    /** The files that were chosen, maybe before there was a model for them. */
    takeChosen() {
        const input = byId("drop-file");
        if (this.model === null || input.files.length === 0) return;
        this.take([...input.files]);
        input.value = "";
    }

    take(files) {
        this.page.sections.open("encode");
        this.with(({ images }) => images.take(files));
    }

    /** Does something with the loaded parts. */
    async with(work) {
        this.parts ??= Promise.all([import("./images.js"), import("./sketch.js"), styled()]).then(async ([{ Images }, { Sketch }]) => {
            const images = new Images(this.page);
            const sketch = new Sketch(images);
            sketch.use(this.model);
            await images.use(this.model);
            this.images = images;
            return { images, sketch };
        });
        try {
            work(await this.parts);
        } catch (error) {
            this.parts = null;
            this.page.report(error);
        }
    }
}

const styled = () => new Promise((done, failed) => {
    document.head.append(element("link", { rel: "stylesheet", href: "/styles/encode.css", on: { load: done, error: failed } }));
});
