"""Datasets that clients bring with curl: shown, trained on, and taken away."""
import gzip
import json
import struct
import subprocess
import zlib

import support
from support import Daemon, InFolder

COLOUR = {"input": {"channels": 3, "height": 6, "width": 10}, "latent_dimension": 2,
          "encoder": [{"type": "dense", "units": 16}],
          "decoder": [{"type": "dense", "units": 180, "activation": "none"}, {"type": "reshape", "shape": [3, 6, 10]}]}
GREY = {"input": {"channels": 1, "height": 4, "width": 7}, "latent_dimension": 2,
        "encoder": [{"type": "dense", "units": 16}],
        "decoder": [{"type": "dense", "units": 28, "activation": "none"}, {"type": "reshape", "shape": [1, 4, 7]}]}


def png(width, height, colour):
    """A picture of one colour: (grey,) or (red, green, blue)."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes(colour) * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 0 if len(colour) == 1 else 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def idx(elements, *extents):
    return bytes([0, 0, 8, len(extents)]) + struct.pack(f">{len(extents)}I", *extents) + bytes(elements)


class Datasets(InFolder):
    def curl(self, daemon, name, *form, method="PUT"):
        """The status and the answer of `curl -F`, in the test's folder."""
        fields = [word for field in form for word in ("-F", field)]
        run = subprocess.run(
            ["curl", "-sS", "-w", "\n%{http_code}", "-X", method, *fields,
             f"http://127.0.0.1:{daemon.port}/v1/datasets/{name}"],
            cwd=self.folder, capture_output=True, timeout=support.DEADLINE, env=support.environment(), check=True)
        answer, _, status = run.stdout.rpartition(b"\n")
        return int(status), json.loads(answer) if answer else None

    def pictures(self, count=24):
        """Arguments of curl for as many pictures, every second one red, the others blue."""
        for number in range(count):
            colour = (200, number, 0) if number % 2 else (0, number, 200)
            (self.folder / f"{number}.png").write_bytes(png(10, 6, colour))
        return [f"train=@{number}.png;filename={'red' if number % 2 else 'blue'}/{number}.png" for number in range(count)]

    def train(self, daemon, dataset, model):
        """A model after one epoch on it; gives what it makes of one of the dataset's images."""
        job = daemon.submit(dataset=dataset, model=model, name=dataset, training={"epochs": 1, "batch_size": 8})
        daemon.wait_for(job, "succeeded")
        point = {"sample": {"dataset": dataset, "split": "test", "index": 0}}
        answer = daemon.call("POST", f"/v1/models/{dataset}/reconstruct", point)
        self.assertEqual(len(answer["latents"][0]), 2)
        return answer["images"][0]

    def test_colour_pictures_that_are_not_square(self):
        with Daemon(self.folder) as daemon:
            status, dataset = self.curl(daemon, "flags", *self.pictures())
            self.assertEqual((status, dataset["splits"]), (201, {"train": 22, "test": 2}), dataset)
            self.assertEqual(dataset["shape"], {"channels": 3, "height": 6, "width": 10})
            self.assertEqual(dataset["label_names"], ["blue", "red"])
            self.assertEqual(daemon.call("GET", "/v1/datasets/flags"), dataset)
            status, picture = daemon.request("GET", "/v1/datasets/flags/train/1.png")
            self.assertEqual((status, picture[16:26]), (200, struct.pack(">IIBB", 10, 6, 8, 2)))
            image = self.train(daemon, "flags", COLOUR)
            self.assertEqual((len(image), len(image[0]), len(image[0][0])), (3, 6, 10))
            self.assertEqual(self.curl(daemon, "flags", method="DELETE"), (204, None))
            status, answer = daemon.request("POST", "/v1/models/flags/reconstruct",
                                            {"sample": {"dataset": "flags", "index": 0}})
            self.assertEqual((status, json.loads(answer)["error"]["code"]), (422, "dataset_not_found"))
            self.assertEqual(len(daemon.call("GET", "/v1/models/flags/map")["latent"]), 2, "what was trained stays")

    def test_idx_files_and_a_restart(self):
        source = bytes(range(28)) * 20
        (self.folder / "images.gz").write_bytes(gzip.compress(idx(source, 20, 4, 7)))
        (self.folder / "labels").write_bytes(idx([number % 3 for number in range(20)], 20))
        (self.folder / "few").write_bytes(idx(source[:56], 2, 4, 7))
        form = ["train_images=@images.gz", "train_labels=@labels", "test_images=@few"]
        with Daemon(self.folder) as daemon:
            status, dataset = self.curl(daemon, "ramps", *form)
            self.assertEqual((status, dataset["splits"]), (201, {"train": 20, "test": 2}), dataset)
            self.assertEqual(sum(file["bytes"] for file in dataset["upload"]["files"]), dataset["upload"]["bytes"])
            self.assertEqual(self.curl(daemon, "ramps", *form), (200, dataset))
        (self.folder / "state" / "datasets" / ".upload-half-1").mkdir()
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.call("GET", "/v1/datasets/ramps"), dataset)
            image = self.train(daemon, "ramps", GREY)
            self.assertEqual((len(image), len(image[0])), (4, 7))
        self.assertEqual([entry.name for entry in (self.folder / "state" / "datasets").iterdir()], ["ramps"])

    def test_one_that_a_job_needs_stays(self):
        with Daemon(self.folder) as daemon:
            self.curl(daemon, "flags", *self.pictures())
            job = daemon.submit(dataset="flags", model=COLOUR, name="flags", training={"epochs": 100_000})
            daemon.wait_for(job, "running")
            for change in (None, "pause"):
                if change:
                    daemon.call("POST", f"/v1/jobs/{job}/{change}")
                    daemon.wait_for(job, "paused")
                status, answer = self.curl(daemon, "flags", method="DELETE")
                self.assertEqual((status, answer["error"]["code"]), (409, "dataset_in_use"))
                self.assertIn(job, answer["error"]["message"])
            daemon.call("POST", f"/v1/jobs/{job}/cancel")
            daemon.wait_for(job, "cancelled")
            self.assertEqual(self.curl(daemon, "flags", method="DELETE"), (204, None))

    def test_what_is_wrong_is_said(self):
        (self.folder / "a.png").write_bytes(png(10, 6, (1,)))
        (self.folder / "b.png").write_bytes(png(6, 10, (1,)))
        (self.folder / "cut.png").write_bytes(png(10, 6, (1,))[:-20])
        (self.folder / "images").write_bytes(idx(bytes(56), 2, 4, 7))
        (self.folder / "short").write_bytes(idx(bytes(55), 2, 4, 7))
        (self.folder / "labels").write_bytes(idx(bytes(3), 3))
        (self.folder / "large").write_bytes(idx(bytes(4000), 40, 10, 10))
        rows = [
            ("x", ["train=@a.png", "train=@b.png"], 422, "image_shape_mismatch",
             "'b.png' is 6x10; the first image is 10x6."),
            ("x", ["train=@a.png", "train=@cut.png"], 422, "invalid_png", "'cut.png' cannot be used. The PNG is cut short."),
            ("x", ["train=@a.png"], 422, "too_few_images", "The train part has 1 images; expected at least 2."),
            ("x", ["train_images=@short"], 422, "invalid_idx",
             "'train_images' is cut short: it should hold 72 bytes, but holds 71."),
            ("x", ["train_images=@images", "train_labels=@labels"], 422, "label_count_mismatch",
             "'train_labels' holds 3 labels; there are 2 images."),
            ("x", ["pictures=@a.png"], 422, "unknown_field",
             "'pictures' is not known here; known are train_images, train_labels, test_images, test_labels, train, test."),
            ("x", ["train_images=@large"], 507, "quota_exceeded",
             "The dataset takes 4032 bytes and those that were uploaded before take 0; all may take 4000."),
            ("mnist", ["train_images=@images"], 409, "dataset_exists",
             "'mnist' is the name of a known dataset; choose another one."),
            ("shapes", ["train_images=@images"], 409, "dataset_exists",
             "There is a dataset 'shapes' with other content; remove it or choose another name."),
        ]
        limits = ["--set", "datasets.max_bytes=4000", "--set", "datasets.max_upload_bytes=8192"]
        with Daemon(self.folder, *limits) as daemon:
            for name, form, status, code, message in rows:
                with self.subTest(code):
                    answer = self.curl(daemon, name, *form)
                    self.assertEqual((answer[0], answer[1]["error"]["code"]), (status, code), answer)
                    self.assertEqual(answer[1]["error"]["message"], message)
            status, answer = daemon.request("PUT", "/v1/datasets/x", {"images": []})
            self.assertEqual((status, json.loads(answer)["error"]["code"]), (415, "unsupported_media_type"))
            (self.folder / "larger").write_bytes(bytes(9000))
            status, answer = self.curl(daemon, "x", "train_images=@larger")
            self.assertEqual((status, answer["error"]["code"]), (413, "request_body_too_large"))
            self.assertEqual(daemon.request("GET", "/v1/datasets/x")[0], 404)
        datasets = self.folder / "state" / "datasets"
        self.assertEqual(list(datasets.iterdir()) if datasets.exists() else [], [], "a failed upload leaves nothing")
