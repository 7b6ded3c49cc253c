// Puts the page together: the tabs, the model chooser, the connection; each part lives in its own module.

import * as api from "./api.js";
import { address, ask, current, fetchMap, wantedOf } from "./asked.js";
import { Connection } from "./connection.js";
import { byId, element } from "./dom.js";
import { view } from "./first-map.js";
import { MapPage } from "./map-page.js";
import { setUpSchemeButton } from "./scheme.js";
import { sayOnMap } from "./map-words.js";
import { remembered } from "./storage.js";
import { listenForTabs } from "./tabs.js";

const connection = new Connection(() => start());
const report = (error) => connection.report(error);
const map = new MapPage(view, address, report, () => tabs.show("training"));
const tabs = listenForTabs((tab) => {
    address.set("tab", tab === "map" ? null : tab);
    if (tab === "map") map.view.resize();
    if (tab === "training") refreshTraining();
});
const chooser = byId("model-chooser");
let names = [];
let labelNames = new Map();
let training = null;
let opened = 0;
let started = null;

/** The part where models are made is loaded when it is looked at, or when a job is under way. */
function refreshTraining() {
    training ??= import("./training/page.js").then(({ TrainingPage }) => new TrainingPage({
        report, openModel, finished: relist, active: showActive, watch: (job) => watch(job.id),
        configuration: async () => (names.length ? (await api.model(chooser.value)).configuration : null),
        datasetsChanged: (datasets) => (labelNames = labelNamesOf(datasets)),
    }));
    training.then((page) => page.refresh()).catch((error) => {
        training = null;
        report(error instanceof TypeError ? new api.Unreachable() : error);
    });
}

const labelNamesOf = (datasets) => new Map(datasets.map((dataset) => [dataset.name, dataset.label_names ?? []]));

function showActive(count) {
    const badge = byId("active-jobs");
    badge.hidden = count === 0;
    badge.textContent = count;
    badge.setAttribute("aria-label", `, ${count} under way`);
}

async function lookForJobs() {
    // Who may not see the jobs is told so where they are.
    const jobs = training ? [] : await api.jobs().catch((error) => (error.status === 403 ? [] : Promise.reject(error)));
    if (training || jobs.some(({ status }) => ["queued", "running", "paused"].includes(status))) refreshTraining();
}

/** Loads everything anew: at first, and whenever the address is another or the daemon comes back. */
async function start(asked = ask(address)) {
    started = asked;
    const slow = setTimeout(() => map.isEmpty && sayOnMap("Waiting for the daemon…"), 500);
    try {
        const [models, datasets] = await Promise.all([asked.models, api.datasets().catch(emptyUnlessGone)]);
        clearTimeout(slow);
        if (asked !== started) return;
        labelNames = labelNamesOf(datasets);
        list(models);
        const wanted = wantedOf(models, address);
        const named = address.get("model");
        if (named && wanted && !names.includes(named)) connection.tell(`There is no model ${named}. It may have been removed; what else there is is shown.`);
        if (address.get("job")) {
            chooser.value = wanted ?? "none";
            await showJob(address.get("job"));
        } else {
            await open(wanted, asked.map);
        }
        await lookForJobs();
        if (remembered("tour") === null && !document.getElementById("tour")) tour({ takesFocus: false });
    } catch (error) {
        clearTimeout(slow);
        report(error);
    }
}

/** The map is worth showing even where the datasets cannot be listed. */
function emptyUnlessGone(error) {
    if (error instanceof api.Unreachable) throw error;
    report(error);
    return [];
}

function list(models) {
    names = models.map((model) => model.name);
    chooser.replaceChildren(...(names.length ? names : ["none"]).map((name) => element("option", { text: name, value: name })));
    chooser.disabled = names.length === 0;
}

/** A finished job's model joins the list; what is open stays open. */
async function relist() {
    const open = chooser.value;
    try {
        list(await api.models());
        if (names.includes(open)) chooser.value = open;
        else await start();
    } catch (error) {
        report(error);
    }
}

/** What the model's own part tells is loaded when the map is there. */
async function tell(model) {
    const { showModel } = await import("./model-page.js");
    await showModel(model, report);
}

async function open(name, fetched = name && fetchMap(name)) {
    if (name === null) {
        map.showEmpty();
        tell(null).catch(report);
        return;
    }
    chooser.value = name;
    address.set("model", name);
    address.set("job", null);
    const turn = (opened += 1);
    const slow = setTimeout(() => turn === opened && sayOnMap(`Loading the map of ${name}…`), 500);
    try {
        const [model, points] = await fetched;
        clearTimeout(slow);
        if (turn !== opened) return;
        await map.open(model, points, labelNames.get(model.dataset ?? model.provenance?.dataset) ?? []);
        await tell(model);
    } catch (error) {
        report(error);
    } finally {
        clearTimeout(slow);
    }
}

/** Shows the space of a job while it forms. */
async function watch(id) {
    tabs.show("map");
    map.forgetView();
    address.set("job", id);
    await showJob(id);
}

async function showJob(id) {
    opened += 1; // a model that is still on its way gives way
    const leave = () => {
        map.forgetView();
        open(chooser.value);
    };
    try {
        const { WatchedJob } = await import("./forming/watch.js");
        await map.watch(new WatchedJob(map, id, (dataset) => labelNames.get(dataset) ?? [], { leave, openModel }));
    } catch (error) {
        report(error);
        if (error instanceof api.Unreachable) return;
        await open(chooser.value);
    }
}

/** Opens a model that may be newer than the list. */
async function openModel(name) {
    try {
        list(await api.models());
        tabs.show("map");
        map.forgetView();
        await open(name);
    } catch (error) {
        report(error);
    }
}

chooser.addEventListener("change", () => {
    map.forgetView();
    open(chooser.value);
});
address.listen(() => {
    map.framing.restore(); // before whatever changes the view writes the old one into the new address
    tabs.show(address.get("tab") ?? "map");
    start(current);
});
setUpSchemeButton(byId("scheme"));
const tour = (options) => import("./tour.js").then(({ startTour }) => startTour(tabs.show, options)).catch(() => report(new api.Unreachable()));
byId("help").addEventListener("click", () => tour());
tabs.show(address.get("tab") ?? "map");
start(current);
