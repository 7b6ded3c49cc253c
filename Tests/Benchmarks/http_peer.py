"""The serving peer: what a Python user would write, FastAPI with ONNX Runtime, decoding with the preset mnist-2d.

  python http_peer.py CHECKPOINT_FOLDER decoder.onnx      # exports the decoder
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
