// The encoded images: taken in, encoded, listed, shown on the map, and kept over a reload.

import { byId } from "../dom.js";
import { Card } from "./card.js";
import { Unusable, fitted } from "./fit.js";
import { Keeping } from "./keeping.js";
import { drawPosteriors } from "./posteriors.js";

const most = 12;

export class Images {
    /** page: the MapPage. */
    constructor(page) {
        Object.assign(this, { page, view: page.view, model: null, cards: [], written: null, pointed: null });
        this.list = byId("encoded-images");
        this.keeping = new Keeping(page.address);
        this.view.layers.push((context, viewport) => drawPosteriors(context, viewport, this.cards, this.pointed, (latent) => page.placeOf(latent)));
    }

    /** The images that the address names, encoded by this model; those of another size are left out. */
    async use(model) {
        const before = this.cards;
        Object.assign(this, { model, cards: [] });
        const size = model ? model.input.channels * model.input.height * model.input.width : 0;
        const found = model ? await this.keeping.read(size, before) : [];
        if (model !== this.model) return;
        this.cards = found.slice(0, most).map(({ name, bytes }, i) => this.card(i + 1, name, bytes));
        this.refresh();
        for (const card of this.cards) this.encode(card);
    }

    /** Files, one after the other; what cannot be used is told. */
    async take(files) {
        const into = this.model;
        const problems = files.length === 0 ? ["That was not a file. Drop a picture's file, choose one, or draw one."] : [];
        for (const file of files) {
            try {
                const bytes = await fitted(file, into.input);
                if (into !== this.model) return;
                this.add(file.name.replace(/\.\w+$/, ""), bytes);
            } catch (error) {
                if (!(error instanceof Unusable)) throw error;
                problems.push(error.message);
            }
        }
        this.tell(problems.join(" "));
    }

    /** Gives the new image's card. */
    add(name, bytes) {
        if (this.cards.length === most) throw new Unusable(`There are ${most} images. Remove one to add another.`);
        const numbers = new Set(this.cards.map(({ number }) => number));
        let number = 1;
        while (numbers.has(number)) number += 1;
        const card = this.card(number, name, bytes);
        this.cards = [...this.cards, card];
        this.change(card, bytes);
        return card;
    }

    change(card, bytes) {
        card.bytes = bytes;
        this.refresh();
        this.keeping.write(this.cards);
        this.encode(card);
    }

    drop(card) {
        this.cards = this.cards.filter((other) => other !== card);
        this.pointed = null;
        this.refresh();
        this.keeping.write(this.cards);
    }

    /** As `drop`, by a button of the card, which had the focus. */
    remove(card) {
        const at = this.cards.indexOf(card);
        this.drop(card);
        (this.cards[Math.min(at, this.cards.length - 1)]?.element ?? byId("drop")).querySelector("button, input")?.focus();
    }

    card(number, name, bytes) {
        return new Card({ number, name, bytes }, this);
    }

    encode(card) {
        card.wait(card.bytes);
        card.ask({ model: this.model, bytes: card.bytes });
    }

    /** Where the newest image lies, or null. */
    get mean() {
        return this.cards.findLast(({ answer }) => answer)?.answer.mean ?? null;
    }

    refresh() {
        const elements = this.cards.map(({ element }) => element);
        // Only what has changed: an element that is put in again loses the focus.
        if (elements.length !== this.list.children.length || elements.some((one, i) => one !== this.list.children[i])) this.list.replaceChildren(...elements);
        this.list.hidden = this.cards.length === 0;
        byId("encoded-hint").hidden = this.cards.length === 0;
        const { likelihood = "bernoulli" } = this.model?.configuration ?? {};
        byId("encoded-hint").textContent = `Reconstruction: −log p(x | z) at the posterior's mean z, ${likelihood.type ?? likelihood}, summed over the pixels. On the map: the posterior's mean, with 1σ and 2σ, in a ring where they are small.`;
        const { frame } = this.view;
        if (this.mean) frame.dataset.encoded = this.mean.map((value) => value.toFixed(3)).join(",");
        else delete frame.dataset.encoded;
        this.view.requestOverlay();
    }

    tell(text) {
        byId("drop-hint").textContent = text || "Drop, paste, choose or draw one.";
        byId("drop-hint").classList.toggle("field-error", text !== "");
    }
}
