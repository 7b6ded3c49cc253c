"""The network of the preset mnist-2d in torch.nn, as every peer has it.

The layers have PyTorch's usual symmetric padding: the pictures are a pixel off latentd's, the arithmetic is the same.
"""
import torch
from torch import nn


def encoder():
    """Images [n, 1, 28, 28] to features [n, 3136]."""
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, 1, 1), nn.LeakyReLU(0.3), nn.Conv2d(32, 64, 3, 2, 1), nn.LeakyReLU(0.3),
        nn.Conv2d(64, 64, 3, 2, 1), nn.LeakyReLU(0.3), nn.Conv2d(64, 64, 3, 1, 1), nn.LeakyReLU(0.3), nn.Flatten())


def decoder():
    """Latents [n, 2] to logits [n, 1, 28, 28]."""
    return nn.Sequential(
        nn.Linear(2, 3136), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 3, 1, 1), nn.LeakyReLU(0.3), nn.ConvTranspose2d(64, 64, 3, 2, 1, 1),
        nn.LeakyReLU(0.3), nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.LeakyReLU(0.3), nn.ConvTranspose2d(32, 1, 3, 1, 1))


class Encode(nn.Module):
    """All that an encode request computes: both heads of the posterior."""

    def __init__(self):
        super().__init__()
        self.encoder = encoder()
        self.mean, self.log_variance = nn.Linear(3136, 2), nn.Linear(3136, 2)

    def forward(self, images):
        features = self.encoder(images)
        return self.mean(features), self.log_variance(features)


class Decode(nn.Module):
    """All that a decode request computes: the sigmoid of the decoder's logits."""

    def __init__(self):
        super().__init__()
        self.decoder = decoder()

    def forward(self, latents):
        return torch.sigmoid(self.decoder(latents))
