"""The API's description: valid, its examples work and are answered as it says, and schemathesis finds nothing."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import urllib.parse

import jsonschema
import openapi_spec_validator

from conformance import WithDaemon, support

HERE = pathlib.Path(__file__).resolve().parent
METHODS = ("get", "post", "put", "delete")
# Two images of one pixel.
FORM = (b'--b\r\nContent-Disposition: form-data; name="train_images"\r\n\r\n\0\0\x08\x03\0\0\0\x02\0\0\0\x01\0\0\0\x01'
        b"\x07\x09\r\n--b--\r\n")


def closed(value):
    """Objects that may have other members may not: a member of an answer that is not described is found."""
    if isinstance(value, list):
        return [closed(element) for element in value]
    if not isinstance(value, dict):
        return value
    value = {key: closed(element) for key, element in value.items()}
    if value.get("type") == "object" and value.get("properties"):
        value.setdefault("additionalProperties", False)
    return value


class Description(WithDaemon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        support.write_shapes(cls.folder / "data" / "mnist", train=64, test=64)
        cls.document = cls.daemon.call("GET", "/openapi.json")

    def operations(self):
        for path, item in self.document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield path, method, item[method]

    def test_it_is_openapi_31(self):
        openapi_spec_validator.validate(self.document, cls=openapi_spec_validator.OpenAPIV31SpecValidator)
        names = [operation["operationId"] for *_, operation in self.operations()]
        self.assertEqual(len(names), len(set(names)))
        for path, method, operation in self.operations():
            self.assertTrue(operation["summary"], f"{method} {path}")
            expected = [part.split("}")[0] for part in path.split("{")[1:]]
            given = [parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "path"]
            self.assertEqual(given, expected, f"{method} {path}")

    def ask(self, path, method, operation, values):
        """Sends an operation's example; the answer must be one that is described."""
        for parameter in operation["parameters"]:
            if parameter["in"] == "path":
                value = values.get(parameter["name"], parameter.get("example"))
                path = path.replace("{" + parameter["name"] + "}", urllib.parse.quote(value))
        forms = operation.get("requestBody", {}).get("content", {})
        content = forms.get("application/json", {})
        body = json.dumps(content["example"]).encode() if "example" in content else None
        fields = {"Content-Type": "application/json"} if body else {}
        if "multipart/form-data" in forms:
            body, fields = FORM, {"Content-Type": "multipart/form-data; boundary=b"}
        status, fields, answer = self.plain(method.upper(), path, body, fields)
        described = operation["responses"].get(str(status))
        self.assertTrue(status < 300 and described, f"{method} {path}: {status} {answer[:300]!r}")
        content = described.get("content", {})
        if not content:
            self.assertEqual(answer, b"", f"{method} {path}")
            return None
        kind = fields["Content-Type"].partition(";")[0]
        self.assertIn(kind, content, f"{method} {path}")
        if kind != "application/json":
            return None
        answer = json.loads(answer)
        schema = closed({**content[kind]["schema"], "components": self.document["components"]})
        jsonschema.Draft202012Validator(schema).validate(answer)
        return answer

    def test_every_example_works(self):
        """What makes things first, then what looks at them, then what takes them away."""
        everything = {(path, method): operation for path, method, operation in self.operations()}
        job = self.ask("/v1/jobs", "post", everything.pop(("/v1/jobs", "post")), {})
        dataset = {"dataset": "brought"}
        self.ask("/v1/datasets/{dataset}", "put", everything.pop(("/v1/datasets/{dataset}", "put")), dataset)
        version = {"version": "1"}
        self.daemon.wait_for(job["id"], "succeeded")
        # For there to be a version to go back to.
        shutil.copytree(self.folder / "models" / "mnist-2d" / "1", self.folder / "models" / "mnist-2d" / "2")
        self.daemon.call("POST", "/v1/models/mnist-2d/load", {})
        running = self.daemon.submit(dataset="mnist", name="running", training={"epochs": 500})
        last = [("/v1/jobs/{job}/pause", "post", running), ("/v1/jobs/{job}/resume", "post", running),
                ("/v1/jobs/{job}/cancel", "post", running), ("/v1/jobs/{job}", "delete", job["id"]),
                ("/v1/models/{model}/vectors/{vector}", "delete", None), ("/v1/datasets/{dataset}", "delete", None),
                ("/v2/repository/models/{model}/unload", "post", None), ("/v2/repository/models/{model}/load", "post", None),
                ("/v1/models/{model}/unload", "post", None), ("/v1/models/{model}/load", "post", None)]
        later = {(path, method) for path, method, _ in last} | {("/v1/models/{model}/versions/{version}", "delete")}
        makers = sorted((key for key in everything if key not in later), key=lambda key: key[1] == "get")
        for path, method in makers:
            with self.subTest(f"{method} {path}"):
                self.ask(path, method, everything[path, method], {"job": job["id"], **version})
        for path, method, identifier in last:
            if (path, method) not in everything:
                continue
            with self.subTest(f"{method} {path}"):
                if path.endswith("/resume"):
                    self.daemon.wait_for(running, "paused")
                self.ask(path, method, everything[path, method], {"job": identifier or job["id"], **dataset})


class Schemathesis(WithDaemon):
    """A daemon of its own: from the first token on it asks everybody for one."""

    def test_it_finds_nothing(self):
        support.write_shapes(self.folder / "data" / "mnist", train=16, test=16)
        # To be loaded, unloaded and removed while the others are asked for the one that there was.
        shutil.copytree(self.folder / "models" / "mnist-2d", self.folder / "models" / "spare")
        self.daemon.call("POST", "/v1/models/spare/load", {})
        job = self.daemon.submit(dataset="mnist", name="mine", training={"epochs": 100_000})
        self.daemon.call("POST", f"/v1/jobs/{job}/pause")
        self.daemon.wait_for(job, "paused")
        token = support.latentd("token", "create", "--name", "all", "--scopes", "infer,train,admin,metrics",
                                "--state-dir", self.folder / "state").stdout.strip()
        support.wait(lambda: self.daemon.request("GET", "/v1/models")[0] == 401, "the token to be in force")
        program = pathlib.Path(sys.executable).parent / "schemathesis"
        # Not whether what was made is there: on its walks schemathesis takes the job of its configuration for the one that the
        # step before has made, and another walk may have removed it.
        run = subprocess.run(
            [program, "--config-file", HERE / "schemathesis.toml", "run", f"http://{self.address}/openapi.json",
             "--checks", "all", "--exclude-checks", "ensure_resource_availability", "--no-color"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=400, cwd=self.folder,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LATENTD_TOKEN": token, "LATENTD_JOB": job})
        self.assertEqual(run.returncode, 0, "\n".join(line[:500] for line in run.stdout.splitlines())[-20_000:])
        self.assertIn("Stateful", run.stdout)
