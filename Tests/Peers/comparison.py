"""What the tests against other libraries share: the bound, its figures, and pictures both sides see."""
import gzip
import pathlib
import sys

import torch

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS.parent / "deploy" / "clients"))
sys.dont_write_bytecode = True
from latentd_torch import Autoencoder  # noqa: E402, F401

BOUND = 1e-5
failures = []


def compare(what, ours, theirs, is_relative=True):
    """The largest difference, held to the bound; relative to the largest value where that is above 1, or absolute."""
    ours, theirs = torch.as_tensor(ours), torch.as_tensor(theirs)
    if ours.shape != theirs.shape:
        difference = f"shape {tuple(ours.shape)} instead of {tuple(theirs.shape)}"
        good = False
    else:
        error = (ours - theirs).abs().max().item()
        if is_relative:
            error /= max(1, theirs.abs().max().item())
        difference, good = f"{error:.1e}", error <= BOUND
    print(f"{'ok  ' if good else 'FAIL'} {what}: {difference}", flush=True)
    if not good:
        failures.append(what)


def images_as_tensor(images, size):
    """[count, channels, height, width] from rows, planes of rows, or rows of pixels."""
    values = torch.tensor(images)
    wanted = (size["channels"], size["height"], size["width"])
    if values.shape[1:] == (wanted[1], wanted[2], wanted[0]) and wanted[0] != wanted[1]:
        values = values.permute(0, 3, 1, 2)
    return values.reshape(-1, *wanted)


def images_as_json(images, example):
    """In the nesting of the images that the daemon itself gave."""
    shape = torch.tensor(example).shape
    if len(shape) == 4 and shape[1:] != images.shape[1:]:
        images = images.permute(0, 2, 3, 1)
    return images.reshape(len(images), *shape[1:]).tolist()


def served(daemon, name, size, images, latents):
    """Mean and log-variance of the images, and the images of the latents, as the daemon gives them."""
    path = f"/v1/models/{name}"
    decoded = daemon.call("POST", f"{path}/decode", {"latents": latents.tolist()})["images"]
    encoded = daemon.call("POST", f"{path}/encode", {"images": images_as_json(images, decoded)})
    return torch.tensor(encoded["mean"]), torch.tensor(encoded["log_variance"]), images_as_tensor(decoded, size)


def compare_served(what, ours, theirs):
    for part, one, other in zip(("mean", "log-variance", "images"), ours, theirs):
        compare(f"{what}, {part}", one, other, is_relative=False)


def pictures(size, count, data_dir=None):
    """MNIST's first test images where they are at hand and of that size, else noise and shapes drawn here."""
    shape = (size["channels"], size["height"], size["width"])
    for file in (pathlib.Path(data_dir or "/nowhere") / "mnist").glob("t10k-images-idx3-ubyte*"):
        if shape == (1, 28, 28):
            content = (gzip.open if file.suffix == ".gz" else open)(file, "rb").read(16 + 784 * count)
            return torch.frombuffer(bytearray(content[16:]), dtype=torch.uint8).reshape(-1, 1, 28, 28) / 255
    import checkpoint_folder
    return checkpoint_folder.drawn_images({"input": size}, count, torch.Generator().manual_seed(2))


def finish():
    if failures:
        sys.exit("failed: " + "; ".join(failures))
