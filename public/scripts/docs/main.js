// The reference of the API, drawn from the document that the daemon makes of its own routes.

import { authorized } from "../access.js";
import { byId, element } from "../dom.js";
import { Specification } from "./openapi.js";
import { breakable, operationView } from "./operation.js";
import { paragraphs } from "./text.js";

const anchor = (name) => `tag-${name.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase()}`;

async function start() {
    const place = byId("operations");
    try {
        const response = await authorized("/openapi.json");
        if (!response.ok) throw new Error(`It answers with status ${response.status}.`);
        draw(place, new Specification(await response.json()));
    } catch (error) {
        place.replaceChildren(element("p", { class: "field-error", text: `The daemon's document /openapi.json cannot be shown. ${error.message}` }));
    }
    place.setAttribute("aria-busy", "false");
}

function draw(place, specification) {
    const groups = specification.groups();
    document.title = specification.title;
    byId("title").textContent = specification.title;
    byId("about").replaceChildren(...paragraphs(specification.document.info?.description));
    byId("contents-list").replaceChildren(...groups.map(contents));
    place.replaceChildren(...groups.map((group) => element("section", { class: "group", "aria-labelledby": anchor(group.name) },
        element("h2", { id: anchor(group.name), text: group.name }),
        ...paragraphs(group.description),
        ...group.operations.map((operation) => operationView(specification, operation)))));
    addEventListener("hashchange", open);
    open();
}

const contents = (group) => element("li", {},
    element("a", { href: `#${anchor(group.name)}`, text: group.name }),
    element("ol", {}, ...group.operations.map(({ id, method, path, summary }) => element("li", {},
        element("a", { href: `#${id}`, title: summary },
            element("span", { class: "method", data: { method }, text: method }),
            element("span", {}, ...breakable(path)))))));

/** Opens what the address names and goes there. */
function open() {
    const target = byId(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView();
}

const wide = matchMedia("(min-width: 961px)");
const fold = () => (byId("contents").open = wide.matches);
wide.addEventListener("change", fold);
fold();
start();
