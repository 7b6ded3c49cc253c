// A drawing as strokes in the model's pixels: what can be undone, and drawn at any scale.

export class Strokes {
    constructor() {
        this.all = [];
    }

    get isEmpty() {
        return this.all.length === 0;
    }

    begin(place, width, colour) {
        this.all.push({ width, colour, places: [place] });
    }

    go(place) {
        this.all.at(-1).places.push(place);
    }

    undo() {
        this.all.pop();
    }

    clear() {
        this.all = [];
    }

    /** scale: the context's pixels a pixel of the model. */
    draw(context, scale) {
        const { width, height } = context.canvas;
        context.fillStyle = "black";
        context.fillRect(0, 0, width, height);
        for (const { width: thickness, colour, places } of this.all) {
            context.beginPath();
            for (const [x, y] of places) context.lineTo(x * scale, y * scale);
            if (places.length === 1) context.lineTo(places[0][0] * scale + 0.01, places[0][1] * scale);
            Object.assign(context, { strokeStyle: colour, lineWidth: thickness * scale, lineCap: "round", lineJoin: "round" });
            context.stroke();
        }
    }
}
