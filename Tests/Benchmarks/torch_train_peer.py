"""How many images a second PyTorch trains of the preset mnist-2d on this CPU, in one mode.

  python torch_train_peer.py eager|channels_last|compile [--batch 128] [--threads 2] [--seconds 5]

Prints {"mode", "batch", "images_per_second"}.
"""
import argparse
import json
import time

import torch
import torch.nn.functional as F
from torch import nn

import mnist_2d

MODES = ("eager", "channels_last", "compile")


class VAE(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = mnist_2d.encoder(), mnist_2d.decoder()
        self.mean, self.log_variance = nn.Linear(3136, 2), nn.Linear(3136, 2)

    def negative_elbo(self, images):
        features = self.encoder(images)
        mean, log_variance = self.mean(features), self.log_variance(features)
        logits = self.decoder(mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean))
        reconstruction = F.binary_cross_entropy_with_logits(logits, images, reduction="sum")
        return (reconstruction + 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum()) / len(images)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mode", choices=MODES)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, help="default: PyTorch's own choice")
    parser.add_argument("--seconds", type=float, default=5)
    arguments = parser.parse_args()

    if arguments.threads:
        torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model, images = VAE(), torch.rand(arguments.batch, 1, 28, 28)
    if arguments.mode == "channels_last":
        model, images = model.to(memory_format=torch.channels_last), images.contiguous(memory_format=torch.channels_last)
    adam = torch.optim.Adam(model.parameters(), lr=1e-3, fused=arguments.mode == "channels_last")

    def forward_and_backward():
        model.negative_elbo(images).backward()

    body = torch.compile(forward_and_backward) if arguments.mode == "compile" else forward_and_backward

    def step():
        adam.zero_grad(set_to_none=True)
        body()
        adam.step()

    for _ in range(3):
        step()
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < arguments.seconds:
        step()
        steps += 1
    rate = steps * arguments.batch / (time.perf_counter() - start)
    print(json.dumps({"mode": arguments.mode, "batch": arguments.batch, "images_per_second": round(rate, 1)}))


if __name__ == "__main__":
    main()
