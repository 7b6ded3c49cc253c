"""Writes checkpoint folders from PyTorch, with the configurations and random weights of ../Fixtures."""
import json
import pathlib
import sys

import torch
from safetensors.torch import save_file

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Fixtures"))
import make_checkpoint_fixtures as fixtures  # noqa: E402
import reference_vae as reference  # noqa: E402

MNIST_2D = fixtures.MNIST_2D
CONFIGURATIONS = {"torch-mnist-2d": MNIST_2D, "torch-batch-norm": fixtures.CONFIGURATIONS["from_pytorch_batch_norm"]}
drawn_images = fixtures.drawn_images


def write(models_dir, name, config, seed=0):
    """One version of one model, models_dir/name/1, as a PyTorch user would save it; gives its folder."""
    generator = torch.Generator().manual_seed(seed)
    weights = reference.random_parameters(config, generator)
    for value in weights.values():
        if value.dim() > 1:
            value *= 2  # so that images differ by their latents more than by the biases
    folder = pathlib.Path(models_dir) / name / "1"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(config))
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder
