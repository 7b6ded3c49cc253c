"""PyTorch's weights through `latentd import`, and latentd's through `latentd export` into load_state_dict: 1e-5.

  python test_exchange.py --latentd ../../.build/release/latentd [--data-dir FOLDER]     # FOLDER/mnist: real images

1. A VAE as PyTorch users write one: padding=1, output_padding=1, batch norm with its default epsilon, a Sequential whose
   activations have numbers. Its own forward pass against what the daemon says after the import, in every float type.
2. Bundled and imported models, exported into the module of deploy/clients/latentd_torch.py with strict=True.
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

import torch
from safetensors.torch import load_file, save_file
from torch import nn

import comparison
from comparison import Autoencoder, TESTS, compare_served, pictures, served
from daemon import Daemon


class UsersVAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 8, 3, stride=2, padding=1), nn.BatchNorm2d(8), nn.ReLU(),
            nn.Conv2d(8, 12, 4, stride=2, padding=1), nn.Tanh(), nn.Flatten(), nn.Linear(12 * 7 * 7, 20), nn.ReLU())
        self.fc_mu, self.fc_var = nn.Linear(20, 3), nn.Linear(20, 3)
        self.decoder = nn.Sequential(
            nn.Linear(3, 12 * 7 * 7), nn.ReLU(), nn.Unflatten(1, (12, 7, 7)),
            nn.ConvTranspose2d(12, 8, 3, stride=2, padding=1, output_padding=1), nn.BatchNorm2d(8), nn.ReLU(),
            nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1), nn.Sigmoid())

    def numbers(self, images, latents):
        with torch.inference_mode():
            features = self.encoder(images)
            return self.fc_mu(features), self.fc_var(features), self.decoder(latents)


def sides(top, left, bottom, right):
    return {"top": top, "left": left, "bottom": bottom, "right": right}


USERS_CONFIG = {
    "input": {"channels": 1, "height": 28, "width": 28},
    "latent_dimension": 3,
    "activation": "relu",
    "encoder": [
        {"type": "convolution", "filters": 8, "kernel": 3, "stride": 2, "padding": sides(1, 1, 1, 1), "batch_norm": True},
        {"type": "convolution", "filters": 12, "kernel": 4, "stride": 2, "padding": sides(1, 1, 1, 1), "activation": "tanh"},
        {"type": "dense", "units": 20},
    ],
    "decoder": [
        {"type": "dense", "units": 588},
        {"type": "reshape", "shape": [12, 7, 7]},
        {"type": "transposed_convolution", "filters": 8, "kernel": 3, "stride": 2, "padding": sides(1, 1, 0, 0), "batch_norm": True},
        {"type": "transposed_convolution", "filters": 1, "kernel": 4, "stride": 2, "padding": sides(1, 1, 1, 1), "activation": "none"},
    ],
}
RULES = ["--in-order", "--map", "fc_mu=mean", "--map", "fc_var=log_variance", "--batch-norm-epsilon", "1e-5"]


def users_model():
    torch.manual_seed(11)
    model = UsersVAE()
    with torch.no_grad():
        for norm in (module for module in model.modules() if isinstance(module, nn.BatchNorm2d)):
            norm.weight.uniform_(0.5, 2), norm.bias.normal_(), norm.running_mean.normal_(0, 0.3)
            norm.running_var.uniform_(1e-4, 0.5)
    return model.eval()


def run(program, *arguments):
    result = subprocess.run([program, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
    if result.returncode != 0:
        comparison.failures.append(f"latentd {arguments[0]}: {result.stderr.strip()}")
    return result.stdout


def test_import(program, folder, models, images):
    """The models as PyTorch computes them, by the names that they were imported under."""
    (folder / "config.json").write_text(json.dumps(USERS_CONFIG))
    expected = {}
    for dtype in (torch.float32, torch.float64, torch.float16, torch.bfloat16):
        model, name = users_model(), f"users-{str(dtype).removeprefix('torch.')}"
        rounded = {key: value.to(dtype) if value.is_floating_point() else value for key, value in model.state_dict().items()}
        model.load_state_dict(rounded)
        save_file(rounded, folder / "weights.safetensors")
        run(program, "import", "--weights", folder / "weights.safetensors", "--config", folder / "config.json",
            "--models-dir", models, "--name", name, *RULES)
        expected[name] = model
    latents = torch.randn(9, 3, generator=torch.Generator().manual_seed(3))
    with Daemon(program, models) as daemon:
        for name, model in expected.items():
            ours = served(daemon, name, USERS_CONFIG["input"], images, latents)
            compare_served(f"imported {name}", ours, model.numbers(images, latents))


def test_export(program, folder, models, names, data_dir):
    with Daemon(program, models) as daemon:
        for name in names:
            weights, config = folder / f"{name}.safetensors", folder / f"{name}.json"
            run(program, "export", name, "--models-dir", models, "--output", weights, "--config-output", config)
            model = Autoencoder(json.loads(config.read_text()))
            model.load_state_dict(load_file(weights), strict=True)
            images = pictures(model.config["input"], 16, data_dir)
            latents = torch.randn(9, model.config["latent_dimension"], generator=torch.Generator().manual_seed(4))
            ours = served(daemon, name, model.config["input"], images, latents)
            compare_served(f"exported {name}", ours, (*model.encode(images), model.decode(latents)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True)
    parser.add_argument("--data-dir", help="the folder with mnist in it; without it the images are drawn here")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.latentd).resolve())
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        test_import(program, folder, folder / "models", pictures(USERS_CONFIG["input"], 16, arguments.data_dir))
        test_export(program, folder, folder / "models", ["users-float32"], arguments.data_dir)
        test_export(program, folder, TESTS.parent / "deploy" / "models", ["mnist-2d"], arguments.data_dir)
    comparison.finish()


if __name__ == "__main__":
    main()
