"""Makes checkpoint folders as PyTorch would write them, with what PyTorch says they encode and decode.

  python make_checkpoint_fixtures.py           # writes Tests/CheckpointsTests/Fixtures/NAME/{config.json,*.safetensors}
  python make_checkpoint_fixtures.py --check   # writes nothing, fails unless the committed bytes come out again

`from_pytorch` is the preset mnist-2d with fewer filters, `from_pytorch_batch_norm` a small one with three channels and
batch norm. expected.safetensors: `images` [4, C, H, W] and what they encode to, `mean` and `log_variance` [4, L];
`latents` [4, L] and what they decode to, `logits` and `decoded` (probabilities) [4, C, H, W]. The images are noise and
shapes drawn here.
"""
import argparse
import json
import pathlib
import sys

import torch
from safetensors.torch import save

import reference_vae as reference
from make_small_vae_golden import convolution, transposed

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "CheckpointsTests" / "Fixtures"


def strided(input_shape, latent, encoder, reshape, decoder, batch_norm, dropout):
    channels, height, width = input_shape
    units = reshape[0] * reshape[1] * reshape[2]
    return {
        "family": "vae",
        "input": {"channels": channels, "height": height, "width": width},
        "latent_dimension": latent,
        "encoder": [convolution(filters, stride) for filters, stride in encoder],
        "decoder": [
            {"type": "dense", "units": units, "activation": "none"},
            {"type": "reshape", "shape": reshape},
            *[transposed(filters, stride) for filters, stride in decoder[:-1]],
            transposed(*decoder[-1], activation="none"),
        ],
        "activation": {"type": "leaky_relu", "slope": 0.3},
        "batch_norm": batch_norm,
        "dropout": dropout,
        "likelihood": "bernoulli",
        "objective": {"beta": 1, "kl_reduction": "sum"},
    }


MNIST_2D = strided((1, 28, 28), 2, [(32, 1), (64, 2), (64, 2), (64, 1)], [64, 7, 7],
                   [(64, 1), (64, 2), (32, 2), (1, 1)], False, 0)
CONFIGURATIONS = {
    "from_pytorch": strided((1, 28, 28), 2, [(4, 1), (8, 2), (8, 2), (8, 1)], [8, 7, 7],
                            [(8, 1), (8, 2), (4, 2), (1, 1)], False, 0),
    "from_pytorch_batch_norm": strided((3, 16, 16), 5, [(4, 2), (6, 2), (6, 2)], [6, 2, 2],
                                       [(6, 2), (4, 2), (3, 2)], True, 0.25),
}


def drawn_images(config, count, generator):
    """Noise, a ramp and discs, so that an image turned or shifted by a pixel encodes to something else."""
    size = config["input"]
    shape = (size["channels"], size["height"], size["width"])
    rows = torch.linspace(0, 1, size["height"])[None, :, None]
    columns = torch.linspace(0, 1, size["width"])[None, None, :]
    images = [torch.rand(shape, generator=generator), (rows * 0.7 + columns * 0.3).expand(shape)]
    for index in range(2, count):
        radius = (rows - 0.3 - 0.1 * index) ** 2 + (columns - 0.4) ** 2
        images.append((1 - 6 * radius).clamp(0, 1).expand(shape))
    return torch.stack(images)


def expected(config, parameters, generator):
    images = drawn_images(config, 4, generator)
    latents = torch.randn(4, config["latent_dimension"], generator=generator)
    exact = {name: value.double() for name, value in parameters.items()}
    mean, log_variance = reference.encode(config, exact, images.double())
    logits = reference.decode(config, exact, latents.double())
    return dict(images=images, mean=mean, log_variance=log_variance, latents=latents, logits=logits,
                decoded=torch.sigmoid(logits))


def checkpoint(config, seed):
    """The files of one folder by name."""
    generator = torch.Generator().manual_seed(seed)
    parameters = reference.random_parameters(config, generator)
    for name, value in parameters.items():
        if value.dim() > 1:
            value *= 2  # so that images differ by their latents more than by the biases
    wanted = expected(config, parameters, generator)
    plain = lambda tensors: {name: value.to(torch.float32).contiguous() for name, value in tensors.items()}
    return {
        "config.json": (json.dumps(config, indent=2) + "\n").encode(),
        "model.safetensors": save(plain(parameters), metadata={"format": "pt"}),
        "expected.safetensors": save(plain(wanted), metadata={"format": "pt"}),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = parser.parse_args().check
    torch.set_num_threads(1)
    different = []
    for seed, (name, config) in enumerate(CONFIGURATIONS.items(), start=101):
        for file, content in checkpoint(config, seed).items():
            path = OUTPUT / name / file
            if check:
                if not path.exists() or path.read_bytes() != content:
                    different.append(str(path))
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
                print(f"{path}: {len(content)} bytes")
    if different:
        sys.exit("not reproduced: " + ", ".join(different))


if __name__ == "__main__":
    main()
