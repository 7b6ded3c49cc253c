"""A model trained here within seconds on the shapes that with_daemon.py draws, so that its images are there."""
import json
import time
import urllib.error
import urllib.request

DEADLINE = 120


def configuration(dimension):
    """Dense layers, so that an epoch is a moment."""
    return {
        "family": "vae", "input": {"channels": 1, "height": 28, "width": 28}, "latent_dimension": dimension,
        "encoder": [{"type": "dense", "units": 64}],
        "decoder": [{"type": "dense", "units": 64}, {"type": "dense", "units": 784, "activation": "none"},
                    {"type": "reshape", "shape": [1, 28, 28]}],
    }


def train(url, dimension, epochs=4):
    """The name of a served model with so many dimensions, trained now if there is none."""
    name = f"shapes-{dimension}d"
    if name in (model["name"] for model in call(url, "/v1/models")["data"]):
        return name
    job = call(url, "/v1/jobs", {"dataset": "drawn-shapes", "model": configuration(dimension), "name": name,
                                 "training": {"epochs": epochs, "seed": 1}})["id"]
    end = time.monotonic() + DEADLINE
    while (status := call(url, f"/v1/jobs/{job}")["status"]) != "succeeded":
        if status in ("failed", "cancelled") or time.monotonic() > end:
            raise AssertionError(f"the job is {status}")
        time.sleep(0.1)
    return name


def call(url, path, body=None, method=None):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url.rstrip("/") + path, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
        content = answer.read()
    return json.loads(content) if content else None
