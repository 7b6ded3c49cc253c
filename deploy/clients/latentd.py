"""A client of latentd in one file: the standard library and numpy.

    import latentd
    server = latentd.Client("http://127.0.0.1:8080")
    model = server.model("mnist-2d")
    images = model.decode([[0.5, -1.2]])              # float32, [1, 1, 28, 28], values of 0 to 1
    mean = model.encode(images).mean                  # float32, [1, 2]
    path = model.interpolate([-2, 0], [2, 1], steps=12)
    latentd.save_png("path.png", path.images, columns=12)
    job = server.train("mnist", "mnist-2d", name="mine", epochs=20, seed=7)
    job.wait()                                        # draws a progress bar

Images are arrays [count, channels, height, width] (without the channels or the count where there is one), floats of 0 to 1
or bytes of 0 to 255; latents are [count, latent dimension]. A point is a latent (one dimension), an image (more), the
bytes of a PNG file, a Sample, or a str, which is the name of a vector that the server keeps with the model.

What the server refuses is raised as latentd.Error, with the server's code, message and parameter.
"""
import base64
import http.client
import io
import json
import math
import secrets
import ssl
import struct
import sys
import time
import typing
import urllib.parse
import zlib

import numpy

__all__ = ["Client", "Model", "Job", "Sample", "Encoding", "Reconstruction", "Path", "Sum", "Nearest", "Map", "Error",
           "JobFailed", "save_png", "png"]

NPY, JSON, PNG, EVENTS = "application/x-npy", "application/json", "image/png", "text/event-stream"
OCTETS = "application/octet-stream"
Array = numpy.ndarray


class Error(Exception):
    """The server's refusal. `status` is HTTP's; `parameter` names the field, `retry_after` is in seconds."""

    def __init__(self, status, code, message, parameter=None, request_id=None, retry_after=None):
        super().__init__(f"{message} ({code})")
        self.status, self.code, self.message, self.parameter = status, code, message, parameter
        self.request_id, self.retry_after = request_id, retry_after


class JobFailed(Exception):
    """A job that was waited for ended without a model."""

    def __init__(self, job):
        error = job.document["error"] or {}
        super().__init__(f"job {job.id} {job.status}: {error.get('message') or job.document['status_reason'] or 'no reason'}")
        self.job = job


class Sample(typing.NamedTuple):
    """An image of a dataset that the server has."""
    dataset: str
    index: int
    split: str = "test"


class Encoding(typing.NamedTuple):
    """The posterior of each image: mean and log-variance, [count, latent dimension]."""
    mean: Array
    log_variance: Array

    def draw(self, seed=None):
        """One latent of each posterior, drawn here."""
        noise = numpy.random.default_rng(seed).standard_normal(self.mean.shape, numpy.float32)
        return self.mean + numpy.exp(self.log_variance / 2) * noise


class Reconstruction(typing.NamedTuple):
    """Losses are in nats for each image, [count]."""
    images: Array
    latents: Array
    reconstruction_loss: Array
    kl_divergence: Array
    elbo: Array


class Path(typing.NamedTuple):
    """Steps of a path, or draws. `percentile` says how unusual the norm of each latent is under the prior, 0 to 100."""
    images: Array
    latents: Array
    percentile: Array


class Sum(typing.NamedTuple):
    """A weighted sum of points: its latent, its image, and where it lies. `nearest` has dicts of index, label, distance."""
    latent: Array
    image: Array
    percentile: float
    nearest: list
    distance: float | None
    typical_distance: float | None


class Nearest(typing.NamedTuple):
    latent: Array
    percentile: float
    nearest: list
    distance: float
    typical_distance: float


class Map(typing.NamedTuple):
    """The encoded test set, or a sample of it, in the plane: [count, 2], and the label of each (255 for none), as the epoch had it."""
    points: Array
    labels: Array
    epoch: int


class Client:
    """A server. One connection, kept open: use one client a thread."""

    def __init__(self, address="http://127.0.0.1:8080", token=None, timeout=60, retries=4, tls=None):
        """
        token: of `latentd token create`, where the server asks for one.
        timeout: seconds that one answer may take.
        retries: how often a request is sent again that the server has refused because it is busy (429, 503).
        tls: an ssl.SSLContext, for certificates of one's own.
        """
        parts = urllib.parse.urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError(f"'{address}' is no server's address; expected something like http://127.0.0.1:8080")
        self.address, self.timeout, self.retries = address, timeout, retries
        self._parts, self._tls, self._kept = parts, tls, None
        self._fields = {"Authorization": f"Bearer {token}"} if token else {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self._kept:
            self._kept.close()
        self._kept = None

    def models(self):
        """What the server says of each model, as dicts."""
        return self.call("GET", "/v1/models")["data"]

    def model(self, name, version=None):
        """The model of this name; raises Error where there is none. A version is only checked: the newest one serves."""
        model = Model(self, name)
        if version is not None and model.info["version"] != version:
            raise ValueError(f"model '{name}' is served in version {model.info['version']}, not {version}")
        return model

    def load(self, name):
        """Reads the newest version of a model from the server's disk and serves it; wants the scope admin, as the next three."""
        self.call("POST", f"/v1/models/{quoted(name)}/load")
        return self.model(name)

    def unload(self, name):
        """Takes a model out of service; requests that have it finish with it."""
        self.call("POST", f"/v1/models/{quoted(name)}/unload")

    def roll_back(self, name, version=None):
        """Serves the version before the one that is served, or this one, until a newer one is published; gives the model."""
        self.call("POST", f"/v1/models/{quoted(name)}/rollback", {} if version is None else {"version": version})
        return self.model(name)

    def delete_version(self, name, version):
        """Removes a published version from the server's disk; the newest of the others is served."""
        self.call("DELETE", f"/v1/models/{quoted(name)}/versions/{version}")

    def datasets(self):
        return self.call("GET", "/v1/datasets")["data"]

    def upload(self, name, train, train_labels=None, test=None, test_labels=None):
        """
        Keeps images on the server as a dataset that jobs train on; gives what the server says of it, as a dict.

        train, test: images, [count, channels, height, width] or [count, height, width]; floats of 0 to 1, or integers of 0 to 255. Without
            test images the server holds every tenth image out.
        train_labels, test_labels: one number of 0 to 254 an image.
        """
        files = {"train_images": train, "train_labels": train_labels, "test_images": test, "test_labels": test_labels}
        boundary = secrets.token_hex(16)
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"; filename="{field}"\r\n\r\n'.encode()
            + (idx_labels(values) if field.endswith("labels") else idx_images(values)) + b"\r\n"
            for field, values in files.items() if values is not None)
        _, answer = self.exchange("PUT", f"/v1/datasets/{quoted(name)}", body + f"--{boundary}--\r\n".encode(),
                                  f"multipart/form-data; boundary={boundary}")
        return json.loads(answer)

    def delete_dataset(self, name):
        """Removes an uploaded dataset; wants the scope admin."""
        self.call("DELETE", f"/v1/datasets/{quoted(name)}")

    def jobs(self, status=None):
        """All training jobs, the newest first, as they are asked for."""
        query = {"limit": 100, **({"status": status} if status else {})}
        while True:
            page = self.call("GET", "/v1/jobs", query=query)
            yield from (Job(self, document) for document in page["data"])
            if not page["data"] or not page.get("has_more"):
                return
            query["after"] = page["data"][-1]["id"]

    def job(self, identifier):
        return Job(self, self.call("GET", f"/v1/jobs/{quoted(identifier)}"))

    def train(self, dataset, model, name=None, metadata=None, key=None, priority=None, **training):
        """
        Queues a training job.

        model: a preset's name, or a whole configuration as a dict.
        name: what the model is to be called.
        priority: -100 to 100; the queued job of the highest one starts first.
        key: an Idempotency-Key: with the same one, the same job is answered and none made anew.
        training: epochs, batch_size, learning_rate, seed and what else the server's `training` takes.
        """
        body = {"dataset": dataset, "model": model, "training": training}
        body |= {field: value for field, value in (("name", name), ("metadata", metadata), ("priority", priority))
                 if value is not None}
        fields = {"Idempotency-Key": key} if key else {}
        return Job(self, self.call("POST", "/v1/jobs", body, fields=fields))

    def call(self, method, path, body=None, query=None, fields=None):
        """Any call of the API: a value sent as JSON, and the answer's JSON; None where the answer has no body."""
        data = None if body is None else json.dumps(body, allow_nan=False).encode()
        _, answer = self.exchange(method, path, data, JSON, JSON, query, fields)
        return json.loads(answer) if answer else None

    def exchange(self, method, path, data=None, content_type=JSON, accept=JSON, query=None, fields=None):
        """The fields and the bytes of an answer."""
        headers = {"Accept": accept, **self._fields, **(fields or {})}
        if data is not None:
            headers["Content-Type"] = content_type
        target = path + ("?" + urllib.parse.urlencode(query) if query else "")
        for attempt in range(self.retries + 1):
            answer = self._send(method, target, data, headers)
            content = answer.read()
            if answer.status < 400:
                return answer.headers, content
            error = error_of(answer, content)
            if error.status not in (429, 503) or error.retry_after is None or attempt == self.retries:
                raise error
            time.sleep(min(error.retry_after, 30) * (1 + attempt))

    def _send(self, method, target, data, headers):
        reused = self._kept is not None
        self._kept = self._kept or self._connection(self.timeout)
        try:
            self._kept.request(method, target, data, headers)
            return self._kept.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self.close()
            # A kept connection may have been closed by the server meanwhile: a request that does nothing twice goes again.
            if reused and (method in ("GET", "PUT", "DELETE") or not target.startswith("/v1/jobs")):
                return self._send(method, target, data, headers)
            raise
        except BaseException:
            self.close()  # half an answer may be left in it
            raise

    def _connection(self, timeout):
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(self._parts.hostname, self._parts.port, timeout=timeout)
        context = self._tls or ssl.create_default_context()
        return http.client.HTTPSConnection(self._parts.hostname, self._parts.port, timeout=timeout, context=context)

    def stream(self, path, last=None, silence=60):
        """Server-sent events as (id, name, value), on a connection of its own, until the stream ends."""
        connection = self._connection(silence)
        try:
            fields = {"Accept": EVENTS, **self._fields, **({"Last-Event-ID": last} if last else {})}
            connection.request("GET", path, headers=fields)
            answer = connection.getresponse()
            if answer.status >= 400:
                raise error_of(answer, answer.read())
            event = {}
            for line in answer:
                line = line.decode().rstrip("\r\n")
                if not line:
                    if "data" in event:
                        yield event.get("id"), event.get("event", "message"), json.loads(event["data"])
                    event = {}
                elif not line.startswith(":"):
                    field, _, value = line.partition(": ")
                    event[field] = event[field] + "\n" + value if field == "data" and field in event else value
        finally:
            connection.close()


class Model:
    """A model that the server has."""

    def __init__(self, client, name):
        self.client, self.name = client, name
        self.path = f"/v1/models/{quoted(name)}"
        self.info = client.call("GET", self.path)
        shape = self.info["input"]
        self.shape = (shape["channels"], shape["height"], shape["width"])
        self.latent_dimension = self.info["latent_dimension"]

    def __repr__(self):
        return f"<Model {self.name}: {'x'.join(map(str, self.shape))} to {self.latent_dimension}>"

    def encode(self, images):
        """The posterior of each image: an Encoding."""
        answer = json.loads(self._arrays("encode", self._images(images), JSON))
        return Encoding(floats(answer["mean"]), floats(answer["log_variance"]))

    def decode(self, latents):
        """The images of latents, [count, channels, height, width]."""
        rows = numpy.atleast_2d(numpy.asarray(latents, numpy.float32))
        return array_of(self._arrays("decode", rows, NPY))

    def reconstruct(self, images):
        """Images encoded to the mean and decoded, with their losses: a Reconstruction."""
        answer = json.loads(self._arrays("reconstruct", self._images(images), JSON))
        parts = {name: floats(answer[name]) for name in Reconstruction._fields}
        return Reconstruction(**{**parts, "images": self._shaped(parts["images"])})

    def interpolate(self, start, end, steps=9, method=None, through=()):
        """The way from one point to another, through others, each part in so many steps: a Path. The method is linear or
        slerp; without one, linear in the plane and slerp above."""
        body = {"through": [self._point(point) for point in (start, *through, end)], "steps": steps}
        if method is not None:
            body["method"] = method
        return self._path("interpolate", body)

    def arithmetic(self, *terms, nearest=5):
        """A weighted sum: `arithmetic((1, point), (-1, "slant"), ...)`; what is no pair has weight 1. Gives a Sum."""
        pairs = [term if isinstance(term, tuple) and not isinstance(term, Sample) else (1, term) for term in terms]
        body = {"terms": [{"weight": float(weight), "point": self._point(point)} for weight, point in pairs],
                "nearest": nearest}
        answer = self.client.call("POST", f"{self.path}/arithmetic", body)
        return Sum(floats(answer["latent"]), self._shaped(floats(answer["image"]))[0], answer["percentile"],
                   answer.get("nearest", []), answer.get("distance"), answer.get("typical_distance"))

    def sample(self, count, seed=None, temperature=1.0):
        """Draws from the prior: a Path."""
        body = {"count": count, "temperature": temperature, **({} if seed is None else {"seed": seed})}
        return self._path("sample", body)

    def traverse(self, point, along=0, start=-3, end=3, steps=9):
        """A Path: one dimension (a number) of the point set to a range of values, or a range of multiples of a vector (its
        name) or of a direction (an array) added to the point."""
        body = {"point": self._point(point), "from": start, "to": end, "steps": steps}
        if isinstance(along, (int, numpy.integer)):
            body["dimension"] = int(along)
        elif isinstance(along, str):
            body["vector"] = along
        else:
            body["direction"] = numpy.asarray(along, numpy.float32).tolist()
        return self._path("traverse", body)

    def nearest(self, point, count=5):
        """The encoded samples of the test set that are nearest to a point: a Nearest."""
        answer = self.client.call("POST", f"{self.path}/nearest", {"point": self._point(point), "count": count})
        return Nearest(floats(answer["latent"]), answer["percentile"], answer["nearest"], answer["distance"],
                       answer["typical_distance"])

    def vectors(self):
        """What the server says of each named vector, as dicts."""
        return self.client.call("GET", f"{self.path}/vectors")["data"]

    def vector(self, name):
        """The numbers of a named vector."""
        return floats(self.client.call("GET", self._vector(name))["latent"])

    def set_vector(self, name, latent=None, start=None, end=None, **label):
        """
        Keeps a named vector with the model and gives its numbers: those of `latent`; the mean of the points of `end` minus
        that of `start`; or, by `dataset=`, `label=` and `split=`, the mean of the samples with the label minus without.
        """
        if latent is not None:
            body = {"latent": numpy.asarray(latent, numpy.float32).tolist()}
        elif start is not None:
            body = {"from": [self._point(point) for point in start], "to": [self._point(point) for point in end]}
        else:
            body = label
        return floats(self.client.call("PUT", self._vector(name), body)["latent"])

    def delete_vector(self, name):
        self.client.call("DELETE", self._vector(name))

    def map(self, epoch=None, axes=None):
        """The encoded test set: a Map. axes: two of the latent dimensions, in place of the principal plane."""
        query = {} if epoch is None else {"epoch": epoch}
        if axes is not None:
            query["axes"] = ",".join(str(axis) for axis in axes)
        return map_of(*self.client.exchange("GET", f"{self.path}/map", accept=OCTETS, query=query))

    def losses(self, part="loss"):
        """What the model makes of each sample of its map, in nats: [count]. "loss" is the reconstruction's, "kl" the divergence."""
        return array_of(self.client.exchange("GET", f"{self.path}/map", accept=NPY, query={"values": part})[1])

    def weights(self):
        """The bytes of a safetensors file."""
        return self.client.exchange("GET", f"{self.path}/weights", accept=OCTETS)[1]

    def manifold(self, columns=20, rows=20, **bounds):
        """The decoded plane as the bytes of a PNG file; bounds are x0, x1, y0, y1."""
        query = {"columns": columns, "rows": rows, **bounds}
        return self.client.exchange("GET", f"{self.path}/manifold.png", accept=PNG, query=query)[1]

    def curves(self):
        """The training's losses by epoch, as the server says them."""
        return self.client.call("GET", f"{self.path}/metrics")

    def _arrays(self, verb, array, accept):
        file = io.BytesIO()
        numpy.save(file, array, allow_pickle=False)
        return self.client.exchange("POST", f"{self.path}/{verb}", file.getvalue(), NPY, accept)[1]

    def _path(self, verb, body):
        answer = self.client.call("POST", f"{self.path}/{verb}", body)
        return Path(self._shaped(floats(answer["images"])), floats(answer["latents"]), floats(answer["percentile"]))

    def _images(self, images):
        """[count, channels, height, width], bytes as they are and all else as float32."""
        array = numpy.asarray(images)
        array = array if array.dtype == numpy.uint8 else array.astype(numpy.float32)
        if array.shape[-2:] != self.shape[-2:] or array.size % math.prod(self.shape):
            raise ValueError(f"model '{self.name}' takes images of {list(self.shape)}; these are {list(array.shape)}")
        return numpy.ascontiguousarray(array.reshape(-1, *self.shape))

    def _shaped(self, images):
        return images.reshape(-1, *self.shape)

    def _vector(self, name):
        return f"{self.path}/vectors/{quoted(name)}"

    def _point(self, point):
        if isinstance(point, str):
            return {"vector": point}
        if isinstance(point, Sample):
            return {"sample": point._asdict()}
        if isinstance(point, (bytes, bytearray)):
            return {"image": {"png": base64.b64encode(point).decode()}}
        array = numpy.asarray(point)
        if array.ndim < 2:
            return {"latent": numpy.atleast_1d(array).astype(numpy.float32).tolist()}
        image = self._images(array)
        if len(image) != 1:
            raise ValueError(f"a point is one image; these are {len(image)}")
        image = image[0].astype(numpy.float32) / 255 if image.dtype == numpy.uint8 else image[0]
        return {"image": (image[0] if len(image) == 1 else image).tolist()}


class Job:
    """A training job. `document` is what the server said last; `refresh` asks again."""

    ENDED = ("succeeded", "failed", "cancelled")

    def __init__(self, client, document):
        self.client, self.document = client, document

    def __repr__(self):
        return f"<Job {self.id}: {self.status}>"

    @property
    def id(self):
        return self.document["id"]

    @property
    def status(self):
        return self.document["status"]

    @property
    def path(self):
        return f"/v1/jobs/{quoted(self.id)}"

    @property
    def estimate(self):
        """What it will take, as a dict: memory_bytes, checkpoint_bytes, and seconds once the server knows how fast it is."""
        return self.document["estimate"]

    def refresh(self):
        self.document = self.client.call("GET", self.path)
        return self

    def cancel(self):
        return self._ask("cancel")

    def pause(self):
        """Holds it back until `resume`; one that runs saves its state first, and frees its memory."""
        return self._ask("pause")

    def resume(self):
        return self._ask("resume")

    def maps(self):
        """The epochs whose maps are there, while it runs and after."""
        return [entry["epoch"] for entry in self.client.call("GET", f"{self.path}/maps")["data"]]

    def map(self, epoch):
        """A sample of the test set as the model encoded it after an epoch: a Map."""
        return map_of(*self.client.exchange("GET", f"{self.path}/maps/{epoch}", accept=OCTETS))

    def _ask(self, what):
        self.document = self.client.call("POST", f"{self.path}/{what}")
        return self

    def checkpoints(self):
        """What it has saved, in order, as dicts; a later attempt goes on from the one that is resumable."""
        return list(self._pages("checkpoints"))

    def _pages(self, what, after=0, last=math.inf):
        """The entries of a list with numbers above one and up to another."""
        while after < last:
            page = self.client.call("GET", f"{self.path}/{what}", query={"after": after, "limit": 999})
            for entry in page["data"]:
                after = entry["sequence"]
                if after <= last:
                    yield entry
            if not page["has_more"]:
                return

    def events(self):
        """(id, name, value) of everything that happens to it, from the beginning, live, until it has ended. A connection
        that breaks is made anew and goes on where it was; progress has no id."""
        last, failures = None, 0
        while True:
            try:
                for identifier, name, value in self.client.stream(f"{self.path}/events", last):
                    if name == "resync":  # too much to be sent: what it leaves out is listed
                        for entry in self._pages("events", int(last or 0), value["last"]):
                            last = str(entry["sequence"])
                            yield last, entry["type"], entry
                        continue
                    last, failures = identifier or last, 0
                    yield identifier, name, value
                if self.refresh().status in self.ENDED:
                    return
            except (OSError, http.client.HTTPException):
                failures += 1
                if failures > 8:
                    raise
                time.sleep(min(2 ** failures / 4, 5))

    def wait(self, progress=None, file=None):
        """
        Waits for the end and gives the trained Model; raises JobFailed where there is none.

        progress: whether to draw a bar; without it, only on a terminal.
        file: where to, else standard error.
        """
        file = file or sys.stderr
        draws = file.isatty() if progress is None else progress
        bar = ProgressBar(file, self.document["name"] or self.id) if draws else None
        for _, name, value in self.events():
            if bar and name == "progress":
                bar.draw(value)
        if bar:
            bar.end(self.status)
        if self.status != "succeeded":
            raise JobFailed(self)
        return self.client.model(self.document["model_version"].partition("/")[0])


class ProgressBar:
    """One line of a terminal."""

    WIDTH = 30

    def __init__(self, file, title):
        self.file, self.title, self.drawn = file, title, 0

    def draw(self, event):
        progress, metrics = event.get("progress") or {}, event.get("metrics") or {}
        share = min(1, max(0, progress.get("fraction") or 0))
        parts = [f"{self.title} [{'#' * round(share * self.WIDTH):{self.WIDTH}}] {share:4.0%}"]
        if progress.get("epochs"):
            parts.append(f"epoch {progress.get('epoch', 0)}/{progress['epochs']}")
        loss = next((values["objective"] for values in (metrics.get("train"), metrics) if values and "objective" in values), None)
        if loss is not None:
            parts.append(f"loss {loss:.2f}")
        if progress.get("eta_seconds") is not None:
            parts.append(f"{progress['eta_seconds']:.0f} s left")
        self.show("  ".join(parts))

    def show(self, text):
        self.file.write("\r" + text.ljust(self.drawn))
        self.file.flush()
        self.drawn = len(text)

    def end(self, status):
        self.show(f"{self.title} {status}")
        self.file.write("\n")


def png(images, columns=None, padding=2):
    """The bytes of a PNG file with the images side by side; one channel is grey, three are colour."""
    images = numpy.asarray(images)
    images = images.reshape(-1, *images.shape[-3:]) if images.ndim >= 3 else images[None, None]
    if images.shape[1] not in (1, 3):
        raise ValueError(f"pictures have 1 or 3 channels; these have {images.shape[1]}")
    if images.dtype != numpy.uint8:
        images = (numpy.clip(images, 0, 1) * 255 + 0.5).astype(numpy.uint8)
    count, channels, height, width = images.shape
    columns = min(columns or math.ceil(math.sqrt(count)), count)
    rows = math.ceil(count / columns)
    sheet = numpy.zeros((rows * (height + padding) - padding, columns * (width + padding) - padding, channels), numpy.uint8)
    for index, image in enumerate(images):
        top, left = index // columns * (height + padding), index % columns * (width + padding)
        sheet[top:top + height, left:left + width] = image.transpose(1, 2, 0)

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = b"".join(b"\0" + line.tobytes() for line in sheet)
    header = struct.pack(">IIBBBBB", sheet.shape[1], sheet.shape[0], 8, 0 if channels == 1 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


def save_png(path, images, columns=None, padding=2):
    """Writes `png(...)` to a file."""
    with open(path, "wb") as file:
        file.write(png(images, columns, padding))


def quoted(name):
    return urllib.parse.quote(str(name), safe="")


def map_of(fields, data):
    count = int(fields["X-Shape"].split(",")[0])
    points = numpy.frombuffer(data, "<f4", count * 2).reshape(count, 2)
    return Map(points, numpy.frombuffer(data, numpy.uint8, count, count * 8), int(fields["X-Epoch"]))


def floats(values):
    return numpy.asarray(values, numpy.float32)


def idx_images(images):
    """Images as an IDX file: three dimensions for grey ones, four with the channels last for others."""
    images = numpy.asarray(images)
    if images.dtype.kind in "fb":
        images = floats(images)
        if not (numpy.isfinite(images).all() and images.min(initial=0) >= 0 and images.max(initial=1) <= 1):
            raise ValueError("floats of images are 0 to 1; bytes of 0 to 255 are integers")
        images = numpy.rint(images * 255)
    elif images.dtype.kind not in "iu" or images.size and not 0 <= images.min() <= images.max() <= 255:
        raise ValueError("images are floats of 0 to 1 or integers of 0 to 255")
    images = images.astype(numpy.uint8)
    if images.ndim not in (3, 4):
        raise ValueError(f"images have 3 or 4 dimensions, not {images.ndim}")
    if images.ndim == 4:
        images = images[:, 0] if images.shape[1] == 1 else numpy.moveaxis(images, 1, -1)
    return bytes([0, 0, 8, images.ndim]) + struct.pack(f">{images.ndim}I", *images.shape) + images.tobytes()


def idx_labels(labels):
    labels = numpy.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or labels.size and not 0 <= labels.min() <= labels.max() <= 254:
        raise ValueError("labels are integers of 0 to 254 in one dimension")
    return bytes([0, 0, 8, 1]) + struct.pack(">I", labels.size) + labels.astype(numpy.uint8).tobytes()


def array_of(file):
    return numpy.load(io.BytesIO(file), allow_pickle=False)


def error_of(answer, content):
    """The server's error object; a proxy in between may answer with something else."""
    retry = answer.headers.get("Retry-After", "")
    try:
        error = json.loads(content)["error"]
        code, message = error["code"], error["message"]
    except (ValueError, KeyError, TypeError):
        error, code, message = {}, f"http_{answer.status}", answer.reason
    return Error(answer.status, code, message, error.get("parameter"), error.get("request_id"),
                 int(retry) if retry.isdigit() else None)
