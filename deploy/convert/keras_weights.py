"""Weights without layers: a `.weights.h5` of Keras 3, whose layers latentd's configuration tells."""
import re

import h5py

from keras_chain import Part
from keras_files import Layer, Refused, named

KINDS = {"dense": "Dense", "convolution": "Conv2D", "transposed_convolution": "Conv2DTranspose"}
STORED = {"Dense": "dense", "Conv2D": "conv2d", "Conv2DTranspose": "conv2d_transpose", "BatchNormalization": "batch_normalization"}


def read_weights(path, config):
    """The tensors by name."""
    if not h5py.is_hdf5(path):
        raise Refused(f"'{path}' is no HDF5 file; --config goes with a .weights.h5 alone")
    size, latent, tensors = config["input"], config["latent_dimension"], {}
    with h5py.File(path, "r") as file:
        for name, shape in (("encoder", (size["height"], size["width"], size["channels"])), ("decoder", None)):
            stored = StoredLayers(file, name)
            part = Part(name, shape, shape or (1, 1, latent), "last")
            for layer in config[name]:
                add(part, layer, config, stored)
            if name == "encoder":
                part.flatten()
                part.add_heads(stored.heads(latent), latent)
            else:
                part.end_as((size["height"], size["width"], size["channels"]))
            stored.end()
            tensors |= part.tensors
    return tensors


def add(part, layer, config, stored):
    """The Keras layers that make one of ours, by its kind alone: activations have no weights."""
    if layer["type"] == "reshape":
        channels, height, width = layer["shape"]
        return part.reshape((height, width, channels), f"{part.name}.{len(part.layers)}")
    if layer["type"] == "dense":
        part.flatten()
        settings = {"units": layer["units"]}
    else:
        settings = {"filters": layer["filters"], "kernel_size": layer["kernel"], "strides": layer.get("stride", 1),
                    "padding": layer.get("padding", "same")}
    part.add(stored.take(KINDS[layer["type"]], {**settings, "activation": "linear"}))
    is_linear = layer.get("activation", config.get("activation")) == "none"
    if layer.get("batch_norm", config.get("batch_norm", False) and not is_linear):
        part.add(stored.take("BatchNormalization", {}))


class StoredLayers:
    """A model's layers in the file, kind by kind in their order: conv2d, conv2d_1, ..."""

    def __init__(self, file, part):
        if f"{part}/layers" not in file:
            raise Refused(f"there is no '{part}/layers'; expected the weights of a model with an {part} of layers (there are: "
                          f"{', '.join(file)})")
        self.part, self.kinds = part, {}
        counted = lambda name: int(re.search(r"_(\d+)$", name)[1]) if re.search(r"_\d+$", name) else 0
        for name, group in sorted(file[f"{part}/layers"].items(), key=lambda item: counted(item[0])):
            if len(group.get("vars", {})):
                self.kinds.setdefault(re.sub(r"_\d+$", "", name), []).append((f"{part}/{name}", group["vars"]))

    def take(self, kind, settings):
        waiting = self.kinds.get(STORED[kind], [])
        if not waiting:
            raise Refused(f"'{self.part}' has too few layers of the kind {STORED[kind]} for the configuration")
        name, variables = waiting.pop(0)
        values = [variables[str(index)] for index in range(len(variables))]
        if kind == "BatchNormalization" and len(values) != 4:
            raise Refused(f"'{name}' has {len(values)} arrays; expected gamma, beta, mean and variance, since nothing tells which are left out")
        settings = {**settings, "use_bias": len(values) > 1}
        return Layer(kind, name, settings, [], named(name, kind, settings, values))

    def heads(self, latent):
        """Mean and log-variance in the order in which they were made, unless their names tell another."""
        waiting = self.kinds.get("dense", [])
        labels = [str(variables.attrs.get("name", "")) for _, variables in waiting]
        if len(labels) == 2 and "var" in labels[0] and "var" not in labels[1]:
            waiting.reverse()
        units = latent if len(waiting) > 1 else 2 * latent
        return [self.take("Dense", {"units": units, "activation": "linear"}) for _ in range(min(2, max(1, len(waiting))))]

    def end(self):
        left = [name for waiting in self.kinds.values() for name, _ in waiting]
        if left:
            raise Refused(f"the configuration has no layer for {', '.join(left)}")
