// The section of the tray: the terms with their weights, the sum decoded and placed, and the named vectors.

import { arithmetic } from "../api.js";
import { element, figure, token } from "../dom.js";
import { haloed } from "../axes.js";
import { latest } from "../latest.js";
import { clearPicture, drawPicture, flatten } from "../picture.js";
import { TermList } from "./term-list.js";
import { asPoint } from "./terms.js";
import { Vectors } from "./vectors.js";

export class TrayPanel {
    constructor(box, tray, page) {
        Object.assign(this, { tray, page, sum: null });
        const button = (id, text, click) => element("button", { type: "button", class: "plain", id, text, on: { click } });
        this.list = new TermList(tray, page);
        const places = {
            cursor: ["The cursor", () => page.cursorLatent], a: ["A", () => page.path.points[0]],
            b: ["Path’s end", () => (page.path.points.length > 1 ? page.path.points.at(-1) : null)],
            image: ["Your image", () => page.encoding.mean],
        };
        const adders = Object.entries(places).map(([name, [text, place]]) => {
            return button(`tray-add-${name}`, text, () => {
                if (place()) tray.add({ kind: "latent", latent: [...place()] });
                else this.hint.textContent = `${text} is not on the map yet.`;
            });
        });
        this.picture = element("canvas", { class: "picture", id: "tray-picture", draggable: "true", role: "img", "aria-label": "The sum, decoded" });
        this.facts = element("dl", { class: "facts", id: "tray-facts" });
        this.hint = element("p", { class: "hint", id: "tray-hint", role: "status" });
        this.result = element("div", { class: "tray-result", id: "tray-result", hidden: true }, this.picture, this.facts);
        this.clear = button("tray-clear", "Clear", () => tray.clear());
        this.vectors = new Vectors(tray, page, () => this.sum);
        box.replaceChildren(
            element("div", { class: "tool-row", role: "group", "aria-label": "Add to the tray" }, element("span", { class: "hint", text: "Add" }), ...adders),
            this.list.element, this.result, this.hint, this.clear, this.vectors.element);
        this.ask = latest(({ model, terms }) => this.add(model, terms), (sum, asked) => this.show(sum, asked), (error) => this.fail(error));
        tray.drawn = (context, viewport) => this.draw(context, viewport);
        tray.addEventListener("change", () => this.refresh());
        tray.addEventListener("model", () => this.vectors.load());
        this.vectors.load();
        this.refresh();
    }

    refresh() {
        const { terms } = this.tray;
        this.list.show(terms);
        this.ask.forget();
        this.clear.hidden = terms.length === 0;
        if (terms.length > 0) this.ask({ model: this.page.model, terms: [...terms] });
        else {
            this.show(null, {});
            this.hint.textContent = "Drag images here, take points with the tool on the map (T), or add a named vector: the sum is decoded and placed on the map.";
        }
    }

    async add(model, terms) {
        const points = await Promise.all(terms.map((term) => asPoint(term, this.page.samples, this.page.selection.cloud)));
        return arithmetic(model.name, points.map((point, i) => ({ weight: terms[i].weight, point })), 1);
    }

    show(sum, { model }) {
        this.sum = sum;
        this.result.hidden = sum === null;
        this.hint.textContent = "";
        this.page.view.requestOverlay();
        if (!sum) {
            clearPicture(this.picture);
            delete this.picture.dataset.latent;
            return;
        }
        drawPicture(this.picture, flatten(sum.image), model.input);
        this.picture.dataset.latent = sum.latent.join(",");
        const nearest = sum.nearest?.[0];
        const rows = [
            ["norm", figure(sum.norm)], ["percentile", `${figure(sum.percentile, 1)} %`],
            ...(nearest ? [["nearest", `${this.page.labelName(nearest.label ?? 255)} (image ${nearest.index})`], ["distance", figure(sum.distance)]] : []),
            // What is near depends on how dense the points are.
            ...(Number.isFinite(sum.relative_distance) ? [["× typical", figure(sum.relative_distance, 1)]] : []),
        ];
        this.facts.replaceChildren(...rows.map(([term, text]) => element("div", {}, element("dt", { text: term }), element("dd", { text }))));
        this.hint.textContent = sum.percentile > 99 ? "Further out than 99 % of the prior: the decoder has seldom been there." : "";
    }

    fail(error) {
        this.show(null, {});
        if (error.parameter?.startsWith("terms")) {
            this.hint.textContent = `${error.message} Remove that term, or make it anew.`;
            this.list.mark(error.parameter);
        } else this.page.report(error);
    }

    draw(context, viewport) {
        const place = this.sum && this.page.placeOf(this.sum.latent);
        if (!place) return;
        const [left, top] = viewport.toScreen(...place);
        context.beginPath();
        for (let corner = 0; corner < 10; corner += 1) {
            const [away, turn] = [corner % 2 ? 5 : 12, (corner * Math.PI) / 5];
            context.lineTo(left + away * Math.sin(turn), top - away * Math.cos(turn));
        }
        context.closePath();
        Object.assign(context, { fillStyle: token("--accent"), strokeStyle: token("--paper-halo"), lineWidth: 3, textAlign: "left", textBaseline: "middle" });
        context.stroke();
        context.fill();
        context.font = token("--canvas-label");
        haloed(context, "sum", left + 15, top, token("--ink"), 4);
    }
}
