"""The serving peer: what a Python user would write, FastAPI with ONNX Runtime, for the preset mnist-2d.

  python http_peer.py CHECKPOINT_FOLDER decoder.onnx      # exports the decoder, and an encoder beside it
  LATENTD_PEER_MODEL=decoder.onnx uvicorn http_peer:app --port 8711 --log-level error --loop uvloop --http httptools

One thread for the compute measured fastest.
"""
import os
import sys

if __name__ == "__main__":
    import torch
    from safetensors.torch import load_file

    import mnist_2d

    folder, output = sys.argv[1:]
    model = mnist_2d.Decode()
    weights = load_file(f"{folder}/model.safetensors")
    for position, layer in ((0, 0), (2, 2), (4, 3), (6, 4), (8, 5)):
        model.decoder[position].load_state_dict({kind: weights[f"decoder.{layer}.{kind}"] for kind in ("weight", "bias")})
    torch.onnx.export(model.eval(), (torch.zeros(1, 2),), output, input_names=["latents"], output_names=["images"],
                      dynamic_axes={"latents": {0: "count"}, "images": {0: "count"}}, dynamo=False)
    # Whose weights is all the same for how long it takes.
    torch.onnx.export(mnist_2d.Encode().eval(), (torch.zeros(1, 1, 28, 28),), f"{output}.encoder", input_names=["images"],
                      output_names=["mean", "log_variance"], dynamo=False,
                      dynamic_axes={name: {0: "count"} for name in ("images", "mean", "log_variance")})
else:
    import base64
    import io

    import numpy
    import onnxruntime
    import orjson
    from fastapi import FastAPI, Request, Response
    from PIL import Image

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["LATENTD_PEER_MODEL"], options)
    encoder = onnxruntime.InferenceSession(os.environ["LATENTD_PEER_MODEL"] + ".encoder", options)
    app = FastAPI()

    @app.post("/decode")
    async def decode(request: Request):
        latents = numpy.asarray(orjson.loads(await request.body())["latents"], dtype=numpy.float32)
        images = session.run(None, {"latents": latents})[0]
        return Response(orjson.dumps({"images": images}, option=orjson.OPT_SERIALIZE_NUMPY),
                        media_type="application/json")

    @app.post("/encode")
    async def encode(request: Request):
        files = [base64.b64decode(image["png"]) for image in orjson.loads(await request.body())["images"]]
        pixels = numpy.stack([numpy.asarray(Image.open(io.BytesIO(file)).convert("L")) for file in files])
        mean, log_variance = encoder.run(None, {"images": pixels[:, None].astype(numpy.float32) / 255})
        return Response(orjson.dumps({"mean": mean, "log_variance": log_variance}, option=orjson.OPT_SERIALIZE_NUMPY),
                        media_type="application/json")
