// Draws points on the GPU: one WebGL2 point sprite each, discs blended over each other. Loaded only where it may be used.

import { element } from "../dom.js";
import { visibleWindow } from "./rasteriser.js";

const vertexSource = `#version 300 es
layout(location = 0) in vec2 place;
layout(location = 1) in uint shade;
uniform vec4 view;      // centre (latent), 2 * scale / size
uniform uint pass;
uniform float diameter, radius, opacity;
uniform sampler2D inks;
flat out vec4 ink;
void main() {
    bool shown = (shade >> 8) == pass;
    gl_Position = shown ? vec4((place - view.xy) * view.zw, 0.0, 1.0) : vec4(2.0, 2.0, 2.0, 1.0);
    gl_PointSize = diameter;
    ink = vec4(texelFetch(inks, ivec2(int(shade & 255u), 0), 0).rgb, opacity);
}`;

const fragmentSource = `#version 300 es
precision highp float;
flat in vec4 ink;
uniform float diameter, radius;
out vec4 colour;
void main() {
    float distance = length(gl_PointCoord - 0.5) * diameter;
    float alpha = ink.a * clamp(radius + 0.5 - distance, 0.0, 1.0);
    colour = vec4(ink.rgb * alpha, alpha);
}`;

export class NoWebGL extends Error {}

export class WebGLRenderer {
    /** `lost()` and `restored()` are called when the context goes and comes back. Throws NoWebGL. */
    constructor({ lost, restored, slowToo = false }) {
        this.name = "webgl";
        this.canvas = element("canvas", { class: "points", "aria-hidden": "true" });
        this.gl = this.canvas.getContext("webgl2", {
            alpha: true, antialias: false, depth: false, preserveDrawingBuffer: true, failIfMajorPerformanceCaveat: !slowToo,
        });
        if (!this.gl) throw new NoWebGL();
        this.canvas.addEventListener("webglcontextlost", (event) => {
            event.preventDefault();
            lost();
        });
        this.canvas.addEventListener("webglcontextrestored", () => {
            this.setUp();
            restored();
        });
        this.setUp();
    }

    setUp() {
        const { gl } = this;
        const program = gl.createProgram();
        for (const [type, source] of [[gl.VERTEX_SHADER, vertexSource], [gl.FRAGMENT_SHADER, fragmentSource]]) {
            const shader = gl.createShader(type);
            gl.shaderSource(shader, source);
            gl.compileShader(shader);
            gl.attachShader(program, shader);
        }
        gl.linkProgram(program);
        if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
        gl.useProgram(program);
        this.places = Object.fromEntries(["view", "pass", "diameter", "radius", "opacity"].map((name) => [name, gl.getUniformLocation(program, name)]));
        this.buffers = [gl.createBuffer(), gl.createBuffer()];
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[0]);
        gl.enableVertexAttribArray(0);
        gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
        gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[1]);
        gl.enableVertexAttribArray(1);
        gl.vertexAttribIPointer(1, 1, gl.UNSIGNED_SHORT, 0, 0);
        gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
        for (const filter of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, filter, gl.NEAREST);
        gl.enable(gl.BLEND);
        gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
        this.held = {};
    }

    resize(width, height, ratio) {
        Object.assign(this, { width, height, ratio });
        Object.assign(this.canvas, { width: Math.max(1, Math.round(width * ratio)), height: Math.max(1, Math.round(height * ratio)) });
    }

    draw(scene) {
        const { gl, places, ratio } = this;
        if (gl.isContextLost()) return 0;
        this.hand(scene);
        const { width, height } = this.canvas;
        this.clear();
        const across = (2 * scene.scale * ratio) / width;
        gl.uniform4f(places.view, scene.x, scene.y, across, (2 * scene.scale * ratio) / height);
        gl.uniform1f(places.diameter, 2 * scene.radius * ratio + 2);
        gl.uniform1f(places.radius, scene.radius * ratio);
        const window = visibleWindow(scene, this);
        for (const [pass, opacity, inks = scene.inks] of scene.passes) {
            this.handInks(inks);
            gl.uniform1ui(places.pass, pass);
            gl.uniform1f(places.opacity, opacity);
            scene.grid.within(window, (from, to) => to > from && gl.drawArrays(gl.POINTS, from, to - from));
        }
        return countWithin(scene, window);
    }

    /** Uploads what is not there yet: places and shades are the same objects from frame to frame until they change. */
    hand({ grid, shades }) {
        const { gl, held, buffers } = this;
        const upload = (buffer, data) => {
            gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
            gl.bufferData(gl.ARRAY_BUFFER, data, gl.STATIC_DRAW);
        };
        if (held.grid !== grid) upload(buffers[0], grid.positions);
        if (held.shades !== shades) upload(buffers[1], shades);
        Object.assign(held, { grid, shades });
    }

    handInks(inks) {
        const { gl, held } = this;
        if (held.inks === inks) return;
        const bytes = new Uint8Array(Uint32Array.from(inks, (ink) => ink | 0xff000000).buffer);
        gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, bytes);
        held.inks = inks;
    }

    clear() {
        this.gl.viewport(0, 0, this.canvas.width, this.canvas.height);
        this.gl.clear(this.gl.COLOR_BUFFER_BIT);
    }

    /** Gives the context back at once: a browser has but few. */
    release() {
        this.gl.getExtension("WEBGL_lose_context")?.loseContext();
        this.held = {};
    }
}

/** How many points of the passes the window holds: the GPU does not tell. */
function countWithin({ grid, shades, passes }, { x0, x1, y0, y1 }) {
    const { positions } = grid;
    let count = 0;
    grid.within({ x0, x1, y0, y1 }, (from, to) => {
        for (let k = from; k < to; k += 1) {
            const [x, y] = [positions[2 * k], positions[2 * k + 1]];
            if (passes.some(([pass]) => shades[k] >> 8 === pass) && x >= x0 && x <= x1 && y >= y0 && y <= y1) count += 1;
        }
    });
    return count;
}
