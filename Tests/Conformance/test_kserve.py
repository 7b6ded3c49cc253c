"""kserve's InferenceRESTClient, as it comes from PyPI."""
import importlib.util
import sys
import types
import unittest

import numpy

from conformance import IMAGES, LATENTS, MODEL, PIXELS, WithDaemon

# The package's own first file loads all of kserve, the client of Kubernetes and the model server too. The modules are taken
# from where they are without it; nothing in them is changed.
package = types.ModuleType("kserve")
package.__path__ = list(importlib.util.find_spec("kserve").submodule_search_locations)
sys.modules["kserve"] = package
import httpx  # noqa: E402
from kserve.inference_client import InferenceRESTClient, RESTConfig  # noqa: E402
from kserve.protocol.infer_type import InferInput, InferRequest, RequestedOutput  # noqa: E402


def tensor(values, name, kind="FP32", binary=True):
    made = InferInput(name, list(values.shape), kind)
    made.set_data_from_numpy(values, binary_data=binary)
    return made


class KServe(WithDaemon, unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.client = await self.enterAsyncContext(InferenceRESTClient(RESTConfig(protocol="v2", retries=0)))
        self.url = f"http://{self.address}"

    async def infer(self, name, inputs, outputs=None, **options):
        """The outputs by their names, and the answer's fields."""
        request = InferRequest(name, inputs, request_outputs=outputs, **options)
        fields = {}
        response = await self.client.infer(self.url, request, model_name=name, response_headers=fields)
        self.assertEqual(response.model_name, name)
        return {output.name: output.as_numpy() for output in response.outputs}, fields

    async def test_health(self):
        self.assertTrue(await self.client.is_server_live(self.url))
        self.assertTrue(await self.client.is_server_ready(self.url))
        for name in (MODEL, f"{MODEL}.decode"):
            self.assertTrue(await self.client.is_model_ready(self.url, name))
        self.assertFalse(await self.client.is_model_ready(self.url, "absent"))

    async def test_every_mixture_of_json_and_bytes(self):
        expected = self.decoded()
        for bytes_in in (False, True):
            for bytes_out in (False, True):
                for way in ("output", "request"):
                    with self.subTest(bytes_in=bytes_in, bytes_out=bytes_out, way=way):
                        outputs, options = None, {}
                        if way == "output":
                            outputs = [RequestedOutput("image", {"binary_data": bytes_out})]
                        else:
                            options = {"parameters": {"binary_data_output": bytes_out}}
                        results, fields = await self.infer(
                            f"{MODEL}.decode", [tensor(LATENTS, "latent", binary=bytes_in)], outputs, **options)
                        self.assert_same(results["image"], expected)
                        kind = "application/octet-stream" if bytes_out else "application/json"
                        self.assertEqual(fields["content-type"], kind)
                        # It always offers to take gzip, and undoes it.
                        self.assertEqual(fields["content-encoding"], "gzip")

    async def test_encode(self):
        results, _ = await self.infer(f"{MODEL}.encode", [tensor(IMAGES, "image")])
        for name, expected in self.encoded().items():
            self.assert_same(results[name], expected)
        for kind, values in (("UINT8", PIXELS), ("FP64", IMAGES.astype(numpy.float64))):
            for binary in (False, True):
                results, _ = await self.infer(f"{MODEL}.encode", [tensor(values, "image", kind, binary)])
                self.assert_same(results["mean"], self.encoded()["mean"])

    async def test_reconstruct(self):
        expected = self.v1("reconstruct", images=IMAGES[:, 0].tolist())
        results, _ = await self.infer(MODEL, [tensor(IMAGES, "image", binary=False)])
        self.assert_same(results["image"], numpy.array(expected["images"], numpy.float32).reshape(-1, 1, 28, 28))
        numpy.testing.assert_allclose(results["kl_divergence"], expected["kl_divergence"], rtol=1e-6)

    async def test_a_plain_dictionary(self):
        request = {"inputs": [{"name": "latent", "shape": [3, 2], "datatype": "FP32", "data": LATENTS.tolist()}]}
        response = await self.client.infer(self.url, request, model_name=f"{MODEL}.decode")
        self.assert_same(response.outputs[0].as_numpy(), self.decoded())

    async def test_the_request_is_named_in_the_answer(self):
        request = InferRequest(f"{MODEL}.decode", [tensor(LATENTS, "latent")], request_id="seven")
        response = await self.client.infer(self.url, request, model_name=f"{MODEL}.decode")
        self.assertEqual(response.id, "seven")

    async def test_errors_are_understood(self):
        for name, inputs, status, words in (
                ("absent", [tensor(LATENTS, "latent")], 404, "There is no model 'absent'"),
                (f"{MODEL}.encode", [tensor(LATENTS, "latent")], 400, "the only input"),
                (f"{MODEL}.decode", [tensor(numpy.zeros((1, 3), numpy.float32), "latent")], 400, "takes latents of")):
            with self.assertRaises(httpx.HTTPStatusError) as caught:
                await self.infer(name, inputs)
            self.assertEqual(caught.exception.response.status_code, status)
            self.assertIn(words, str(caught.exception))
