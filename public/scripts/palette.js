// Ten class colours that stay apart for people who do not see all colours. They are the ten of M. A. Petroff,
// "Accessible Color Sequences for Data Visualization" (2021), reordered; on dark ground the darkest are lifted.
// The map also writes each class's name over its points: colour is never the only sign.

import { isDark, onSchemeChange } from "./scheme.js";

const onLight = [
    "#3f90da", "#e76300", "#832db6", "#94a4a2", "#bd1f01", "#ffa90e", "#a96b59", "#5cbfc4", "#717581", "#b9ac70",
];
const onDark = [
    "#57a3ea", "#f47a1c", "#b06be0", "#a3b3b1", "#e8452a", "#ffbb3d", "#c48a77", "#92dadd", "#868da0", "#cdc18a",
];
const unlabelled = { light: "#5d6470", dark: "#aab1bd" };

export { isDark, onSchemeChange };

/** The CSS colour of a label; labels past the ten start over, 255 is "no label". */
export function colour(label) {
    if (label === 255) return isDark() ? unlabelled.dark : unlabelled.light;
    return (isDark() ? onDark : onLight)[label % 10];
}

/** A CSS colour `#rrggbb` as the renderers take it: 0xBBGGRR, the order of bytes in an ImageData. */
export function ink(css) {
    const value = parseInt(css.slice(1), 16);
    return ((value & 255) << 16) | (value & 0xff00) | (value >> 16);
}

/** All 256 labels' inks. */
export const inkTable = () => Uint32Array.from({ length: 256 }, (_, label) => ink(colour(label)));
