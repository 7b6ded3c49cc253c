// Continuous colours for numbers: viridis (S. van der Walt, N. Smith, 2015), which rises in lightness alike for all kinds of sight.
// Much is what stands out: dark on light ground, light on dark. The ends that would vanish in the ground are left out.

import { element, figure } from "./dom.js";
import { ink, isDark } from "./palette.js";

const viridis = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"]
    .map((css) => [1, 3, 5].map((place) => parseInt(css.slice(place, place + 2), 16)));

/** The colour of a part, 0...1, as [red, green, blue]. */
export function rampColour(part) {
    const within = Math.min(1, Math.max(0, part));
    const place = (isDark() ? 0.14 + 0.86 * within : 0.86 * (1 - within)) * (viridis.length - 1);
    const low = Math.min(viridis.length - 2, Math.floor(place));
    return viridis[low].map((value, channel) => Math.round(value + (viridis[low + 1][channel] - value) * (place - low)));
}

const css = (colour) => `#${colour.map((value) => value.toString(16).padStart(2, "0")).join("")}`;

/** 256 inks for the renderers: 255 colours and, last, the one of points without a number. */
export function rampInks() {
    const inks = Uint32Array.from({ length: 256 }, (_, place) => ink(css(rampColour(place / 254))));
    inks[255] = ink(isDark() ? "#5a6170" : "#b5b8bf");
    return inks;
}

/** A legend bar: the colours, what they measure, and the numbers at its ends and in its middle. `colour(part)` gives [r, g, b, a?]. */
export function scaleBar({ title, numbers, colour = rampColour, digits = 1 }) {
    const stops = Array.from({ length: 17 }, (_, place) => `rgb(${colour(place / 16).map((value, i) => (i === 3 ? `/ ${value}` : value)).join(" ")})`);
    const bar = element("span", { class: "scale-bar", "aria-hidden": "true" });
    bar.style.backgroundImage = `linear-gradient(to right, ${stops.join(", ")})`;
    const texts = numbers.map((number) => (typeof number === "string" ? number : figure(number, digits)));
    return [element("span", { class: "scale-title", text: title }), bar,
        element("span", { class: "scale-numbers" }, ...texts.map((text) => element("span", { text })))];
}

/** The 1st and the 99th percentile and the middle between, so that one far point does not take all colours. */
export function ends(values) {
    const sorted = values.filter(Number.isFinite).sort();
    if (sorted.length === 0) return [0, 0, 0];
    const at = (part) => sorted[Math.floor(part * (sorted.length - 1))];
    const [low, high] = [at(0.01), at(0.99)];
    return [low, (low + high) / 2, high];
}

/** A place of the ramp for each number; 255 is none. */
export function binned(values, low, high) {
    const by = high > low ? 254 / (high - low) : 0;
    return Uint8Array.from(values, (value) => (Number.isFinite(value) ? Math.min(254, Math.max(0, Math.round((value - low) * by))) : 255));
}
