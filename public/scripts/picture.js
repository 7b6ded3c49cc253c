// Decoded floats onto a canvas, one pixel of the canvas a pixel of the model; the style sheet scales them up crisply.

/** values: [channels * height * width] in 0...1 from `offset`; three channels are colour, one is grey. */
export function drawPicture(canvas, values, { channels, height, width }, offset = 0) {
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    const image = new ImageData(width, height);
    const plane = width * height;
    for (let pixel = 0; pixel < plane; pixel += 1) {
        for (let channel = 0; channel < 3; channel += 1) {
            const from = offset + (channels >= 3 ? channel * plane : 0) + pixel;
            image.data[4 * pixel + channel] = values[from] * 255;
        }
        image.data[4 * pixel + 3] = 255;
    }
    canvas.getContext("2d").putImageData(image, 0, 0);
}

/** The API's nested rows ([height][width], or [channels][height][width]) as the flat values `drawPicture` takes. */
export const flatten = (nested) => Float32Array.from(nested.flat(Infinity));

/** Draws nothing: a canvas without a picture is paper. */
export function clearPicture(canvas) {
    canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
}
