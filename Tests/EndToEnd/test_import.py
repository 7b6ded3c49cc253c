"""Models from elsewhere: PyTorch's weights and Keras' files in, ours out, and what is refused on the way."""
import importlib.util
import json
import os
import shutil
import struct
import subprocess
import sys
import unittest
import zipfile

import support
from support import Daemon, InFolder, latentd

CONVERTER = support.ROOT / "deploy" / "convert" / "keras_to_latentd.py"
KERAS = support.ROOT / "Tests" / "EndToEnd" / "Fixtures" / "keras"


def tensors(file):
    """Type, shape and bytes by name, and the metadata."""
    content = file.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:8 + length])
    metadata = header.pop("__metadata__", {})
    data = content[8 + length:]
    return {name: (entry["dtype"], entry["shape"], data[slice(*entry["data_offsets"])]) for name, entry in header.items()}, metadata


class Importing(InFolder):
    def command(self, **changed):
        """The arguments of an import that works, but for what is changed."""
        values = {"weights": support.FIXTURE / "model.safetensors", "config": support.FIXTURE / "config.json", "name": "mine",
                  "models-dir": self.folder / "models", **changed}
        return ["import", *(text for name, value in values.items() for text in (f"--{name}", str(value)))]

    def versions(self):
        return sorted(str(path.relative_to(self.folder / "models")) for path in (self.folder / "models").glob("*/*"))

    def test_what_goes_in_comes_out(self):
        run = latentd(*self.command())
        self.assertEqual((run.returncode, run.stdout), (0, "mine/1: 5749 parameters\n"), run.stderr)
        weights, config = self.folder / "out.safetensors", self.folder / "out.json"
        export = ["export", "mine", "--models-dir", self.folder / "models", "--output", weights, "--config-output", config]
        run = latentd(*export)
        self.assertEqual(run.returncode, 0, run.stderr)
        original, _ = tensors(support.FIXTURE / "model.safetensors")
        exported, metadata = tensors(weights)
        self.assertEqual(exported, original)
        self.assertEqual((metadata["format"], metadata["latentd_model"]), ("pt", "mine/1"))
        self.assertEqual(json.loads(config.read_text())["encoder"][1]["stride"], 2)
        self.assert_refuses([support.PROGRAM, *map(str, export)], "out.safetensors' is there already", "--force")
        self.assertEqual(latentd(*export, "--force").returncode, 0)

        again = latentd(*self.command(weights=weights, config=config, version=5))
        self.assertEqual((again.returncode, again.stdout), (0, "mine/5: 5749 parameters\n"), again.stderr)
        folders = [self.folder / "models" / "mine" / version for version in ("1", "5")]
        for file in ("config.json", "model.safetensors"):
            self.assertEqual(*[(folder / file).read_bytes() for folder in folders])

    def test_a_running_daemon_takes_it(self):
        with Daemon(self.folder) as daemon:
            self.assertEqual(latentd(*self.command(name="new")).returncode, 0)
            self.assertEqual(daemon.request("POST", "/v2/repository/models/new.decode/load", {})[0], 200, daemon.said())
            latents = {"latents": [[0.5, -1]]}
            self.assertEqual(daemon.call("POST", "/v1/models/new/decode", latents)["images"],
                             daemon.call("POST", "/v1/models/small/decode", latents)["images"])

    def test_a_dry_run_shows_a_table_and_publishes_nothing(self):
        before = self.versions()
        run = latentd(*self.command(), "--dry-run")
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertRegex(run.stdout, r"encoder\.1\.weight +8x4x3x3 +F32 +8x4x3x3 +encoder\.1\.weight +ok")
        run = latentd(*self.command(config=support.FIXTURE.parent / "from_pytorch_batch_norm" / "config.json"), "--dry-run")
        self.assertNotEqual(run.returncode, 0)
        self.assertRegex(run.stdout, r"encoder\.0\.batch_norm\.weight +4 +- +- +- +missing")
        self.assertRegex(run.stdout, r"encoder\.3\.weight +- +F32 +8x8x3x3 +encoder\.3\.weight +belongs to no layer")
        self.assertEqual(self.versions(), before)

    def hostile_weights(self):
        """Files that are none, by name, each with the words of its refusal."""
        whole = (support.FIXTURE / "model.safetensors").read_bytes()
        length = struct.unpack("<Q", whole[:8])[0]
        header = json.loads(whole[8:8 + length])

        def changed(name, **fields):
            text = json.dumps({**header, name: {**header[name], **fields}}).encode()
            return struct.pack("<Q", len(text)) + text + whole[8 + length:]

        begin, _ = header["mean.bias"]["data_offsets"]
        place = 8 + length + begin
        yield "truncated", whole[:-5], ["tensors take", "bytes, but the file has"]
        yield "header", struct.pack("<Q", 1 << 62) + whole[8:], ["says that its header has"]
        yield "offsets", changed("mean.bias", data_offsets=[begin, begin + 4]), ["'mean.bias'", "takes 8 bytes"]
        yield "beyond", changed("mean.bias", data_offsets=[1 << 62, (1 << 62) + 8]), ["bytes between belong to no tensor"]
        yield "absurd", changed("mean.bias", shape=[1 << 40, 1 << 40]), ["'mean.bias'", "too large to count"]
        yield "negative", changed("mean.bias", shape=[-2]), ["header"]
        yield "nan", whole[:place] + struct.pack("<f", float("nan")) + whole[place + 4:], ["element 0 of 'mean.bias'", "not a finite"]
        yield "infinite", whole[:place] + struct.pack("<f", float("inf")) + whole[place + 4:], ["element 0 of 'mean.bias'"]
        yield "integers", changed("mean.bias", dtype="I32"), ["'mean.bias' is of type I32; expected F32, F64, F16 or BF16"]
        yield "empty", b"", ["0 bytes"]
        text = b'{"a\\nb\\u001b[31m":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
        yield "escapes", struct.pack("<Q", len(text)) + text + bytes(4), ["and 11 more"]

    def test_what_cannot_be_is_said_in_one_line_and_leaves_nothing(self):
        cases = []
        for name, content, words in self.hostile_weights():
            (self.folder / name).write_bytes(content)
            cases.append((self.command(weights=self.folder / name), [name, *words]))
        config = json.loads((support.FIXTURE / "config.json").read_text())
        configs = {
            "no.json": "{", "no-field.json": json.dumps({**config, "latent": 2}),
            "huge.json": json.dumps({**config, "latent_dimension": 1 << 60}),
            "other.json": json.dumps({**config, "latent_dimension": 3}),
            "wide.json": json.dumps({**config, "encoder": [{"type": "dense", "units": 1 << 26}] * 200}),
        }
        for name, text in configs.items():
            (self.folder / name).write_text(text)
        for name, words in {"no.json": ["configuration"], "no-field.json": ["'latent'", "unknown field"],
                            "huge.json": ["latent_dimension"], "wide.json": ["encoder"],
                            "other.json": ["'mean.weight' has the shape [2x392]; expected [3x392]", "'decoder.0.weight'"]}.items():
            cases.append((self.command(config=self.folder / name), words))
        cases += [(self.command(name=name), [f"'{name}' cannot name a model"]) for name in ("../mine", "a/b", ".hidden", "UPPER")]
        cases += [(self.command(name="small", version=version), [words]) for version, words in
                  ((1, "versions up to 1"), (0, "expected 1 to"), (10 ** 9, "expected 1 to"))]
        cases += [
            (self.command(weights=self.folder / "absent"), ["'absent' cannot be opened"]),
            (self.command(weights=self.folder), ["cannot be opened"]),
            (self.command(config=self.folder / "absent.json"), ["'absent.json' cannot be opened"]),
            (self.command(map="mean"), ["'mean'", "FROM=TO"]),
            (self.command(map="mean=log_variance"), ["'log_variance.weight' would be both", "'mean.weight' is missing"]),
            (self.command(**{"models-dir": "/proc/none"}), ["'none' cannot be created"]),
            (self.command(**{"models-dir": self.folder / "no.json" / "models"}), ["'no.json' cannot be created: not a directory"]),
            (["export", "absent", "--models-dir", self.folder / "models", "--output", self.folder / "x"], ["no model 'absent'"]),
            (["export", "small/2", "--models-dir", self.folder / "models", "--output", self.folder / "x"], ["no version 2; it has 1"]),
            (["export", "../small", "--models-dir", self.folder / "models", "--output", self.folder / "x"], ["cannot name a model"]),
            (["export", "small", "--models-dir", self.folder / "models", "--output", "/proc/x"], ["'x' cannot be created"]),
        ]
        for arguments, words in cases:
            with self.subTest(words):
                self.assert_refuses([support.PROGRAM, *map(str, arguments)], *words)
        self.assertEqual(sorted(os.listdir(self.folder / "models")), ["small"])
        self.assertEqual(self.versions(), ["small/1"])

    def test_a_folder_that_may_only_be_read_is_told(self):
        if os.geteuid() == 0:
            self.skipTest("root may write anywhere")
        (self.folder / "models").chmod(0o555)
        self.addCleanup((self.folder / "models").chmod, 0o755)
        self.assert_refuses([support.PROGRAM, *map(str, self.command())], "'mine' cannot be created: permission denied")


@unittest.skipUnless(importlib.util.find_spec("h5py"), "Debian's python3-h5py is missing")
class FromKeras(InFolder):
    def convert(self, *arguments):
        return [sys.executable, "-B", str(CONVERTER), *map(str, arguments), "--output", str(self.folder / "converted")]

    def keras_2(self):
        """The fixture as Keras 2 would have written it: other words for shapes and calls, names of weights with :0."""
        import h5py

        def older(value):
            if isinstance(value, list):
                return [older(inner) for inner in value]
            if not isinstance(value, dict):
                return value
            value = {{"batch_shape": "batch_input_shape"}.get(key, key): older(inner) for key, inner in value.items()}
            if value.get("inbound_nodes"):
                value["inbound_nodes"] = [[[name, 0, 0, {}] for name in calls(node)] for node in value["inbound_nodes"]]
            return value

        def calls(value):
            if isinstance(value, dict):
                return [value["keras_history"][0]] if "keras_history" in value else [name for inner in value.values() for name in calls(inner)]
            return [name for inner in value for name in calls(inner)] if isinstance(value, list) else []

        shutil.copy(KERAS / "vae.h5", self.folder / "older.h5")
        with h5py.File(self.folder / "older.h5", "r+") as file:
            file.attrs["model_config"] = json.dumps(older(json.loads(file.attrs["model_config"]))).encode()
            for group in file["model_weights"].values():
                names = [str(name) for name in group.attrs["weight_names"]]
                for name in names:
                    group.move(name, f"{name}:0")
                group.attrs["weight_names"] = [f"{name}:0".encode() for name in names]
        return self.folder / "older.h5"

    def test_a_file_of_keras_2_is_the_same_model(self):
        results = []
        for file in (KERAS / "vae.h5", self.keras_2()):
            run = subprocess.run(self.convert(file), capture_output=True, text=True, timeout=support.DEADLINE)
            self.assertEqual(run.returncode, 0, run.stderr)
            results.append([(self.folder / "converted" / name).read_bytes() for name in ("config.json", "model.safetensors")])
            shutil.rmtree(self.folder / "converted")
        self.assertEqual(*results)

    def test_what_keras_says_is_what_the_daemon_says(self):
        run = subprocess.run(self.convert(KERAS / "vae.h5"), capture_output=True, text=True, timeout=support.DEADLINE)
        self.assertEqual(run.returncode, 0, run.stderr)
        converted = self.folder / "converted"
        run = latentd("import", "--weights", converted / "model.safetensors", "--config", converted / "config.json", "--name", "keras",
                      "--models-dir", self.folder / "models")
        self.assertEqual(run.returncode, 0, run.stderr)
        expected = json.loads((KERAS / "expected.json").read_text())
        with Daemon(self.folder) as daemon:
            encoded = daemon.call("POST", "/v1/models/keras/encode", {"images": expected["images"]})
            decoded = daemon.call("POST", "/v1/models/keras/decode", {"latents": expected["latents"]})
        for ours, theirs in ((encoded["mean"], "mean"), (encoded["log_variance"], "log_variance"), (decoded["images"], "decoded")):
            difference = max(abs(a - b) for a, b in zip(flat(ours), flat(expected[theirs]), strict=True))
            self.assertLess(difference, 1e-5, theirs)

    def archive(self, name, config):
        """A .keras file with these layers and no weights."""
        import h5py
        with h5py.File(self.folder / "empty.h5", "w"):
            pass
        with zipfile.ZipFile(self.folder / name, "w") as archive:
            if config is not None:
                archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
            archive.write(self.folder / "empty.h5", "model.weights.h5")
        return self.folder / name

    def sequential(self, name, *layers):
        entries = [{"class_name": kind, "config": {"name": kind.lower(), **settings}} for kind, settings in layers]
        return {"class_name": "Sequential", "config": {"name": name, "layers": entries}}

    def test_what_is_no_such_model_is_refused_in_one_line(self):
        start = ("InputLayer", {"batch_shape": [None, 8, 8, 1]})
        latent = ("InputLayer", {"batch_shape": [None, 2]})
        dense = ("Dense", {"units": 2, "activation": "linear"})
        convolution = ("Conv2D", {"filters": 2, "kernel_size": [3, 3], "strides": [2, 2], "padding": "same", "activation": "relu"})
        decoder = self.archive("decoder.keras", self.sequential("decoder", latent, dense))

        def encoder(name, *layers):
            heads = ("Dense", {**dense[1], "units": 4})
            return [self.archive(f"{name}.keras", self.sequential(name, start, *layers, heads)), decoder]

        truncated = self.folder / "truncated.h5"
        truncated.write_bytes((KERAS / "vae.h5").read_bytes()[:9000])
        text = self.folder / "text.h5"
        text.write_text("no model")
        cases = [
            ([self.folder / "absent.keras"], "absent.keras"), ([text], "text.h5"), ([truncated], "truncated.h5"),
            ([self.archive("none.keras", None)], "no 'config.json'"), ([self.archive("bad.keras", "{")], "bad.keras"),
            ([self.archive("list.keras", "[]")], "list.keras"),
            ([self.archive("subclass.keras", {"class_name": "MyVAE", "config": {}})], "a MyVAE does not tell its layers"),
            ([decoder], "no decoder; name two files"),
            (encoder("pooled", ("MaxPooling2D", {})), "'maxpooling2d' is a MaxPooling2D; known are Conv2D"),
            (encoder("unflattened"), "'dense' is a Dense of an image of (8, 8, 1); expected a Flatten before it"),
            (encoder("weightless", convolution), "'conv2d' has a kernel of shape None; expected (3, 3, 1, 2)"),
            (encoder("dilated", (convolution[0], {**convolution[1], "dilation_rate": [2, 2]})), "without dilation"),
            (encoder("swish", (convolution[0], {**convolution[1], "activation": "swish"})), "'conv2d' has the activation swish"),
            ([KERAS / "vae.h5", "--config", support.FIXTURE / "config.json"], "no 'encoder/layers'"),
        ]
        for arguments, words in cases:
            with self.subTest(words):
                self.assert_refuses(self.convert(*arguments), words)
                self.assertFalse((self.folder / "converted").exists())
        self.assertEqual(list(self.folder.glob(".*")), [])


def flat(values):
    return [number for value in values for number in flat(value)] if isinstance(values, list) else [values]
