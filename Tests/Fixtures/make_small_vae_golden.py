"""Makes the golden numbers that Tests/AutoencodersTests holds losses, gradients and Adam steps against.

  python make_small_vae_golden.py           # writes Tests/AutoencodersTests/Fixtures/NAME/{config.json,golden.safetensors}
  python make_small_vae_golden.py --check   # writes nothing, fails unless the committed bytes come out again

Needs torch and safetensors. Everything is computed in float64 from float32 inputs and stored as float32. The same run
in float32 says how far rounding alone goes: `tolerance/*` is twenty times that, and never below 1e-6 of the largest
value in the group. Groups: output, evaluation, gradient, final, final_running, and loss (every loss, wherever it is).
"""
import argparse
import json
import pathlib
import sys

import torch
from safetensors.torch import save

import reference_vae as reference

OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "AutoencodersTests" / "Fixtures"
BATCH, STEPS = 5, 10
ADAM = dict(lr=1e-3, betas=(0.9, 0.999), eps=1e-7)


def convolution(filters, stride):
    return {"type": "convolution", "filters": filters, "kernel": 3, "stride": stride, "padding": "same"}


def transposed(filters, stride, **extra):
    return {"type": "transposed_convolution", "filters": filters, "kernel": 3, "stride": stride, "padding": "same", **extra}


CONFIGURATIONS = {
    "small_vae": {
        "family": "vae",
        "input": {"channels": 1, "height": 8, "width": 8},
        "latent_dimension": 2,
        "encoder": [convolution(3, 1), convolution(4, 2)],
        "decoder": [
            {"type": "dense", "units": 64, "activation": "none"},
            {"type": "reshape", "shape": [4, 4, 4]},
            transposed(3, 2),
            transposed(1, 1, activation="none"),
        ],
        "activation": {"type": "leaky_relu", "slope": 0.3},
        "batch_norm": False,
        "dropout": 0,
        "likelihood": "bernoulli",
        "objective": {"beta": 1, "kl_reduction": "sum"},
    },
    "batch_norm_vae": {
        "family": "vae",
        "input": {"channels": 3, "height": 8, "width": 8},
        "latent_dimension": 3,
        "encoder": [convolution(4, 2), convolution(5, 2)],
        "decoder": [
            {"type": "dense", "units": 20, "activation": "none"},
            {"type": "reshape", "shape": [5, 2, 2]},
            transposed(4, 2),
            transposed(3, 2, activation="none"),
        ],
        "activation": {"type": "leaky_relu", "slope": 0.3},
        "batch_norm": True,
        "dropout": 0,
        "likelihood": "bernoulli",
        "objective": {"beta": 0.7, "kl_reduction": "mean"},
    },
    "mlp_vae": {
        "family": "vae",
        "input": {"channels": 1, "height": 8, "width": 8},
        "latent_dimension": 2,
        "encoder": [{"type": "dense", "units": 16}],
        "decoder": [
            {"type": "dense", "units": 16},
            {"type": "dense", "units": 64, "activation": "none"},
            {"type": "reshape", "shape": [1, 8, 8]},
        ],
        "activation": {"type": "tanh"},
        "batch_norm": False,
        "dropout": 0,
        "likelihood": "gaussian",
        "objective": {"beta": 1, "kl_reduction": "sum"},
    },
}


def compute(config, parameters, inputs, dtype):
    """Every number of one golden file, in the given precision, by name."""
    p = {name: value.to(dtype).clone().requires_grad_(reference.is_trainable(name)) for name, value in parameters.items()}
    trainable = {name: value for name, value in p.items() if reference.is_trainable(name)}
    images, epsilon, step_epsilon = (inputs[name].to(dtype) for name in ("images", "epsilon", "step_epsilon"))
    saved = {name: value.detach().clone() for name, value in p.items() if name not in trainable}
    out = {}

    state = reference.forward(config, p, images, epsilon, training=True)
    out.update({f"output/{name}": value for name, value in state.items()})
    gradients = torch.autograd.grad(state["objective"], list(trainable.values()))
    out.update({f"gradient/{name}": value for name, value in zip(trainable, gradients)})
    for name, value in saved.items():  # that pass moved the running statistics; the ten steps start from the given ones
        p[name].copy_(value)

    adam = torch.optim.Adam(trainable.values(), **ADAM)
    losses = {name: [] for name in ("reconstruction", "kl", "objective")}
    for step in range(STEPS):
        state = reference.forward(config, p, images, step_epsilon[step], training=True)
        for name, values in losses.items():
            values.append(state[name].detach())
        adam.zero_grad()
        state["objective"].backward()
        adam.step()
    out.update({f"step/{name}": torch.stack(values) for name, values in losses.items()})
    out.update({f"final/{name}": value for name, value in p.items()})

    state = reference.forward(config, p, images, epsilon, training=False)
    out.update({f"evaluation/{name}": value for name, value in state.items()})
    return {name: value.detach().reshape(value.shape or (1,)) for name, value in out.items()}


def group(name, parameters):
    """The tolerance that a tensor is held to, or None where rounding decides the number."""
    kind, _, rest = name.partition("/")
    if kind == "step" or rest in ("reconstruction", "kl", "objective"):
        return "loss"
    if kind == "final" and not reference.is_trainable(rest):
        return "final_running"  # follows the biases of the next line
    return None if kind == "final" and reference.null_gradient(rest, parameters) else kind


def golden(config, seed):
    generator = torch.Generator().manual_seed(seed)
    shape = (BATCH, *(config["input"][axis] for axis in ("channels", "height", "width")))
    inputs = {
        "images": torch.rand(shape, generator=generator),
        "epsilon": torch.randn(BATCH, config["latent_dimension"], generator=generator),
        "step_epsilon": torch.randn(STEPS, BATCH, config["latent_dimension"], generator=generator),
    }
    parameters = reference.random_parameters(config, generator)
    exact = compute(config, parameters, inputs, torch.float64)
    rounded = compute(config, parameters, inputs, torch.float32)

    tolerances = {}
    for name, value in exact.items():
        kind = group(name, parameters)
        if kind is None or name.startswith("evaluation/"):  # evaluation starts from `final/*`, so it rounds as `output/*` does
            continue
        error, largest = (rounded[name] - value).abs().max().item(), value.abs().max().item()
        tolerances[kind] = max(tolerances.get(kind, 0), 20 * error, 1e-6 * largest)
    tolerances["evaluation"] = tolerances["output"]

    tensors = {f"input/{name}": value for name, value in inputs.items()}
    tensors |= {f"parameter/{name}": value for name, value in parameters.items()}
    tensors |= exact
    # Two significant digits, rounded up, so that another machine's last bits do not change the file.
    tensors |= {f"tolerance/{kind}": torch.tensor([float(f"{1.05 * value:.1e}")]) for kind, value in tolerances.items()}
    return {name: value.to(torch.float32).contiguous() for name, value in tensors.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    check = parser.parse_args().check
    torch.set_num_threads(1)
    different = []
    for seed, (name, config) in enumerate(CONFIGURATIONS.items(), start=1):
        files = {
            "config.json": (json.dumps(config, indent=2) + "\n").encode(),
            # One metadata key only: the writer does not order them.
            "golden.safetensors": save(golden(config, seed), metadata={"format": "pt"}),
        }
        for file, content in files.items():
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
