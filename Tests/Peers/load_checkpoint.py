"""Loads a latentd checkpoint folder into PyTorch modules: python load_checkpoint.py deploy/models/mnist-2d/1

Prints the latent dimension and decodes the origin. Needs torch and safetensors, nothing of latentd.
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

    def __init__(self, layers, shape, config, weights, name):
        super().__init__()
        self.activations = []
        for index, layer in enumerate(layers):
            if layer["type"] == "dense":
                module = nn.Linear(shape.numel(), layer["units"])
            elif layer["type"] == "reshape":
                module = nn.Unflatten(1, layer["shape"])
            else:
                kind = Convolution if layer["type"] == "convolution" else TransposedConvolution
                module = kind(shape[0], layer["filters"], layer["kernel"], layer.get("stride", 1))
                module.sides = layer.get("padding", "same")
            activation = "none" if layer["type"] == "reshape" else layer.get("activation", config["activation"])
            activation = activation if isinstance(activation, dict) else {"type": activation}
            slope = [activation.get("slope", 0.3)] if activation["type"] == "leaky_relu" else []
            self.activations.append(ACTIVATIONS[activation["type"]](*slope))
            self.append(module)
            # Shapes follow from running the layer once on zeros.
            x = torch.zeros(1, *shape)
            shape = module(x.flatten(1) if layer["type"] in ("dense", "reshape") else x).shape[1:]
            if f"{name}.{index}.batch_norm.weight" in weights:
                kind = nn.BatchNorm1d if layer["type"] == "dense" else nn.BatchNorm2d
                module.batch_norm = kind(shape[0], eps=1e-3, momentum=0.01)
        self.shape = shape

    def forward(self, x):
        for module, activation in zip(self, self.activations):
            x = module(x.flatten(1) if isinstance(module, (nn.Linear, nn.Unflatten)) else x)
            x = activation(module.batch_norm(x) if hasattr(module, "batch_norm") else x)
        return x


class Autoencoder(nn.Module):
    def __init__(self, folder):
        super().__init__()
        with open(f"{folder}/config.json") as file:
            self.config = json.load(file)
        weights, size, latent = load_file(f"{folder}/model.safetensors"), self.config["input"], self.config["latent_dimension"]
        shape = torch.Size((size["channels"], size["height"], size["width"]))
        self.encoder = Part(self.config["encoder"], shape, self.config, weights, "encoder")
        self.mean = nn.Linear(self.encoder.shape.numel(), latent)
        self.log_variance = nn.Linear(self.encoder.shape.numel(), latent)
        self.decoder = Part(self.config["decoder"], torch.Size((latent,)), self.config, weights, "decoder")
        self.load_state_dict(weights)
        self.eval()

    @torch.inference_mode()
    def encode(self, images):
        features = self.encoder(images).flatten(1)
        return self.mean(features), self.log_variance(features)

    @torch.inference_mode()
    def decode(self, latents):
        output = self.decoder(latents)
        return torch.sigmoid(output) if self.config["likelihood"] == "bernoulli" else output


if __name__ == "__main__":
    model = Autoencoder(sys.argv[1])
    print(f"latent dimension {model.config['latent_dimension']}, {sum(p.numel() for p in model.parameters()):,} parameters")
    image = model.decode(torch.zeros(1, model.config["latent_dimension"]))[0, 0]
    for row in image[::2]:
        print("".join(" .:-=+*#%@"[min(9, int(10 * value))] for value in row))
