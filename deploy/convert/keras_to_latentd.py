#!/usr/bin/python3
"""Makes a latentd checkpoint of a Keras VAE. Needs numpy and h5py (Debian: python3-h5py), neither Keras nor latentd.

    keras_to_latentd.py vae.keras --output converted                     # encoder and decoder in one file
    keras_to_latentd.py encoder.keras decoder.keras --output converted   # or .h5, each a file
    keras_to_latentd.py vae.weights.h5 --config config.json --output converted

    latentd import --weights converted/model.safetensors --config converted/config.json --name mine

WHICH MODELS. The encoder is a chain of Conv2D, Dense, Flatten, BatchNormalization, Dropout, ReLU, LeakyReLU and Activation
that ends in two Dense heads, mean and log-variance, or in one of twice the latent size. The decoder is a chain of these,
Reshape and Conv2DTranspose. Square kernels and strides, padding "same" or "valid", channels last, activations linear, relu,
leaky_relu, sigmoid and tanh. A layer is linear map, batch norm, activation, dropout, in this order, each but the first at will.

HOW LAYERS ARE FOUND. In one file, the models inside it whose names begin with "enc" and "dec", else the first and the second.
The heads are the first two Dense outputs of the encoder, or what its sampling layer is called on, in this order; --mean and
--log-variance name others. `.weights.h5` has no layers: they come from --config, and weights go to them by kind in their order.

WHAT CHANGES. Kernels become PyTorch's, [out, in, h, w], transposed ones [in, out, h, w]; Keras flattens in row, column, channel
order and latentd in channel, row, column order, so that a Dense after a Flatten and one before a Reshape are permuted. "same"
means the same to both: of an odd number of padded or cropped rows the last side has more. Keras before 3.15 cuts the other side
of transposed convolutions on its torch backend: --odd-crop first. The epsilon of batch norm goes into gamma. A last sigmoid
becomes the Bernoulli likelihood; without one the likelihood is Gaussian, unless --logits says that a sigmoid belongs there.

WHAT IS REFUSED, with the layer's name: any other layer ("a MaxPooling2D; known are ..."), batch norm after an activation, a
Dense on an image without a Flatten, dilation, groups, layers called twice, branches, weights of another shape or not finite.
"""
import argparse
import json
import os
import pathlib
import shutil
import struct
import sys
import tempfile

try:
    import numpy as np

    from keras_chain import Part, chain, heads
    from keras_files import Refused, read_models
    from keras_weights import read_weights
except ModuleNotFoundError as error:
    sys.exit(f"error: {sys.executable} has no {error.name}; Debian's package python3-h5py, or 'pip install h5py', brings it.")


def pick(models):
    """Encoder and decoder among the models."""
    if len(models) < 2:
        raise Refused("there is one model and no decoder; name two files, or a file with both")
    chosen = [next((model for model in models if model.name.lower().startswith(start)), None) for start in ("enc", "dec")]
    return chosen if all(chosen) else models[:2]


def image_shape(shape, wanted):
    """(height, width, channels) of the encoder's input."""
    if wanted:
        return wanted
    if len(shape) == 1 and int(shape[0] ** 0.5) ** 2 == shape[0]:
        return int(shape[0] ** 0.5), int(shape[0] ** 0.5), 1
    shape = (*shape, 1) if len(shape) == 2 else shape
    if len(shape) != 3 or None in shape:
        raise Refused(f"the input's shape is {shape}; expected height, width, channels (--image tells it of a flat one)")
    return shape


def convert(encoder_model, decoder_model, options):
    """The configuration, and the tensors by name."""
    image = image_shape(encoder_model.input_shape(), options.image)
    encoder = Part("encoder", image if len(encoder_model.input_shape()) > 1 else None, image, options.odd_crop)
    trunk, head_layers = heads(encoder_model, options.mean, options.log_variance)
    for layer in trunk:
        encoder.add(layer)
    latent_shape = decoder_model.input_shape()
    if len(latent_shape) != 1:
        raise Refused(f"the decoder's input has the shape {latent_shape}; expected one axis, the latent dimension")
    latent = latent_shape[0]
    encoder.add_heads(head_layers, latent)
    decoder = Part("decoder", None, (1, 1, latent), options.odd_crop)
    for layer in chain(decoder_model, decoder_model.outputs[0]):
        decoder.add(layer)
    decoder.end_as(image)

    likelihood = "bernoulli" if options.logits else "gaussian"
    if decoder.last and decoder.last["activation"] == "sigmoid":
        decoder.last["activation"], likelihood = "none", "bernoulli"
    config = {
        "family": "vae",
        "input": dict(zip(("height", "width", "channels"), image)),
        "latent_dimension": latent,
        "encoder": encoder.layers,
        "decoder": decoder.layers,
        "likelihood": likelihood,
        "objective": {"beta": 1, "kl_reduction": "sum"},
    }
    return config, encoder.tensors | decoder.tensors


def safetensors(tensors):
    """The file's bytes: length of the header, the header, then the tensors by name without holes."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, value in sorted(tensors.items()):
        content = np.ascontiguousarray(value, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data


def publish(config, tensors, output):
    """Both files or neither: a folder that appears whole."""
    output = pathlib.Path(output)
    if output.exists():
        raise Refused(f"'{output}' is there already")
    output.parent.mkdir(parents=True, exist_ok=True)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix=f".{output.name}.", suffix=".partial", dir=output.parent))
    try:
        (scratch / "config.json").write_text(json.dumps(config, indent=2) + "\n")
        (scratch / "model.safetensors").write_bytes(safetensors(tensors))
        scratch.chmod(0o755)
        os.rename(scratch, output)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", metavar="FILE", help="a VAE, or its encoder and its decoder")
    parser.add_argument("--output", required=True, help="the folder to make: config.json and model.safetensors")
    parser.add_argument("--config", help="latentd's configuration, for a .weights.h5")
    parser.add_argument("--mean", help="the layer that gives the mean")
    parser.add_argument("--log-variance", help="the layer that gives the logarithm of the variance")
    parser.add_argument("--logits", action="store_true", help="the decoder gives logits: a sigmoid makes images of them")
    parser.add_argument("--image", help="HEIGHTxWIDTHxCHANNELS of the images of a flat input (default: square and grey)",
                        type=lambda text: tuple(map(int, text.split("x"))))
    parser.add_argument("--odd-crop", choices=("last", "first"), default="last", help="see above (default: last)")
    options = parser.parse_args()
    try:
        if len(options.files) > 2:
            raise Refused(f"there are {len(options.files)} files; expected one or two")
        if options.config:
            config = json.loads(pathlib.Path(options.config).read_text())
            tensors = read_weights(options.files[0], config)
        else:
            models = [model for file in options.files for model in read_models(file)]
            encoder, decoder = models if len(options.files) == len(models) == 2 else pick(models)
            config, tensors = convert(encoder, decoder, options)
        publish(config, tensors, options.output)
    except Refused as error:
        sys.exit(f"error: {error}.")
    except Exception as error:  # a damaged file may cause any, in h5py, zipfile, json or here
        reason = " ".join(str(error).split())[:200]
        sys.exit(f"error: {' and '.join(options.files)} cannot be read as a Keras model: {type(error).__name__} {reason}")
    count = sum(value.size for value in tensors.values())
    print(f"{options.output}: {len(tensors)} tensors, {count} numbers, {config['latent_dimension']} latent dimensions")


if __name__ == "__main__":
    main()
