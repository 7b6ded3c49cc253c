"""Scripts that run in the page and measure it, for bench_page.py."""

# From the navigation to the frame in which the first points are on the screen.
FIRST_MAP = """
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (window.firstMap ??= performance.now());
    const observer = new MutationObserver(() => {
        if (!(Number(document.querySelector(".points")?.dataset.drawn) > 0)) return;
        observer.disconnect();
        port2.postMessage(null); // comes after the frame in which they were drawn
    });
    observer.observe(document, { subtree: true, childList: true, attributeFilter: ["data-drawn"] });"""

# kind, frames -> [milliseconds from frame to frame, milliseconds in which the points were drawn]. Each frame has something to do.
FRAMES = """
    const [kind, frames, done] = arguments;
    const map = document.getElementById("map");
    const box = map.getBoundingClientRect();
    const key = (name) => map.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    const wheel = (deltaY) => map.dispatchEvent(new WheelEvent("wheel", {
        deltaY, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true, cancelable: true }));
    const labels = document.querySelectorAll("#legend [data-label]");
    const pointer = (type, part) => map.dispatchEvent(new PointerEvent(`pointer${type}`, {
        clientX: box.x + box.width * (0.5 + 0.35 * Math.cos(7 * part)), clientY: box.y + box.height * (0.5 + 0.35 * Math.sin(9 * part)),
        pointerId: 1, button: 0, bubbles: true }));
    map.setPointerCapture = () => {}; // the pointer is none that the browser knows
    const draw = (i) => {
        if (i % 24 === 0) pointer("down", 0);
        pointer("move", (i % 24 + 1) / 24);
        if (i % 24 === 23) pointer("cancel", 1);
    };
    const select = (i) => {
        pointer("down", i);
        for (let part = 1; part < 8; part += 1) pointer("move", i + part / 8);
        pointer("up", i + 1);
    };
    const act = {
        rectangle: draw, lasso: draw, "rectangle let go": select, "lasso let go": select,
        pan: (i) => key(i % 8 < 4 ? "ArrowLeft" : "ArrowRight"),
        zoom: (i) => wheel(i % 16 < 8 ? -60 : 60),
        select: (i) => labels[Math.floor(i / 2) % labels.length].click(),
    }[kind];
    document.getElementById(`mode-${kind.split(" ")[0]}`)?.click();
    document.getElementById("zoom-fit").click(); // all begin with the same view
    const [gaps, drawings] = [[], []];
    let last = 0, count = -10;
    const step = (now) => {
        if (count > 0) {
            gaps.push(now - last);
            drawings.push(Number(document.querySelector(".points").dataset.frame));
        }
        last = now;
        if (count === frames) return done([gaps, drawings]);
        act(count + 10);
        count += 1;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);"""

# moves -> milliseconds from a move of the cursor until the frame with its decoded image has been handed on.
CURSOR = """
    const [moves, done] = arguments;
    const map = document.getElementById("map");
    const picture = document.getElementById("cursor-picture");
    const box = map.getBoundingClientRect();
    const times = [];
    const after = new MessageChannel();
    let started = 0, count = 0;
    const move = () => {
        const [x, y] = [box.x + box.width * (0.3 + 0.4 * Math.random()), box.y + box.height * (0.3 + 0.4 * Math.random())];
        started = performance.now();
        map.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y, pointerId: 1, bubbles: true }));
    };
    after.port1.onmessage = () => {
        times.push(performance.now() - started);
        count += 1;
        if (count === moves) return done(times);
        setTimeout(move, 20 + 30 * Math.random());
    };
    new MutationObserver(() => requestAnimationFrame(() => after.port2.postMessage(null))).observe(picture, { attributeFilter: ["data-latent"] });
    move();"""

# seconds -> the number of actions: ten a second, as a restless person has them.
USE = """
    const [seconds, done] = arguments;
    const map = document.getElementById("map");
    const box = map.getBoundingClientRect();
    const any = (list) => list[Math.floor(Math.random() * list.length)];
    const place = () => ({ clientX: box.x + box.width * Math.random(), clientY: box.y + box.height * Math.random() });
    const pointer = () => map.dispatchEvent(new PointerEvent("pointermove", { ...place(), pointerId: 1, bubbles: true }));
    const key = (name) => map.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true }));
    const actions = [
        pointer, pointer, pointer, pointer,
        () => key(any(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "+", "-", "0"])),
        () => map.dispatchEvent(new WheelEvent("wheel", { ...place(), deltaY: any([-120, -60, 60, 120]), bubbles: true, cancelable: true })),
        () => any(document.querySelectorAll("#legend [data-label]"))?.click(),
        () => document.getElementById(any(["manifold", "density", "magnification", "names", "prior"]) + "-switch").click(),
        () => {
            const chooser = document.getElementById("colour-by");
            chooser.value = any(["label", "distance"]);
            chooser.dispatchEvent(new Event("change"));
        },
        () => key(any(["a", "b"])),
    ];
    const end = performance.now() + 1000 * seconds;
    let count = 0;
    const act = () => {
        if (performance.now() > end) return done(count);
        any(actions)();
        count += 1;
        setTimeout(act, 100);
    };
    act();"""
