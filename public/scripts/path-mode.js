// The mode of the map in which a click adds a point to the path, and a drag that begins on the path puts one in between.

const near = 12; // CSS pixels

/** path: a PathTool. */
export function pathMode(path) {
    const { page, view } = path;
    let last = null;
    let held = -1; // the index of the point that is dragged
    const pan = ({ left, top }) => {
        const [right, down] = [left - last.left, top - last.top];
        view.move((viewport) => viewport.pan(right, down));
    };
    return {
        name: "path", label: "Path", key: "p", cursor: "copy",
        hint: "Click to add a point, drag points and path, double-click a point to remove it. On the keyboard: Enter adds the middle, Tab goes to the points.",
        icon: "M3 13.5c0-6 10-4 10-11M3 13.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0M13 2.5m-1.5 0a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0 -3 0",
        begin: (spot) => {
            last = spot;
            held = stretchAt(path, spot);
        },
        move: (spot) => {
            if (held < 0) pan(spot);
            else if (last.isHeld) path.move(held, [spot.x, spot.y], true);
            else path.add(page.latentAt(spot.x, spot.y), held);
            last = { ...spot, isHeld: held >= 0 };
        },
        end: ({ x, y }) => held >= 0 && path.move(held, [x, y]),
        click: ({ x, y }) => {
            path.point(x, y);
            path.add(page.latentAt(x, y));
        },
        press: (key, { x, y }) => key === "Enter" && (path.add(page.latentAt(x, y)), true),
    };
}

/** The index that a new point at this spot would have, if the straight path passes here; else -1. */
function stretchAt({ points, page, view }, { left, top }) {
    const places = points.map((latent) => view.viewport.toScreen(...page.placeOf(latent) ?? []));
    return places.findIndex(([x1, y1], i) => {
        if (i === 0) return false;
        const [x0, y0] = places[i - 1];
        const length = (x1 - x0) ** 2 + (y1 - y0) ** 2 || 1;
        const part = Math.min(1, Math.max(0, ((left - x0) * (x1 - x0) + (top - y0) * (y1 - y0)) / length));
        return Math.hypot(x0 + part * (x1 - x0) - left, y0 + part * (y1 - y0) - top) < near;
    });
}
