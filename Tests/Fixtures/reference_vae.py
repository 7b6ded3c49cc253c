"""A variational autoencoder as plain functions over a dictionary of tensors: the oracle behind the golden fixtures.

It reads the same config.json as latentd and uses no torch.nn module, so that names, padding and order are spelt out
here and nowhere else. Tensors are [batch, channels, height, width]; weights have PyTorch's layouts.
"""
import math

import torch
import torch.nn.functional as F

BATCH_NORM_EPSILON = 1e-3
BATCH_NORM_MOMENTUM = 0.01  # PyTorch's convention: the share of the new value (Keras calls the same thing 0.99)


def same_pads(size, kernel, stride):
    """Padding before and after one axis so that the output has ceil(size / stride) elements; the odd one goes last."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def same_crops(kernel, stride):
    """What to cut before and after one axis of the full transposed convolution so that size * stride is left."""
    total = kernel - stride
    return total // 2, total - total // 2


def batch_normed(config, part, index):
    """Whether batch norm stands between this layer and its activation: every convolution but the one that makes pixels."""
    convolution = config[part][index]["type"] in ("convolution", "transposed_convolution")
    return config["batch_norm"] and convolution and not (part == "decoder" and index == len(config[part]) - 1)


def parameter_shapes(config):
    """Name to shape of every stored tensor, in the order of the network."""
    shapes = {}
    latent = config["latent_dimension"]
    size = (config["input"]["channels"], config["input"]["height"], config["input"]["width"])

    def walk(part, size):
        for index, layer in enumerate(config[part]):
            name, kind = f"{part}.{index}", layer["type"]
            if kind == "dense":
                shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (layer["units"], math.prod(size)), (layer["units"],)
                size = (layer["units"],)
            elif kind == "reshape":
                size = tuple(layer["shape"])
            else:
                channels, filters, k, s = size[0], layer["filters"], layer["kernel"], layer["stride"]
                forward = kind == "convolution"
                shapes[f"{name}.weight"] = (filters, channels, k, k) if forward else (channels, filters, k, k)
                shapes[f"{name}.bias"] = (filters,)
                size = (filters, *[-(-n // s) if forward else n * s for n in size[1:]])
            if batch_normed(config, part, index):
                for entry in ("weight", "bias", "running_mean", "running_var"):
                    shapes[f"{name}.batch_norm.{entry}"] = (size[0],)
        return size

    features = math.prod(walk("encoder", size))
    for head in ("mean", "log_variance"):
        shapes[f"{head}.weight"], shapes[f"{head}.bias"] = (latent, features), (latent,)
    if walk("decoder", (latent,)) != size:
        raise ValueError("the decoder does not end in the input's shape")
    return shapes


def is_trainable(name):
    return not name.endswith(("running_mean", "running_var"))


def null_gradient(name, names):
    """A bias in front of batch norm: its gradient is zero but for rounding, and Adam blows that rounding up."""
    return name.endswith(".bias") and name.removesuffix("bias") + "batch_norm.weight" in names


def random_parameters(config, generator):
    """Glorot-like weights, and biases and running statistics away from 0 and 1 so that none can be left out unseen."""
    parameters = {}
    for name, shape in parameter_shapes(config).items():
        noise = torch.rand(shape, generator=generator) * 2 - 1
        if name.endswith("batch_norm.weight") or name.endswith("running_var"):
            value = 1 + 0.5 * noise
        elif len(shape) == 1:
            value = 0.2 * noise
        else:
            receptive = math.prod(shape[2:])
            value = noise * math.sqrt(6 / ((shape[0] + shape[1]) * receptive))
        parameters[name] = value
    return parameters


def activate(x, activation):
    if isinstance(activation, str):
        activation = {"type": activation}
    kind = activation["type"]
    if kind == "none":
        return x
    if kind == "leaky_relu":
        return torch.where(x >= 0, x, activation["slope"] * x)
    return {"relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[kind](x)


def run(config, part, parameters, x, training):
    for index, layer in enumerate(config[part]):
        name, kind = f"{part}.{index}", layer["type"]
        if kind == "reshape":
            x = x.reshape(x.shape[0], *layer["shape"])
            continue
        weight, bias = parameters[f"{name}.weight"], parameters[f"{name}.bias"]
        if kind == "dense":
            x = x.reshape(x.shape[0], -1) @ weight.T + bias
        elif kind == "convolution":
            rows, columns = (same_pads(n, layer["kernel"], layer["stride"]) for n in x.shape[2:])
            x = F.conv2d(F.pad(x, (*columns, *rows)), weight, bias, stride=layer["stride"], padding=0)
        elif kind == "transposed_convolution":
            before, after = same_crops(layer["kernel"], layer["stride"])
            x = F.conv_transpose2d(x, weight, bias, stride=layer["stride"], padding=0)
            x = x[:, :, before : x.shape[2] - after, before : x.shape[3] - after]
        if batch_normed(config, part, index):
            entry = {e: parameters[f"{name}.batch_norm.{e}"] for e in ("weight", "bias", "running_mean", "running_var")}
            x = F.batch_norm(x, entry["running_mean"], entry["running_var"], entry["weight"], entry["bias"],
                             training, BATCH_NORM_MOMENTUM, BATCH_NORM_EPSILON)
        x = activate(x, layer.get("activation", config["activation"]))
    return x


def encode(config, parameters, images, training=False):
    features = run(config, "encoder", parameters, images, training).flatten(1)
    return tuple(features @ parameters[f"{head}.weight"].T + parameters[f"{head}.bias"] for head in ("mean", "log_variance"))


def decode(config, parameters, latents, training=False):
    """Logits where the likelihood is Bernoulli, means where it is Gaussian: [batch, channels, height, width]."""
    return run(config, "decoder", parameters, latents, training)


def forward(config, parameters, images, epsilon, training=True):
    """Everything between the images and the objective; losses are means over the batch, in nats an image.

    `kl` is summed over the latent dimensions; the objective adds beta times its sum or its mean over them.
    """
    mean, log_variance = encode(config, parameters, images, training)
    z = mean + torch.exp(log_variance / 2) * epsilon
    logits = decode(config, parameters, z, training)
    if config["likelihood"] == "bernoulli":
        errors = logits.clamp(min=0) - logits * images + torch.log1p(torch.exp(-logits.abs()))
    else:  # Gaussian of variance 1
        errors = 0.5 * ((images - logits) ** 2 + math.log(2 * math.pi))
    reconstruction = errors.sum() / images.shape[0]
    kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum() / images.shape[0]
    reduced = kl / config["latent_dimension"] if config["objective"]["kl_reduction"] == "mean" else kl
    objective = reconstruction + config["objective"]["beta"] * reduced
    return dict(mean=mean, log_variance=log_variance, z=z, logits=logits,
                reconstruction=reconstruction, kl=kl, objective=objective)
