"""latentd's models as PyTorch modules. Needs torch and safetensors, nothing of latentd; copy it into your own project.

    latentd export mnist-2d --output mnist-2d.safetensors --config-output mnist-2d.json
    model = Autoencoder(json.load(open("mnist-2d.json")))
    model.load_state_dict(load_file("mnist-2d.safetensors"))     # strict, as it is by default
    mean, log_variance = model.encode(images)                    # [count, channels, height, width] in 0...1
    images = model.decode(mean)

And back: `save_file(model.state_dict(), "mine.safetensors")`, then `latentd import --weights mine.safetensors --config ...`.
A folder does as well: Autoencoder.load("deploy/models/mnist-2d/1"). Dropout is left out, since it does nothing here.

    python latentd_torch.py deploy/models/mnist-2d/1             # prints the latent dimension, decodes the origin
"""
import json
import sys

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional as F

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "leaky_relu": nn.LeakyReLU, "none": nn.Identity}


class Convolution(nn.Conv2d):
    """Zeros on each side as config.json says; "same" is Keras': the odd row and column go to the bottom and the right."""

    def forward(self, x):
        pads = [max((-(-n // s) - 1) * s + k - n, 0) for n, s, k in zip(x.shape[2:], self.stride, self.kernel_size)]
        return super().forward(F.pad(x, sides(self.sides, *pads)))


class TransposedConvolution(nn.ConvTranspose2d):
    """The adjoint of `Convolution`: what was padded there is cut from the full result here."""

    def forward(self, x):
        crops = [k - s for k, s in zip(self.kernel_size, self.stride)]
        return F.pad(super().forward(x), [-side for side in sides(self.sides, *crops)])


def sides(padding, rows, columns):
    """Left, right, top, bottom; `rows` and `columns` are the totals that "same" shares out."""
    if padding == "valid":
        return [0, 0, 0, 0]
    if padding == "same":
        return [columns // 2, columns - columns // 2, rows // 2, rows - rows // 2]
    return [padding["left"], padding["right"], padding["top"], padding["bottom"]]


class Part(nn.Sequential):
    """The encoder or the decoder: weights sit at the layer's index in config.json, batch norm inside the layer."""

    def __init__(self, layers, shape, config):
        super().__init__()
        self.activations = []
        for layer in layers:
            if layer["type"] == "dense":
                module = nn.Linear(shape.numel(), layer["units"])
            elif layer["type"] == "reshape":
                module = nn.Unflatten(1, layer["shape"])
            else:
                kind = Convolution if layer["type"] == "convolution" else TransposedConvolution
                module = kind(shape[0], layer["filters"], layer["kernel"], layer.get("stride", 1))
                module.sides = layer.get("padding", "same")
            kind, slope = ("none", []) if layer["type"] == "reshape" else activation(layer, config)
            self.activations.append(ACTIVATIONS[kind](*slope))
            self.append(module)
            # Shapes follow from running the layer once on zeros.
            x = torch.zeros(1, *shape)
            with torch.no_grad():
                shape = module(x.flatten(1) if layer["type"] in ("dense", "reshape") else x).shape[1:]
            if layer["type"] != "reshape" and layer.get("batch_norm", config.get("batch_norm", False) and kind != "none"):
                norm = nn.BatchNorm1d if layer["type"] == "dense" else nn.BatchNorm2d
                module.batch_norm = norm(shape[0], eps=1e-3, momentum=0.01)
        self.shape = shape

    def forward(self, x):
        for module, activate in zip(self, self.activations):
            x = module(x.flatten(1) if isinstance(module, (nn.Linear, nn.Unflatten)) else x)
            x = activate(module.batch_norm(x) if hasattr(module, "batch_norm") else x)
        return x


def activation(layer, config):
    """Its name and the slope, if it has one."""
    chosen = layer.get("activation", config.get("activation", "leaky_relu"))
    chosen = chosen if isinstance(chosen, dict) else {"type": chosen}
    return chosen["type"], [chosen.get("slope", 0.3)] if chosen["type"] == "leaky_relu" else []


class Autoencoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.config, size, latent = config, config["input"], config["latent_dimension"]
        shape = torch.Size((size["channels"], size["height"], size["width"]))
        self.encoder = Part(config["encoder"], shape, config)
        self.mean = nn.Linear(self.encoder.shape.numel(), latent)
        self.log_variance = nn.Linear(self.encoder.shape.numel(), latent)
        self.decoder = Part(config["decoder"], torch.Size((latent,)), config)
        self.eval()

    @classmethod
    def load(cls, folder):
        """The model of a checkpoint folder."""
        with open(f"{folder}/config.json") as file:
            model = cls(json.load(file))
        model.load_state_dict(load_file(f"{folder}/model.safetensors"))
        return model

    @torch.inference_mode()
    def encode(self, images):
        features = self.encoder(images).flatten(1)
        return self.mean(features), self.log_variance(features)

    @torch.inference_mode()
    def decode(self, latents):
        output = self.decoder(latents)
        return torch.sigmoid(output) if self.config.get("likelihood", "bernoulli") == "bernoulli" else output


if __name__ == "__main__":
    model = Autoencoder.load(sys.argv[1])
    print(f"latent dimension {model.config['latent_dimension']}, {sum(p.numel() for p in model.parameters()):,} parameters")
    image = model.decode(torch.zeros(1, model.config["latent_dimension"]))[0, 0]
    for row in image[::2]:
        print("".join(" .:-=+*#%@"[min(9, int(10 * value))] for value in row))
