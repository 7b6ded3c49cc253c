"""A model with every kind of layer that the family has, its weights drawn here: what the page decodes must be what the
daemon decodes."""
import json
import pathlib
import random
import struct

NAME = "of-every-kind"
CONFIGURATION = {
    "family": "vae", "input": {"channels": 3, "height": 12, "width": 12}, "latent_dimension": 2,
    "encoder": [{"type": "dense", "units": 4}],
    "decoder": [
        {"type": "dense", "units": 36, "activation": "tanh", "batch_norm": True},
        {"type": "reshape", "shape": [4, 3, 3]},
        {"type": "convolution", "filters": 6, "kernel": 2, "activation": "relu", "batch_norm": True,
         "padding": {"top": 1, "left": 0, "bottom": 1, "right": 2}},
        {"type": "transposed_convolution", "filters": 5, "kernel": 4, "stride": 2, "batch_norm": True,
         "activation": {"type": "leaky_relu", "slope": 0.1}, "padding": {"top": 0, "left": 1, "bottom": 2, "right": 1}},
        {"type": "convolution", "filters": 4, "kernel": 3, "padding": "valid", "activation": "sigmoid"},
        {"type": "transposed_convolution", "filters": 4, "kernel": 3, "stride": 2},
        {"type": "convolution", "filters": 3, "kernel": 3, "stride": 2, "padding": "same"},
        {"type": "dense", "units": 30, "dropout": 0.2},
        {"type": "dense", "units": 48},
        {"type": "reshape", "shape": [3, 4, 4]},
        {"type": "transposed_convolution", "filters": 3, "kernel": 3, "stride": 3, "padding": "valid", "activation": "none",
         "batch_norm": True},
    ],
    "likelihood": "gaussian",
}


def write(folder):
    """Writes the model as folder/NAME/1."""
    version = pathlib.Path(folder) / NAME / "1"
    version.mkdir(parents=True)
    (version / "config.json").write_text(json.dumps(CONFIGURATION))
    (version / "model.safetensors").write_bytes(safetensors(tensors()))


def tensors():
    """Shapes by name."""
    shapes = {}
    inputs = {"encoder": 3 * 12 * 12, "decoder": 2}
    for part, count in inputs.items():
        channels, size = count, 1
        for number, layer in enumerate(CONFIGURATION[part]):
            name, kind = f"{part}.{number}", layer["type"]
            if kind == "reshape":
                channels, size = layer["shape"][0], layer["shape"][1]
                continue
            if kind == "dense":
                outputs, shape = layer["units"], [layer["units"], channels * size * size]
                size = 1
            else:
                outputs, kernel = layer["filters"], layer["kernel"]
                both = [channels, outputs] if kind.startswith("transposed") else [outputs, channels]
                shape = [*both, kernel, kernel]
                size = extent(layer, size)
            shapes[f"{name}.weight"], shapes[f"{name}.bias"] = shape, [outputs]
            if layer.get("batch_norm"):
                for suffix in ("weight", "bias", "running_mean", "running_var"):
                    shapes[f"{name}.batch_norm.{suffix}"] = [outputs]
            channels = outputs
    for head in ("mean", "log_variance"):
        shapes[f"{head}.weight"], shapes[f"{head}.bias"] = [2, 4], [2]
    return shapes


def extent(layer, size):
    kernel, stride, padding = layer["kernel"], layer.get("stride", 1), layer.get("padding", "same")
    margin = padding["top"] + padding["bottom"] if isinstance(padding, dict) else 0
    if layer["type"].startswith("transposed"):
        return size * stride if padding == "same" else (size - 1) * stride + kernel - margin
    return -(-size // stride) if padding == "same" else (size + margin - kernel) // stride + 1


def safetensors(shapes):
    source = random.Random(1)
    header, data = {}, b""
    for name, shape in sorted(shapes.items()):
        count = 1
        for length in shape:
            count *= length
        spread = 1.5 / (count / shape[0]) ** 0.5 if len(shape) > 1 else 0.5
        values = [abs(source.gauss(1, 0.3)) + 0.1 if "running_var" in name else source.gauss(0, spread) for _ in range(count)]
        packed = struct.pack(f"<{count}f", *values)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(packed)]}
        data += packed
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data
