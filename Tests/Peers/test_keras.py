"""Keras' models through deploy/convert/keras_to_latentd.py and `latentd import`: what the daemon says, to 1e-5 of Keras.

  python test_keras.py --latentd ../../.build/release/latentd [--data-dir FOLDER]     # FOLDER/mnist: real images
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile

import keras_models as models  # first: it chooses Keras' backend
import numpy as np
import torch

import comparison
from comparison import TESTS, compare, compare_served, pictures, served
from daemon import Daemon
from keras_models import keras
from test_exchange import run

CONVERTER = TESTS.parent / "deploy" / "convert" / "keras_to_latentd.py"


def pair(folder, encoder, decoder, ending=".keras"):
    files = [folder / f"encoder{ending}", folder / f"decoder{ending}"]
    encoder.save(files[0]), decoder.save(files[1])
    return files


def whole(folder, encoder, decoder, ending):
    """One functional model of both."""
    inputs = keras.Input(encoder.input_shape[1:])
    file = folder / f"whole{ending}"
    keras.Model(inputs, decoder(encoder(inputs)[0]), name="vae").save(file)
    return [file]


def subclass(folder, encoder, decoder, ending=".keras"):
    vae = models.VAE(encoder, decoder)
    vae(np.zeros((1, *encoder.input_shape[1:]), "float32"))
    file = folder / f"vae{ending}"
    (vae.save_weights if ending == ".weights.h5" else vae.save)(file)
    return [file]


# name: the model, how it is saved, and the converter's other arguments
CASES = {
    "keras-classic": (models.classic, pair, []),
    "keras-classic-h5": (models.classic, lambda *those: pair(*those, ".h5"), []),
    "keras-classic-whole": (models.classic, lambda *those: whole(*those, ".keras"), []),
    "keras-classic-whole-h5": (models.classic, lambda *those: whole(*those, ".h5"), []),
    "keras-classic-subclass": (models.classic, subclass, []),
    "keras-classic-weights": (models.classic, lambda *those: subclass(*those, ".weights.h5"), ["--config", "keras-classic/config.json"]),
    "keras-classic-before-3.15": (models.classic, pair, ["--odd-crop", "first"]),
    "keras-thesis": (models.thesis, pair, []),
    "keras-thesis-weights": (models.thesis, lambda *those: subclass(*those, ".weights.h5"), ["--config", "keras-thesis/config.json"]),
    "keras-rich": (models.rich, pair, []),
    "keras-rich-h5": (models.rich, lambda *those: pair(*those, ".h5"), []),
    "keras-rich-whole-h5": (models.rich, lambda *those: whole(*those, ".h5"), []),
    "keras-normalised": (models.normalised, subclass, []),
    "keras-normalised-weights": (models.normalised, lambda *those: subclass(*those, ".weights.h5"),
                                 ["--config", "keras-normalised/config.json"]),
    "keras-tutorial": (models.tutorial, pair, ["--logits"]),
    "keras-dense": (models.dense, lambda *those: pair(*those, ".h5"), []),
}


def train(encoder, decoder, images):
    """A few steps, so that the weights are those of a VAE."""
    divergence = keras.layers.Concatenate()(encoder.outputs[:2])
    vae = keras.Model(encoder.inputs, [decoder(encoder.outputs[2]), divergence])
    ops = keras.ops

    def reconstruction(images, decoded):
        return ops.sum(keras.losses.binary_crossentropy(images, decoded), axis=(1, 2))

    def kl(_, parameters):
        mean, log_variance = ops.split(parameters, 2, axis=1)
        return -0.5 * ops.sum(1 + log_variance - ops.square(mean) - ops.exp(log_variance), axis=1)

    vae.compile(optimizer=keras.optimizers.Adam(2e-3), loss=[reconstruction, kl])
    images = images.permute(0, 2, 3, 1).numpy()
    vae.fit(images, [images, np.zeros((len(images), 1), "float32")], batch_size=64, epochs=3, verbose=0)


def decoded_before_3_15(decoder, latents):
    """Images as Keras' torch backend gave them: padding 1 and, where the stride is 2, output_padding 1."""
    x = torch.tensor(latents)
    for layer in decoder.layers[1:]:
        if not isinstance(layer, keras.layers.Conv2DTranspose):
            x = layer(x)
            continue
        kernel, bias = (torch.tensor(value) for value in layer.get_weights())
        stride = layer.strides[0]
        x = torch.nn.functional.conv_transpose2d(
            x.permute(0, 3, 1, 2), kernel.permute(3, 2, 0, 1), bias, stride, padding=1, output_padding=stride - 1)
        x = layer.activation(x.permute(0, 2, 3, 1))
    return x.permute(0, 3, 1, 2).detach()


def test_crops():
    """Keras' transposed convolution is the adjoint of its convolution, which latentd's is; before 3.15 it was not on torch."""
    x, y, kernel = np.random.default_rng(1).normal(size=(3, 1000)).astype("float32")
    x, y, kernel = x[:196].reshape(1, 14, 14, 1), y[:49].reshape(1, 7, 7, 1), kernel[:9].reshape(3, 3, 1, 1)
    there = (keras.ops.conv(x, kernel, strides=2, padding="same") * y).sum()
    back = (keras.ops.conv_transpose(y, kernel, strides=2, padding="same") * x).sum()
    compare("Keras, <conv(x), y> = <x, conv_transpose(y)>", there[None], back[None])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True)
    parser.add_argument("--data-dir", help="the folder with mnist in it; without it the images are drawn here")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.latentd).resolve())
    test_crops()
    with tempfile.TemporaryDirectory() as temporary:
        folder, expected = pathlib.Path(temporary), {}
        for seed, (name, (make, save, options)) in enumerate(CASES.items()):
            keras.utils.set_random_seed(seed)
            encoder, decoder = make()
            size = dict(zip(("height", "width", "channels"), encoder.input_shape[1:] if make is not models.dense else (28, 28, 1)))
            if name in ("keras-classic", "keras-thesis") and arguments.data_dir:
                train(encoder, decoder, pictures(size, 1024, arguments.data_dir))
            else:
                models.randomise(encoder, seed), models.randomise(decoder, seed + 100)
            (folder / "saved" / name).mkdir(parents=True)
            files = save(folder / "saved" / name, encoder, decoder)
            converted = subprocess.run([sys.executable, CONVERTER, *files, "--output", name, *options], cwd=folder,
                                       capture_output=True, text=True, timeout=120)
            if converted.returncode != 0:
                comparison.failures.append(f"{name}: {converted.stderr.strip()}")
                continue
            run(program, "import", "--weights", folder / name / "model.safetensors", "--config", folder / name / "config.json",
                "--name", name, "--models-dir", folder / "models")
            images = pictures(size, 32, arguments.data_dir)
            latents = np.random.default_rng(seed).normal(size=(9, decoder.input_shape[1])).astype("float32")
            theirs = [torch.tensor(value) for value in models.numbers(encoder, decoder, images.numpy(), latents)]
            if "--logits" in options:
                theirs[2] = torch.sigmoid(theirs[2])
            if "--odd-crop" in options:
                theirs[2] = decoded_before_3_15(decoder, latents)
            expected[name] = size, images, latents, theirs
        with Daemon(program, folder / "models") as daemon:
            for name, (size, images, latents, theirs) in expected.items():
                compare_served(name, served(daemon, name, size, images, torch.tensor(latents)), theirs)
    comparison.finish()


if __name__ == "__main__":
    main()
