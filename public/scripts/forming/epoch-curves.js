// The curves beside the slider, small, with a line at the epoch that is shown; a click on one shows that epoch.

export class EpochCurves {
    constructor(box, picked) {
        Object.assign(this, { box, picked, epoch: null, plots: [] });
    }

    /** records: a promise of epoch records, as drawCurves takes them. Without any, nothing is shown. */
    async use(records) {
        this.asked = records;
        this.draw([]);
        try {
            const list = await records;
            if (list.length > 1) this.drawCurves ??= (await import("../curves.js")).drawCurves;
            if (this.asked === records) this.draw(list);
        } catch {
            // Points form without curves; what is wrong with the daemon is told elsewhere.
        }
    }

    draw(records) {
        this.box.hidden = records.length < 2;
        this.plots = this.box.hidden ? [] : this.drawCurves(this.box, records, { height: 92, picked: this.picked });
        this.mark(this.epoch);
    }

    mark(epoch) {
        this.epoch = epoch;
        for (const plot of this.plots) plot.mark(epoch);
    }
}
