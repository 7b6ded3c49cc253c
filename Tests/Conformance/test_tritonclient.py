"""tritonclient, as it comes from PyPI: the same tests for its two HTTP clients."""
import asyncio
import json

import numpy
import tritonclient.http
import tritonclient.http.aio
from tritonclient.utils import InferenceServerException

from conformance import IMAGES, LATENTS, MODEL, PIXELS, WithDaemon

NAMES = [MODEL, f"{MODEL}.encode", f"{MODEL}.decode", f"{MODEL}.reconstruct"]
CODINGS = (None, "gzip", "deflate")


def tensor(values, name, kind="FP32", binary=True):
    return tritonclient.http.InferInput(name, list(values.shape), kind).set_data_from_numpy(values, binary_data=binary)


def wanted(name, binary=True):
    return tritonclient.http.InferRequestedOutput(name, binary_data=binary)


class Conforms:
    """Both clients have the same methods; `self.client` waits for what they give."""

    # What the server and its models are

    def test_health(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())
        for name in NAMES:
            self.assertTrue(self.client.is_model_ready(name))
            self.assertTrue(self.client.is_model_ready(name, "1"))
        self.assertFalse(self.client.is_model_ready(MODEL, "2"))
        self.assertFalse(self.client.is_model_ready("absent"))

    def test_server_metadata(self):
        metadata = self.client.get_server_metadata()
        self.assertEqual(metadata["name"], "latentd")
        self.assertRegex(metadata["version"], r"^\d+\.\d+\.\d+")
        self.assertEqual(
            metadata["extensions"], ["binary_tensor_data", "model_repository", "statistics", "model_configuration"])

    def test_model_metadata(self):
        for version in ("", "1"):
            metadata = self.client.get_model_metadata(f"{MODEL}.encode", version)
            self.assertEqual(metadata["name"], f"{MODEL}.encode")
            self.assertEqual(metadata["versions"], ["1"])
            self.assertEqual(metadata["platform"], "latentd_safetensors")
            self.assertEqual(metadata["inputs"], [{"name": "image", "datatype": "FP32", "shape": [-1, 1, 28, 28]}])
            self.assertEqual(metadata["outputs"], [
                {"name": "mean", "datatype": "FP32", "shape": [-1, 2]},
                {"name": "log_variance", "datatype": "FP32", "shape": [-1, 2]}])
        names = [output["name"] for output in self.client.get_model_metadata(MODEL)["outputs"]]
        self.assertEqual(names, ["image", "mean", "log_variance", "reconstruction_loss", "kl_divergence"])

    def test_config(self):
        for version in ("", "1"):
            config = self.client.get_model_config(f"{MODEL}.decode", version)
            self.assertEqual(config["name"], f"{MODEL}.decode")
            self.assertEqual(config["max_batch_size"], 10_000)
            self.assertEqual(config["input"], [{"name": "latent", "data_type": "TYPE_FP32", "dims": [2]}])
            self.assertEqual(config["output"], [{"name": "image", "data_type": "TYPE_FP32", "dims": [1, 28, 28]}])
            self.assertIn("dynamic_batching", config)

    # Inference

    def test_every_mixture_of_json_and_bytes(self):
        expected = self.decoded()
        for bytes_in in (False, True):
            for bytes_out in (False, True, None):
                with self.subTest(bytes_in=bytes_in, bytes_out=bytes_out):
                    outputs = None if bytes_out is None else [wanted("image", bytes_out)]
                    result = self.client.infer(
                        f"{MODEL}.decode", [tensor(LATENTS, "latent", binary=bytes_in)], outputs=outputs)
                    self.assert_same(result.as_numpy("image"), expected)
                    parameters = result.get_output("image").get("parameters", {})
                    self.assertEqual("binary_data_size" in parameters, bytes_out is not False)
                    self.assertIsNone(result.as_numpy("mean"))

    def test_every_compression_of_requests_and_answers(self):
        expected = self.decoded()
        for coding_in in CODINGS:
            for coding_out in CODINGS:
                for binary in (False, True):
                    with self.subTest(coding_in=coding_in, coding_out=coding_out, binary=binary):
                        result = self.client.infer(
                            f"{MODEL}.decode", [tensor(LATENTS, "latent", binary=binary)],
                            outputs=[wanted("image", binary)], request_compression_algorithm=coding_in,
                            response_compression_algorithm=coding_out)
                        self.assert_same(result.as_numpy("image"), expected)

    def test_a_compressed_body_shorter_than_its_header(self):
        inputs = [tensor(numpy.zeros((3, 2), numpy.float32), "latent")]
        result = self.client.infer(
            f"{MODEL}.decode", inputs, request_id="x" * 100_000, request_compression_algorithm="gzip")
        self.assertEqual(result.get_response()["id"], "x" * 100_000)

    def test_encode_by_version_with_mixed_outputs(self):
        expected = self.encoded()
        result = self.client.infer(
            f"{MODEL}.encode", [tensor(IMAGES, "image")], model_version="1", request_id="seven",
            outputs=[wanted("log_variance"), wanted("mean", False)])
        for name in expected:
            self.assert_same(result.as_numpy(name), expected[name])
        response = result.get_response()
        self.assertEqual(response["id"], "seven")
        self.assertEqual(response["model_version"], "1")
        self.assertEqual([output["name"] for output in response["outputs"]], ["log_variance", "mean"])
        self.assertEqual("data" in response["outputs"][0], False)
        self.assertEqual("data" in response["outputs"][1], True)

    def test_reconstruct(self):
        expected = self.v1("reconstruct", images=IMAGES[:, 0].tolist())
        for name in (MODEL, f"{MODEL}.reconstruct"):
            result = self.client.infer(name, [tensor(IMAGES, "image")])
            images = numpy.array(expected["images"], numpy.float32).reshape(-1, 1, 28, 28)
            self.assert_same(result.as_numpy("image"), images)
            self.assert_same(result.as_numpy("mean"), numpy.array(expected["latents"], numpy.float32))
            for loss in ("reconstruction_loss", "kl_divergence"):
                numpy.testing.assert_allclose(result.as_numpy(loss), expected[loss], rtol=1e-6)

    def test_every_type(self):
        expected = self.encoded()["mean"]
        for kind, values in (("UINT8", PIXELS), ("FP64", IMAGES.astype(numpy.float64))):
            for binary in (False, True):
                result = self.client.infer(f"{MODEL}.encode", [tensor(values, "image", kind, binary)])
                self.assert_same(result.as_numpy("mean"), expected)
        halves = IMAGES.astype(numpy.float16)
        widened = self.client.infer(f"{MODEL}.encode", [tensor(halves.astype(numpy.float32), "image")])
        for binary in (False, True):
            result = self.client.infer(f"{MODEL}.encode", [tensor(halves, "image", "FP16", binary)])
            self.assert_same(result.as_numpy("mean"), widened.as_numpy("mean"))

    def test_a_large_batch(self):
        latents = numpy.random.default_rng(7).normal(size=(1000, 2)).astype(numpy.float32)
        whole = self.client.infer(f"{MODEL}.decode", [tensor(latents, "latent")]).as_numpy("image")
        self.assertEqual(whole.shape, (1000, 1, 28, 28))
        lone = self.client.infer(f"{MODEL}.decode", [tensor(latents[600:601], "latent")]).as_numpy("image")
        self.assert_same(whole[600:601], lone)

    def test_a_request_made_by_hand(self):
        """generate_request_body and parse_response_body, which people use with their own HTTP client."""
        body, length = tritonclient.http.InferenceServerClient.generate_request_body([tensor(LATENTS, "latent")])
        status, fields, answer = self.plain(
            "POST", f"/v2/models/{MODEL}.decode/infer", body, {"Inference-Header-Content-Length": str(length)})
        self.assertEqual(status, 200)
        self.assertEqual(fields["Content-Type"], "application/octet-stream")
        result = tritonclient.http.InferenceServerClient.parse_response_body(
            answer, header_length=int(fields["Inference-Header-Content-Length"]))
        self.assert_same(result.as_numpy("image"), self.decoded())

    def test_the_body_alone(self):
        status, fields, answer = self.plain(
            "POST", f"/v2/models/{MODEL}.decode/infer", LATENTS.tobytes(), {"Inference-Header-Content-Length": "0"})
        self.assertEqual(status, 200)
        result = tritonclient.http.InferenceServerClient.parse_response_body(
            answer, header_length=int(fields["Inference-Header-Content-Length"]))
        self.assert_same(result.as_numpy("image"), self.decoded())

    # Errors

    def assert_says(self, words, status, call, *arguments, **options):
        with self.assertRaises(InferenceServerException) as caught:
            call(*arguments, **options)
        self.assertIn(words, caught.exception.message())
        self.assertEqual(caught.exception.status(), str(status))

    def test_errors_are_understood(self):
        infer = self.client.infer
        latents = [tensor(LATENTS, "latent")]
        self.assert_says("There is no model 'absent'", 404, infer, "absent", latents)
        self.assert_says("Version '9'", 404, infer, f"{MODEL}.decode", latents, model_version="9")
        self.assert_says("the only input", 400, infer, f"{MODEL}.encode", latents)
        self.assert_says("must be an output", 400, infer, f"{MODEL}.decode", latents, outputs=[wanted("mean")])
        self.assert_says("asked for twice", 400, infer, f"{MODEL}.decode", latents, outputs=[wanted("image")] * 2)
        classes = tritonclient.http.InferRequestedOutput("image", class_count=3)
        self.assert_says("is not offered", 400, infer, f"{MODEL}.decode", latents, outputs=[classes])
        wide = [tensor(numpy.zeros((1, 3), numpy.float32), "latent")]
        self.assert_says("takes latents of shape n,2", 400, infer, f"{MODEL}.decode", wide)
        whole = [tensor(numpy.zeros((1, 2), numpy.int64), "latent", "INT64")]
        self.assert_says("'INT64'", 400, infer, f"{MODEL}.decode", whole)
        empty = [tensor(numpy.zeros((0, 2), numpy.float32), "latent")]
        self.assert_says("takes latents of shape n,2", 400, infer, f"{MODEL}.decode", empty)
        self.assert_says("There is no model", 404, self.client.get_model_metadata, "absent")
        self.assert_says("There is no model", 404, self.client.get_model_config, "absent")
        self.assert_says("There is no model", 404, self.client.get_inference_statistics, "absent")

    def test_what_is_not_offered(self):
        for call in (self.client.get_system_shared_memory_status, self.client.get_cuda_shared_memory_status,
                     self.client.get_trace_settings, self.client.get_log_settings):
            self.assert_says("There is nothing at this path", 404, call)

    # The repository

    def states(self):
        return {model["name"]: (model["version"], model["state"]) for model in self.client.get_model_repository_index()}

    def test_unload_and_load(self):
        self.assertEqual(self.states(), {name: ("1", "READY") for name in NAMES})
        latents = [tensor(LATENTS, "latent")]
        for name in (MODEL, f"{MODEL}.decode"):
            self.client.unload_model(name)
            self.assertEqual(self.states(), {name: ("1", "UNAVAILABLE") for name in NAMES})
            self.assertFalse(self.client.is_model_ready(name))
            self.assert_says("is not loaded", 503, self.client.infer, f"{MODEL}.decode", latents)
            self.client.unload_model(name)
            self.client.load_model(name)
            self.assertEqual(self.states(), {name: ("1", "READY") for name in NAMES})
            self.assert_same(self.client.infer(f"{MODEL}.decode", latents).as_numpy("image"), self.decoded())

    def test_a_failed_load_leaves_the_old_one(self):
        self.addCleanup(self.client.load_model, MODEL)  # after the broken version is gone
        self.break_newest_version()
        for _ in range(2):
            self.assert_says("Version 2 of 'mnist-2d' cannot be loaded.", 400, self.client.load_model, MODEL)
            reasons = {model["reason"] for model in self.client.get_model_repository_index()}
            self.assertTrue(all(reason.startswith("Version 2 cannot be loaded. ") for reason in reasons), reasons)
            result = self.client.infer(f"{MODEL}.decode", [tensor(LATENTS, "latent")], model_version="1")
            self.assert_same(result.as_numpy("image"), self.decoded())

    def test_loads_that_are_refused(self):
        self.assert_says("There is no model 'absent'", 404, self.client.load_model, "absent")
        self.assert_says("There is no model 'absent'", 404, self.client.unload_model, "absent")
        self.assert_says("'config' is not taken", 400, self.client.load_model, MODEL, config=json.dumps({}))
        status, _, answer = self.plain(
            "POST", f"/v2/repository/models/{MODEL}/load", b'{"parameters": {"file:1/model.safetensors": "AAAA"}}')
        self.assertEqual(status, 400)
        self.assertIn("'file:1/model.safetensors' is not taken", json.loads(answer)["error"])

    # Statistics

    def test_statistics(self):
        def one(name=f"{MODEL}.decode", version=""):
            models = self.client.get_inference_statistics(name, version)["model_stats"]
            self.assertEqual([(model["name"], model["version"]) for model in models], [(name, "1")])
            return models[0]

        before = one()
        for rows in (1, 3, 3, 70):
            self.client.infer(f"{MODEL}.decode", [tensor(numpy.zeros((rows, 2), numpy.float32), "latent")])
        with self.assertRaises(InferenceServerException):
            self.client.infer(f"{MODEL}.decode", [tensor(numpy.zeros((1, 3), numpy.float32), "latent")])
        after = one(version="1")
        self.assertEqual(after["inference_count"] - before["inference_count"], 77)
        self.assertEqual(after["execution_count"] - before["execution_count"], 4)
        self.assertGreaterEqual(after["last_inference"], before["last_inference"])
        for key, count in (("success", 4), ("fail", 1), ("queue", 4), ("compute_input", 4), ("compute_infer", 4),
                           ("compute_output", 4), ("cache_hit", 0), ("cache_miss", 0)):
            new, old = after["inference_stats"][key], before["inference_stats"][key]
            self.assertEqual(new["count"] - old["count"], count, key)
            self.assertEqual(new["ns"] > old["ns"], count > 0, key)

        def by_size(model):
            return {batch["batch_size"]: batch["compute_infer"]["count"] for batch in model["batch_stats"]}

        for rows, count in ((1, 1), (3, 2), (70, 1)):
            self.assertEqual(by_size(after)[rows] - by_size(before).get(rows, 0), count)
        self.assertEqual(after["response_stats"], {})
        self.assertEqual(after["memory_usage"][0]["type"], "CPU")
        self.assertGreater(after["memory_usage"][0]["byte_size"], 100_000)
        names = [model["name"] for model in self.client.get_inference_statistics()["model_stats"]]
        self.assertEqual(names, NAMES[1:])


class Sync(Conforms, WithDaemon):
    def setUp(self):
        self.client = self.enterContext(tritonclient.http.InferenceServerClient(self.address, concurrency=4))

    def test_many_at_once(self):
        requests = [
            self.client.async_infer(f"{MODEL}.decode", [tensor(LATENTS[row % 3:row % 3 + 1], "latent")])
            for row in range(40)
        ]
        expected = self.decoded()
        for row, request in enumerate(requests):
            self.assert_same(request.get_result().as_numpy("image"), expected[row % 3:row % 3 + 1])


class Aio(Conforms, WithDaemon):
    """The aio client sends `Accept-Encoding: gzip, deflate, br` with everything, and undoes it for infer alone."""

    def setUp(self):
        self.runner = self.enterContext(asyncio.Runner())
        self.inner = self.runner.run(self.make())
        self.addCleanup(lambda: self.runner.run(self.inner.close()))
        self.client = Waiting(self.inner, self.runner)

    async def make(self):
        return tritonclient.http.aio.InferenceServerClient(self.address)

    def test_many_at_once(self):
        async def all_of_them():
            return await asyncio.gather(*[
                self.inner.infer(f"{MODEL}.decode", [tensor(LATENTS[row % 3:row % 3 + 1], "latent")])
                for row in range(40)
            ])

        expected = self.decoded()
        for row, result in enumerate(self.runner.run(all_of_them())):
            self.assert_same(result.as_numpy("image"), expected[row % 3:row % 3 + 1])


class Waiting:
    """An aio client whose methods wait for their results."""

    def __init__(self, client, runner):
        self.client, self.runner = client, runner

    def __getattr__(self, name):
        method = getattr(self.client, name)

        def call(*arguments, **options):
            return self.runner.run(method(*arguments, **options))

        return call
