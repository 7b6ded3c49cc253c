// The column of tools beside the map: which `<details class="tool">` are open lives in the address, and what is rarely used
// is loaded when its section is opened for the first time.

const prefix = "tool-";
const all = () => [...document.querySelectorAll(`details.tool[id^='${prefix}']`)];
const nameOf = (section) => section.id.slice(prefix.length);

export class Sections {
    /** What is open, unless the address says otherwise, stands in the page's HTML; what the person was quick to open or close counts. */
    constructor(address) {
        const usual = all().filter((section) => section.dataset.usual === "open");
        const early = all().filter((section) => section.open !== usual.includes(section)).map((section) => [section, section.open]);
        Object.assign(this, { address, usual: usual.map(nameOf).join(","), loads: new Map() });
        this.restore();
        for (const [section, open] of early) section.open = open;
        if (early.length > 0) this.remember();
        for (const section of all()) {
            section.addEventListener("toggle", () => {
                this.remember();
                this.load(nameOf(section));
            });
        }
    }

    restore() {
        const wanted = (this.address.get("open") ?? this.usual).split(",");
        for (const section of all()) section.open = wanted.includes(nameOf(section));
    }

    remember() {
        const opened = all().filter((section) => section.open).map(nameOf).join(",");
        this.address.set("open", opened === this.usual ? null : opened || "none");
    }

    open(name) {
        document.getElementById(prefix + name).open = true;
        this.load(name);
    }

    /** `work` is called when the section `name` is open for the first time, which may be now; again the next time where it fails. */
    whenOpened(name, work) {
        this.loads.set(name, work);
        this.load(name);
    }

    load(name) {
        const work = this.loads.get(name);
        if (!work || !document.getElementById(prefix + name).open) return;
        this.loads.delete(name);
        Promise.resolve(work()).catch(() => this.loads.set(name, work));
    }
}
