// What is wrong is told at the field that it concerns, and that field gets the focus.

import { byId } from "../dom.js";
import { own } from "./field-rows.js";

const input = (key) => byId(`field-${key}`);

export class FormErrors {
    /** fields: those of the form, with their keys. */
    constructor(fields) {
        this.fields = fields;
    }

    /** "training.epochs" and "epochs" both name the field of epochs; null is the form as a whole. */
    fieldOf(parameter) {
        const parts = (parameter ?? "").split(/[.[\]]/);
        if (parts[0] === "model" && input("model").value === own) return "configuration";
        return this.fields.find(({ key }) => parts.includes(key))?.key ?? null;
    }

    show(key, message) {
        const place = byId(key ? `error-${key}` : "form-error");
        place.hidden = message === null;
        place.textContent = message ?? "";
        if (key === null) return;
        input(key).removeAttribute("aria-invalid");
        if (message === null) return;
        input(key).setAttribute("aria-invalid", "true");
        input(key).closest("details")?.setAttribute("open", "");
        if (!byId("panel-training").hidden) input(key).focus();
    }

    clear() {
        for (const { key } of [...this.fields, { key: "configuration" }]) this.show(key, null);
        this.show(null, null);
    }
}
