// Mouse, touch and keyboard on the map, turned into what they mean: move the view, point at a place, pick a place, or what
// the chosen mode makes of a drag (see tools.js).

const clickSlack = 4;
const keyboardPan = 60;
const keyboardZoom = 1.3;
const middleButton = 1;

/**
 * `actions`: point(x, y) as the cursor moves over a latent place, leave(), pick(x, y, which) with which "A", "B" or
 * null (the page decides), and reset(). The view itself is moved here.
 */
export function listenForGestures(view, tools, actions) {
    const { frame } = view;
    const pointers = new Map();
    let travelled = 0;
    let drag = null; // the mode that has this drag; null moves the map
    let pressed = null; // the mode in which the press began

    const place = (event) => {
        const box = frame.getBoundingClientRect();
        return [event.clientX - box.left, event.clientY - box.top];
    };
    const spotAt = (event) => spot(view, ...place(event), event);

    frame.addEventListener("pointerdown", (event) => {
        if (![0, middleButton].includes(event.button) || event.target.closest("button")) return;
        if (event.button === middleButton) event.preventDefault(); // no scrolling by itself
        frame.setPointerCapture(event.pointerId);
        if (pointers.size === 0) {
            travelled = 0;
            pressed = event.button === middleButton ? null : tools.active;
            drag = pressed?.begin ? pressed : null;
            drag?.begin(spotAt(event));
        } else {
            drag?.cancel?.(); // a second finger moves the map
            drag = null;
        }
        pointers.set(event.pointerId, place(event));
    });

    frame.addEventListener("pointermove", (event) => {
        if (!event.target.closest?.("button")) actions.point(...view.viewport.toLatent(...place(event)));
        const before = pointers.get(event.pointerId);
        if (!before) return;
        const now = place(event);
        const [right, down] = [now[0] - before[0], now[1] - before[1]];
        if (pointers.size === 2) pinch(view, pointers, event.pointerId, now);
        travelled += Math.hypot(right, down);
        if (travelled > clickSlack) {
            if (drag) drag.move?.(spotAt(event));
            else frame.classList.add("dragging");
            if (!drag && pointers.size === 1) view.move((viewport) => viewport.pan(right, down));
        }
        pointers.set(event.pointerId, now);
    });

    const release = (event) => {
        if (!pointers.delete(event.pointerId)) return;
        frame.classList.remove("dragging");
        if (pointers.size > 0) return;
        const isClick = event.type === "pointerup" && travelled <= clickSlack;
        if (isClick || event.type !== "pointerup") drag?.cancel?.();
        else drag?.end?.(spotAt(event));
        drag = null;
        if (!isClick || !pressed) return;
        const { x, y, shift } = spotAt(event);
        if (pressed.click) pressed.click(spotAt(event));
        else actions.pick(x, y, shift ? "B" : null);
    };
    frame.addEventListener("pointerup", release);
    frame.addEventListener("pointercancel", release);
    frame.addEventListener("pointerleave", () => actions.leave());

    frame.addEventListener("wheel", (event) => {
        event.preventDefault();
        const lines = event.deltaMode === 1 ? event.deltaY * 16 : event.deltaY;
        view.move((viewport) => viewport.zoom(Math.exp(-lines * 0.0016), ...place(event)));
    }, { passive: false });

    frame.addEventListener("keydown", (event) => {
        if (event.target !== frame || event.ctrlKey || event.metaKey) return;
        const middle = spot(view, view.viewport.width / 2, view.viewport.height / 2, event);
        if (!tools.press(event.key, middle)) {
            const action = keys(view, actions)[event.key.length === 1 ? event.key.toLowerCase() : event.key];
            if (!action || event.altKey) return;
            action();
        }
        event.preventDefault();
    });
}

function spot(view, left, top, { shiftKey, altKey }) {
    const [x, y] = view.viewport.toLatent(left, top);
    return { x, y, left, top, shift: shiftKey, alt: altKey };
}

/** With the keyboard the cursor is the middle of the map: the arrows move the map under it. */
function keys(view, actions) {
    const middle = () => [view.viewport.x, view.viewport.y];
    const pan = (right, down) => () => {
        view.move((viewport) => viewport.pan(right * keyboardPan, down * keyboardPan));
        actions.point(...middle());
    };
    const zoom = (factor) => () => view.move((viewport) => viewport.zoom(factor));
    return {
        "+": zoom(keyboardZoom), "=": zoom(keyboardZoom), "-": zoom(1 / keyboardZoom), 0: actions.reset,
        ArrowLeft: pan(1, 0), ArrowRight: pan(-1, 0), ArrowUp: pan(0, 1), ArrowDown: pan(0, -1),
        a: () => actions.pick(...middle(), "A"), b: () => actions.pick(...middle(), "B"),
        Enter: () => actions.pick(...middle(), null),
    };
}

function pinch(view, pointers, moving, now) {
    const other = [...pointers].find(([id]) => id !== moving)[1];
    const before = pointers.get(moving);
    const apart = (a, b) => Math.max(1, Math.hypot(a[0] - b[0], a[1] - b[1]));
    const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const [fromX, fromY] = middle(before, other);
    const [toX, toY] = middle(now, other);
    view.move((viewport) => {
        viewport.zoom(apart(now, other) / apart(before, other), fromX, fromY);
        viewport.pan(toX - fromX, toY - fromY);
    });
}
