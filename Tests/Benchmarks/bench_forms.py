"""What the form of a body costs: 64 pictures to encode, beside the FastAPI peer; raw floats beside JSON.

  python bench_forms.py --latentd ../../.build/release/latentd [--rounds 5]

One connection, one request at a time, the sides in turn. The pictures are PNG in base64 within JSON, as both take them;
latentd is also asked with one PNG of all 64. Raw floats and JSON: 128 images to encode and decode again (`reconstruct`).
"""
import argparse
import base64
import http.client
import io
import json
import pathlib
import statistics
import tempfile
import time

import numpy
from PIL import Image

import bench_serve
import sides
from bench_serve import HERE, Daemon

MODELS = HERE.parent.parent / "deploy" / "models"
JSON = {"Content-Type": "application/json"}


def rate(port, request, seconds):
    """Requests a second."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    count, start = 0, None
    while start is None or time.perf_counter() - start < seconds:
        connection.request("POST", *request)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{answer.status}: {content[:300]!r}")
        count, start = (count + 1, start) if start else (0, time.perf_counter())
    connection.close()
    return count / (time.perf_counter() - start)


def png(pixels):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "png")
    return file.getvalue()


def digits(port, count):
    """Images that the bundled model decodes, as bytes: [count, 28, 28]."""
    latents = numpy.random.default_rng(1).standard_normal((count, 2)).tolist()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("POST", "/v1/models/mnist-2d/decode", json.dumps({"latents": latents}), JSON)
    images = numpy.array(json.loads(connection.getresponse().read())["images"])
    return (images * 255).round().astype(numpy.uint8)


def compare(title, unit, rows, rounds, seconds):
    """Rows are (name, port, request, how many images); the ratios are to the last row."""
    rates = {name: [] for name, *_ in rows}
    for _ in range(rounds):
        for name, port, request, count in rows:
            rates[name].append(rate(port, request, seconds) * count)
    *ours, (base, *_) = rows
    for name, *_ in ours:
        print(f"| {title} | {name}: {statistics.median(rates[name]):,.0f} {unit}; {base}: "
              f"{statistics.median(rates[base]):,.0f} | "
              "{:.2f} ({:.2f} to {:.2f}) |".format(*sides.ratio(rates[name], rates[base])), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="for each measurement")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory, Daemon(arguments.latentd, MODELS) as daemon:
        peer, peer_port = bench_serve.start_peer(MODELS / "mnist-2d" / "1", directory)
        try:
            print("| what | measured | ratio (by round) |\n|---|---|---|")
            model, images = "/v1/models/mnist-2d", digits(daemon.port, 128)
            pictures = json.dumps({"images": [{"png": base64.b64encode(png(image)).decode()} for image in images[:64]]})
            sheet = png(images[:64].reshape(8, 8, 28, 28).transpose(0, 2, 1, 3).reshape(224, 224))
            compare("encode 64 PNG", "images/s", [
                ("latentd", daemon.port, (f"{model}/encode", pictures, JSON), 64),
                ("latentd, one PNG of all", daemon.port,
                 (f"{model}/encode?rows=8&columns=8", sheet, {"Content-Type": "image/png"}), 64),
                ("peer", peer_port, ("/encode", pictures, JSON), 64)], arguments.rounds, arguments.seconds)
            floats = images.astype(numpy.float32)[:, None] / 255
            raw = {"Content-Type": "application/octet-stream", "X-Shape": "128,1,28,28", "X-Dtype": "f32",
                   "Accept": "application/octet-stream"}
            compare("reconstruct 128", "images/s", [
                ("raw floats", daemon.port, (f"{model}/reconstruct", floats.tobytes(), raw), 128),
                ("JSON", daemon.port, (f"{model}/reconstruct", json.dumps({"images": floats[:, 0].tolist()}), JSON), 128),
            ], arguments.rounds, arguments.seconds)
        finally:
            peer.terminate()
            peer.wait(10)


if __name__ == "__main__":
    main()
