"""Reads what Keras saves into plain layers: class, name, settings, what it is called on, and weights by their names.

Three forms are known: `.keras` (a zip of config.json and model.weights.h5), the older `.h5` of a whole model, and
`.weights.h5`, which has weights alone. Nothing of Keras is needed, and nothing in a file is run.
"""
import dataclasses
import io
import json
import re
import zipfile

import h5py
import numpy as np

CONFIG_LIMIT, WEIGHTS_LIMIT = 16 << 20, 4 << 30
MODELS = ("Functional", "Sequential", "Model")
VARIABLES = ("kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance")


class Refused(Exception):
    """What is wrong, for the person who asked."""


@dataclasses.dataclass
class Layer:
    kind: str
    name: str
    settings: dict
    inputs: list  # names of the layers that it is called on
    weights: dict


@dataclasses.dataclass
class Model:
    name: str
    layers: dict  # by name, in their order
    outputs: list  # names

    def input_shape(self):
        for layer in self.layers.values():
            for key in ("batch_shape", "batch_input_shape"):
                if layer.settings.get(key):
                    return tuple(layer.settings[key][1:])
        raise Refused(f"'{self.name}' does not tell the shape of its input; build it before it is saved")


def read_models(path):
    """The model of a file; the models inside it where it is made of models, as a VAE is of encoder and decoder."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            config = json.loads(member(archive, "config.json", CONFIG_LIMIT))
            weights = h5py.File(io.BytesIO(member(archive, "model.weights.h5", WEIGHTS_LIMIT)), "r")
        return models(config, NativeWeights(weights))
    file = h5py.File(path, "r")
    if "model_config" not in file.attrs:
        raise Refused(f"'{path}' holds weights and no layers; give --config, or save the model with its layers")
    config = file.attrs["model_config"]
    return models(json.loads(config), LegacyWeights(file["model_weights"]))


def member(archive, name, limit):
    try:
        size = archive.getinfo(name).file_size
    except KeyError:
        raise Refused(f"the archive has no '{name}'") from None
    if size > limit:
        raise Refused(f"'{name}' has {size} bytes; at most {limit} are read")
    return archive.read(name)


def models(config, weights):
    settings = config.get("config", {})
    if config.get("class_name") not in MODELS:  # a subclass, whose models are arguments of it
        inner = {name: value for name, value in settings.items() if isinstance(value, dict) and value.get("class_name") in MODELS}
        if not inner:
            raise Refused(f"a {config.get('class_name')} does not tell its layers; save its encoder and decoder, each as a model")
        return [model(value, weights.attribute(name)) for name, value in inner.items()]
    layers = settings["layers"] if isinstance(settings, dict) else settings
    if not any(layer["class_name"] in MODELS for layer in layers):
        return [model(config, weights)]
    names, found = unique_names(layers), []
    for layer, stored in zip(layers, names):
        if layer["class_name"] in MODELS:
            found.append(model(layer, weights.nested(layer["config"]["name"], stored)))
    return found


def model(config, weights):
    settings, previous, layers = config["config"], None, {}
    for entry, stored in zip(settings["layers"], unique_names(settings["layers"])):
        kind, inner = entry["class_name"], entry["config"]
        name = inner.get("name", entry.get("name"))
        nodes = entry.get("inbound_nodes", [])
        inputs = called_on(nodes) if config["class_name"] != "Sequential" else [previous] if previous else []
        if kind != "InputLayer":
            previous = name
        layers[name] = Layer(kind, name, inner, inputs, weights.of(name, stored, kind, inner))
    outputs = [previous] if config["class_name"] == "Sequential" else tensors(settings["output_layers"])
    return Model(settings.get("name", "model"), layers, outputs)


def called_on(nodes):
    """Names, each once, in the order of a layer's first call; a layer called twice is on two roads."""
    if len(nodes) > 1:
        return tensors(nodes)
    return list(dict.fromkeys(tensors(nodes)))


def tensors(value):
    """Names of layers in a call's arguments: Keras 3 has keras_history, Keras 2 lists as ["conv2d", 0, 0]."""
    if isinstance(value, dict):
        if "keras_history" in value.get("config", {}):
            return [value["config"]["keras_history"][0]]
        return [name for inner in value.values() for name in tensors(inner)]
    if isinstance(value, list):
        if len(value) >= 3 and isinstance(value[0], str) and all(isinstance(part, int) for part in value[1:3]):
            return [value[0]]
        return [name for inner in value for name in tensors(inner)]
    return []


def unique_names(layers):
    """What Keras 3 calls layers in its files: the class in snake case, counted from the second on."""
    used, names = {}, []
    for layer in layers:
        name = re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", layer["class_name"])).lower()
        used[name] = used.get(name, -1) + 1
        names.append(f"{name}_{used[name]}" if used[name] else name)
    return names


def array(dataset, name):
    try:
        values = np.asarray(dataset, dtype=np.float32)
    except (TypeError, ValueError):
        raise Refused(f"'{name}' does not hold numbers but {dataset.dtype}") from None
    if not np.isfinite(values).all():
        raise Refused(f"'{name}' holds a number that is not finite")
    return values


class NativeWeights:
    """Keras 3: layers/conv2d_1/vars/0, in the order in which the layer made them."""

    def __init__(self, group):
        self.group = group

    def attribute(self, name):
        return NativeWeights(self.group.get(name, {}))

    def nested(self, name, stored):
        return NativeWeights(self.group.get(f"layers/{stored}", {}))

    def of(self, name, stored, kind, settings):
        variables = self.group.get(f"layers/{stored}/vars", {})
        return named(name, kind, settings, [variables[str(index)] for index in range(len(variables))])


def named(name, kind, settings, values):
    if kind == "BatchNormalization":
        names = ["gamma"] * settings.get("scale", True) + ["beta"] * settings.get("center", True) + ["moving_mean", "moving_variance"]
    else:
        names = ["kernel"] + ["bias"] * settings.get("use_bias", True)
    return {key: array(value, f"{name}/{key}") for key, value in zip(names, values)}


class LegacyWeights:
    """The whole `.h5`: a group a layer of the outermost model, whose `weight_names` end in LAYER/kernel or LAYER/kernel:0."""

    def __init__(self, group, within=None):
        self.group, self.within = group, within

    def nested(self, name, stored):
        return LegacyWeights(self.group, within=name)

    def attribute(self, name):
        return self.nested(name, None)

    def of(self, name, stored, kind, settings):
        group = self.group.get(self.within or name, {})
        found = {}
        for path in getattr(group, "attrs", {}).get("weight_names", []):
            path = path.decode() if isinstance(path, bytes) else str(path)
            parts = path.split(":")[0].split("/")
            if parts[-1] in VARIABLES and parts[-2:-1] == [name]:
                found[parts[-1]] = array(group[path], path)
        return found
