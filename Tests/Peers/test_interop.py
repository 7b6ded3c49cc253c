"""PyTorch and latentd read each other's checkpoints and agree to 1e-5.

  python test_interop.py --latentd ../../.build/release/latentd [--models-dir ../../deploy/models]
  python test_interop.py                     # without the daemon: only what Python can tell

1. The module of deploy/clients/latentd_torch.py against the fixtures of Tests/CheckpointsTests, which another implementation made, and
   the script that the README shows.
2. latentd's own checkpoints: what the daemon encodes and decodes against what PyTorch does with the same folder.
3. Checkpoints that PyTorch wrote, served by latentd.
The difference is absolute, relative to the largest value where that is above 1.
"""
import argparse
import pathlib
import runpy
import sys
import tempfile

import torch
from safetensors.torch import load_file

import checkpoint_folder
from comparison import Autoencoder, TESTS, compare, failures, images_as_json, images_as_tensor
from daemon import Daemon


def test_loader():
    for folder in sorted((TESTS / "CheckpointsTests" / "Fixtures").glob("from_pytorch*")):
        model, expected = Autoencoder.load(folder), load_file(folder / "expected.safetensors")
        mean, log_variance = model.encode(expected["images"])
        compare(f"loader, {folder.name}, mean", mean, expected["mean"])
        compare(f"loader, {folder.name}, log-variance", log_variance, expected["log_variance"])
        compare(f"loader, {folder.name}, images", model.decode(expected["latents"]), expected["decoded"])


def test_readme_example():
    """The script of the README, run as it stands there."""
    folder = TESTS / "CheckpointsTests" / "Fixtures" / "from_pytorch"
    before, sys.argv = sys.argv, ["readme_example.py", str(folder)]
    try:
        names = runpy.run_path(str(TESTS / "Peers" / "readme_example.py"))
    finally:
        sys.argv = before
    expected = load_file(folder / "expected.safetensors")
    compare("README's script, mean", names["encode"](expected["images"]), expected["mean"])
    compare("README's script, images", names["decode"](expected["latents"]), expected["decoded"])
    readme = TESTS.parent / "README.md"
    if readme.exists() and (TESTS / "Peers" / "readme_example.py").read_text() not in readme.read_text():
        failures.append("README.md does not show Tests/Peers/readme_example.py")


def latest_versions(models_dir):
    """Model name to the folder of its highest version."""
    found = {}
    for config in pathlib.Path(models_dir).glob("*/*/config.json"):
        version, name = config.parent.name, config.parent.parent.name
        if version.isdecimal() and int(version) >= int(found.get(name, config.parent).name):
            found[name] = config.parent
    return found


def test_model(daemon, name, folder, what):
    model = Autoencoder.load(folder)
    size, path = model.config["input"], f"/v1/models/{name}"
    latents = torch.randn(7, model.config["latent_dimension"], generator=torch.Generator().manual_seed(1))
    images = checkpoint_folder.drawn_images(model.config, 4, torch.Generator().manual_seed(2))

    decoded = daemon.call("POST", f"{path}/decode", {"latents": latents.tolist()})["images"]
    compare(f"{what}, decode", images_as_tensor(decoded, size), model.decode(latents))
    encoded = daemon.call("POST", f"{path}/encode", {"images": images_as_json(images, decoded)})
    mean, log_variance = model.encode(images)
    compare(f"{what}, encode, mean", torch.tensor(encoded["mean"]), mean)
    compare(f"{what}, encode, log-variance", torch.tensor(encoded["log_variance"]), log_variance)


def test_served(program, models_dir, folders, whose):
    try:
        with Daemon(program, models_dir) as daemon:
            for name, folder in folders.items():
                try:
                    test_model(daemon, name, folder, f"{whose} {name}")
                except RuntimeError as error:
                    failures.append(f"{whose} {name}: {error}")
    except RuntimeError as error:
        failures.append(f"{whose} checkpoints: {error}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", help="the program; without it only the Python parts run")
    parser.add_argument("--models-dir", default=TESTS.parent / "deploy" / "models", help="checkpoints that latentd made")
    arguments = parser.parse_args()

    test_loader()
    test_readme_example()
    if arguments.latentd:
        program = str(pathlib.Path(arguments.latentd).resolve())
        ours = latest_versions(arguments.models_dir)
        if not ours:
            failures.append(f"no checkpoint in {arguments.models_dir}")
        else:
            test_served(program, pathlib.Path(arguments.models_dir).resolve(), ours, "latentd's")
        with tempfile.TemporaryDirectory() as models_dir:
            theirs = {name: checkpoint_folder.write(models_dir, name, config, seed=5)
                      for name, config in checkpoint_folder.CONFIGURATIONS.items()}
            test_served(program, models_dir, theirs, "PyTorch's")
    if failures:
        sys.exit("failed: " + "; ".join(failures))


if __name__ == "__main__":
    main()
