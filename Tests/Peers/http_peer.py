"""The serving peer: what a Python user would write, FastAPI with ONNX Runtime, decoding with the preset mnist-2d.

  python http_peer.py CHECKPOINT_FOLDER decoder.onnx      # exports the decoder
  LATENTD_PEER_MODEL=decoder.onnx uvicorn http_peer:app --port 8711 --log-level error --loop uvloop --http httptools

The exported layers have PyTorch's usual padding 1 and output padding 1, with which ONNX Runtime need not cut anything:
the pictures are a pixel off latentd's, the arithmetic is the same. One thread for the compute measured fastest.
"""
import os
import sys

if __name__ == "__main__":
    import torch
    from safetensors.torch import load_file
    from torch import nn

    folder, output = sys.argv[1:]
    decoder = nn.Sequential(
        nn.Linear(2, 3136), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 3, 1, 1), nn.LeakyReLU(0.3), nn.ConvTranspose2d(64, 64, 3, 2, 1, 1), nn.LeakyReLU(0.3),
        nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.LeakyReLU(0.3), nn.ConvTranspose2d(32, 1, 3, 1, 1), nn.Sigmoid())
    weights = load_file(f"{folder}/model.safetensors")
    for position, layer in ((0, 0), (2, 2), (4, 3), (6, 4), (8, 5)):
        decoder[position].load_state_dict({kind: weights[f"decoder.{layer}.{kind}"] for kind in ("weight", "bias")})
    torch.onnx.export(decoder.eval(), (torch.zeros(1, 2),), output, input_names=["latents"], output_names=["images"],
                      dynamic_axes={"latents": {0: "count"}, "images": {0: "count"}}, dynamo=False)
else:
    import numpy
    import onnxruntime
    import orjson
    from fastapi import FastAPI, Request, Response

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(os.environ["LATENTD_PEER_MODEL"], options)
    app = FastAPI()

    @app.post("/decode")
    async def decode(request: Request):
        latents = numpy.asarray(orjson.loads(await request.body())["latents"], dtype=numpy.float32)
        images = session.run(None, {"latents": latents})[0]
        return Response(orjson.dumps({"images": images}, option=orjson.OPT_SERIALIZE_NUMPY),
                        media_type="application/json")
