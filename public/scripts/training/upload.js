// The upload of a dataset: IDX files, or PNGs with folders as labels, with its progress.

import { token, renewed } from "../access.js";
import { ApiError, Unreachable } from "../api.js";
import { byId } from "../dom.js";
import { errorAdvice } from "./advice.js";
import { bytes } from "./job-words.js";
import { sorted } from "./upload-files.js";
import { droppedFiles } from "./upload-drop.js";

export class Upload {
    /** `done(name)` is called with the name of a dataset that is there. */
    constructor(report, done) {
        Object.assign(this, { report, done, chosen: null, request: null });
        this.form = byId("upload-form");
        for (const id of ["upload-files", "upload-folder"]) {
            byId(id).addEventListener("change", (event) => {
                this.take([...event.target.files]);
                event.target.value = "";
            });
        }
        this.form.addEventListener("dragover", (event) => {
            event.preventDefault();
            this.form.classList.add("dropping");
        });
        this.form.addEventListener("dragleave", () => this.form.classList.remove("dropping"));
        this.form.addEventListener("drop", async (event) => {
            event.preventDefault();
            this.form.classList.remove("dropping");
            this.take(await droppedFiles(event.dataTransfer));
        });
        this.form.addEventListener("submit", (event) => {
            event.preventDefault();
            this.send();
        });
        byId("upload-stop").addEventListener("click", () => this.request?.abort());
    }

    take(files) {
        if (files.length === 0) return;
        const { parts = null, words, problem } = sorted(files);
        this.chosen = parts;
        this.fail(problem ?? null);
        const size = bytes(files.reduce((sum, { size }) => sum + size, 0));
        byId("upload-words").textContent = parts ? `${words} · ${size}` : "";
        byId("upload-submit").disabled = parts === null;
        const name = byId("upload-name");
        const folder = (files[0].fullPath ?? files[0].webkitRelativePath ?? "").split("/")[0];
        if (parts && name.value === "" && folder) name.value = folder.toLowerCase().replace(/[^a-z0-9._-]+/g, "-").slice(0, 64);
        if (parts && name.value === "") name.focus();
    }

    async send() {
        const name = byId("upload-name").value.trim();
        if (!this.chosen) return this.fail("Choose files or a folder first.");
        if (!name) {
            byId("upload-name").focus();
            return this.fail("Give the dataset a name: letters, digits, “.”, “_” and “-”.");
        }
        this.fail(null);
        this.busy(true);
        try {
            await this.put(name);
            byId("upload-words").textContent = `${name} is there, and chosen in the form.`;
            byId("upload-name").value = "";
            this.chosen = null;
            await this.done(name);
        } catch (error) {
            if (error.name === "AbortError") this.fail("The upload was stopped; nothing of it is kept.");
            else if (error instanceof ApiError) this.fail(errorAdvice(error));
            else {
                this.fail("The connection broke; nothing of it is kept. Upload it again.");
                this.report(error);
            }
        } finally {
            this.busy(false);
            byId("upload-submit").disabled = this.chosen === null;
        }
        return null;
    }

    /** fetch cannot tell how far an upload is, XMLHttpRequest can. */
    async put(name) {
        const body = new FormData();
        for (const part of this.chosen) body.append(part.field, part.file, part.name);
        for (;;) {
            const sent = token();
            const { status, response } = await this.once(`/v1/datasets/${encodeURIComponent(name)}`, body, sent);
            if (status < 300) return;
            if (status !== 401 || !await renewed(sent)) throw new ApiError(status, response?.error);
        }
    }

    once(path, body, sent) {
        return new Promise((resolve, reject) => {
            const request = (this.request = new XMLHttpRequest());
            request.open("PUT", path);
            request.responseType = "json";
            if (sent !== null) request.setRequestHeader("Authorization", `Bearer ${sent}`);
            request.upload.addEventListener("progress", ({ loaded, total }) => this.progress(loaded, total));
            request.addEventListener("load", () => resolve(request));
            request.addEventListener("error", () => reject(new Unreachable()));
            request.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")));
            request.send(body);
        });
    }

    progress(loaded, total) {
        byId("upload-progress").value = total ? loaded / total : 0;
        byId("upload-words").textContent = loaded < total
            ? `${bytes(loaded)} of ${bytes(total)}` : "All is sent. The daemon reads it and writes it to its disk.";
    }

    busy(on) {
        window.onbeforeunload = on ? (event) => event.preventDefault() : null; // who leaves is asked first
        byId("upload-progress").hidden = !on;
        byId("upload-stop").hidden = !on;
        byId("upload-progress").value = 0;
        for (const id of ["upload-submit", "upload-name", "upload-files", "upload-folder"]) byId(id).disabled = on;
    }

    fail(message) {
        byId("upload-error").hidden = message === null;
        byId("upload-error").textContent = message ?? "";
    }
}
