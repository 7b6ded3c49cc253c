"""Models trained here within seconds, on the shapes that with_daemon.py draws or on coloured squares, so that their images are
there."""
import json
import struct
import time
import urllib.error
import urllib.request

DEADLINE = 120


def configuration(dimension, channels=1, side=28):
    """Dense layers, so that an epoch is a moment."""
    return {
        "family": "vae", "input": {"channels": channels, "height": side, "width": side}, "latent_dimension": dimension,
        "encoder": [{"type": "dense", "units": 64}],
        "decoder": [{"type": "dense", "units": 64}, {"type": "dense", "units": channels * side * side, "activation": "none"},
                    {"type": "reshape", "shape": [channels, side, side]}],
    }


def train(url, dimension, epochs=4):
    """The name of a served model with so many dimensions, trained now if there is none."""
    return trained(url, f"shapes-{dimension}d", "drawn-shapes", configuration(dimension), epochs)


def train_in_colour(url):
    """The name of a model of three dimensions for red, green and blue squares on black."""
    upload_squares(url, "squares")
    return trained(url, "squares-3d", "squares", configuration(3, channels=3, side=12), epochs=60)


def trained(url, name, dataset, model, epochs):
    if name in (model["name"] for model in call(url, "/v1/models")["data"]):
        return name
    job = call(url, "/v1/jobs", {"dataset": dataset, "model": model, "name": name,
                                 "training": {"epochs": epochs, "seed": 1, "learning_rate": 0.003}})["id"]
    end = time.monotonic() + DEADLINE
    while (status := call(url, f"/v1/jobs/{job}")["status"]) != "succeeded":
        if status in ("failed", "cancelled") or time.monotonic() > end:
            raise AssertionError(f"the job is {status}")
        time.sleep(0.1)
    return name


def upload_squares(url, name, side=12):
    """A third of the images in each colour, at places that differ; IDX files of four dimensions, colours last."""
    def pixels(number):
        label, row, column = number % 3, 1 + number // 3 % 4, 1 + number // 12 % 4
        inside = lambda y, x: row <= y < row + 6 and column <= x < column + 6
        return bytes(255 * (inside(y, x) and channel == label) for y in range(side) for x in range(side) for channel in range(3))

    files = {}
    for part, count in (("train", 192), ("test", 48)):
        files[f"{part}_images"] = struct.pack(">IIIII", 0x804, count, side, side, 3) + b"".join(map(pixels, range(count)))
        files[f"{part}_labels"] = struct.pack(">II", 0x801, count) + bytes(number % 3 for number in range(count))
    boundary = "squares-and-squares"
    body = b"".join(b'--%s\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n%s\r\n'
                    % (boundary.encode(), field.encode(), field.encode(), content) for field, content in files.items())
    request = urllib.request.Request(f"{url.rstrip('/')}/v1/datasets/{name}", body + f"--{boundary}--\r\n".encode(),
                                     {"Content-Type": f"multipart/form-data; boundary={boundary}"}, method="PUT")
    urllib.request.urlopen(request, timeout=DEADLINE).close()


def call(url, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url.rstrip("/") + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
        content = answer.read()
    return json.loads(content) if content else None
