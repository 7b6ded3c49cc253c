// The setting of what draws the points. The choice is made after the first map is on the screen.

import { byId, element } from "./dom.js";

export function offerRenderers(view, address, report) {
    const box = byId("renderers");
    let choice = null;

    const start = async () => {
        const { RendererChoice, renderers } = await import("./points/choice.js");
        const buttons = Object.entries(renderers).map(([name, text]) => element("label", {},
            element("input", { type: "radio", name: "renderer", value: name, on: { change: () => choice.choose(name).catch(report) } }),
            element("span", { text })));
        box.replaceChildren(...buttons);
        choice = new RendererChoice(view, address, ({ wanted, drawing, text }) => {
            box.querySelector(`[value="${wanted}"]`).checked = true;
            byId("renderer-text").textContent = `${renderers[drawing]} draws. ${text}`;
        });
        await choice.restore();
    };
    // Without points nothing can be measured; what the address says holds at once.
    const asked = address.get("renderer") ? Promise.resolve() : view.firstDrawn.then(() => new Promise((later) => setTimeout(later, 300)));
    asked.then(start).catch(report);
    return { restore: () => choice?.restore().catch(report) };
}
