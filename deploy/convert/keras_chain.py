"""Turns a chain of Keras layers into latentd's layers, and their weights into tensors with PyTorch's names and layouts."""
import math

import numpy as np

from keras_files import Refused

EPSILON = 1e-3  # of batch norm, in latentd
KNOWN = ("Conv2D", "Conv2DTranspose", "Dense", "Flatten", "Reshape", "BatchNormalization", "Dropout", "ReLU", "LeakyReLU",
         "Activation")
PLAIN = {"linear": "none", "relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh"}


def chain(model, end):
    """The layers from the model's input to `end`, in order."""
    found, name = [], end
    while model.layers[name].kind != "InputLayer":
        layer = model.layers[name]
        found.insert(0, layer)
        if not layer.inputs:
            break
        if len(layer.inputs) != 1 or len(found) > len(model.layers):
            raise Refused(f"'{name}' is called on {len(layer.inputs)} layers; expected one, since layers are a chain")
        name = layer.inputs[0]
    return found


def heads(model, mean, log_variance):
    """The layers before the heads, and the heads: mean and log-variance, or one that gives both."""
    dense = lambda names: [name for name in names if model.layers[name].kind == "Dense"]
    if mean and log_variance:
        chosen = [mean, log_variance]
        for name in chosen:
            if name not in model.layers:
                raise Refused(f"'{model.name}' has no layer '{name}'; it has {', '.join(model.layers)}")
    else:
        chosen = dense(dict.fromkeys(model.outputs))[:2]
        if len(chosen) < 2:
            pairs = (dense(layer.inputs) for layer in model.layers.values() if len(layer.inputs) == 2)
            chosen = next((pair for pair in pairs if len(pair) == 2), chosen)
    if not chosen:
        raise Refused(f"'{model.name}' has no Dense layer at its end; name the heads by --mean and --log-variance")
    before = [chain(model, name)[:-1] for name in chosen]
    if any([layer.name for layer in other] != [layer.name for layer in before[0]] for other in before):
        raise Refused(f"{' and '.join(chosen)} do not follow the same layer")
    return before[0], [model.layers[name] for name in chosen]


def channels_first(shape):
    """For each of our flattened numbers, where Keras has it."""
    return np.arange(math.prod(shape)).reshape(shape).transpose(2, 0, 1).ravel()


def activation(value, layer):
    """Our name of an activation: Keras' name, or what it writes of a function or of a layer."""
    settings = {}
    if isinstance(value, dict):
        value, settings = value.get("class_name"), value.get("config", {})
        if not isinstance(settings, dict):
            value, settings = settings, {}
    if value in PLAIN:
        return PLAIN[value]
    if value == "leaky_relu":
        return {"type": "leaky_relu", "slope": 0.2}
    if value in ("ReLU", "LeakyReLU"):
        default = 0.3 if value == "LeakyReLU" else 0
        slope = settings.get("negative_slope", settings.get("alpha", default))
        if settings.get("max_value") is None and not settings.get("threshold"):
            return {"type": "leaky_relu", "slope": float(slope)} if slope else "relu"
    raise Refused(f"'{layer.name}' has the activation {value} {settings or ''}; known are linear, relu, leaky_relu, sigmoid, tanh")


class Part:
    """Encoder or decoder: our layers so far, their tensors, and where Keras has what comes next."""

    def __init__(self, name, shape, flat_shape, odd_crop):
        self.name, self.odd_crop, self.layers, self.tensors = name, odd_crop, [], {}
        self.last = self.prefix = None  # the layer that an activation belongs to, and its tensors' prefix
        self.shape = shape  # (height, width, channels), None where it is flat
        self.order = channels_first(flat_shape)  # of flat numbers
        self.is_linear = False  # whether batch norm may follow
        self.movable = []  # tensors of the Dense whose outputs a Reshape may put in another order

    def add(self, layer):
        kind, settings = layer.kind, layer.settings
        if kind not in KNOWN:
            raise Refused(f"'{layer.name}' is a {kind}; known are {', '.join(KNOWN)}")
        if kind in ("Conv2D", "Conv2DTranspose"):
            self.convolution(layer, kind == "Conv2DTranspose")
        elif kind == "Dense":
            self.dense(layer)
        elif kind == "Flatten":
            self.flatten()
        elif kind == "Reshape":
            self.reshape(settings["target_shape"], layer.name)
        elif kind == "BatchNormalization":
            self.batch_norm(layer)
        elif kind == "Dropout":
            if self.last and settings["rate"]:
                self.last["dropout"], self.is_linear = settings["rate"], False
        else:
            value = settings["activation"] if kind == "Activation" else {"class_name": kind, "config": settings}
            self.activate(activation(value, layer), layer)

    def activate(self, value, layer):
        if value == "none":
            return
        if self.last is None or self.last["activation"] != "none":
            raise Refused(f"'{layer.name}' is an activation after {'an activation' if self.last else 'no layer'}")
        self.last["activation"], self.is_linear = value, False

    def begin(self, ours, weight, bias):
        """A layer with weights at the end of ours."""
        self.prefix, self.last = f"{self.name}.{len(self.layers)}", {**ours, "activation": "none", "batch_norm": False}
        self.layers.append(self.last)
        self.tensors[f"{self.prefix}.weight"], self.tensors[f"{self.prefix}.bias"] = weight, bias
        self.is_linear, self.movable = True, []

    def weights(self, layer, shape, outputs):
        kernel = layer.weights.get("kernel")
        bias = layer.weights.get("bias", np.zeros(outputs, np.float32))
        for name, value, wanted in (("kernel", kernel, shape), ("bias", bias, (outputs,))):
            if value is None or value.shape != wanted:
                raise Refused(f"'{layer.name}' has a {name} of shape {None if value is None else value.shape}; expected {wanted}")
        return kernel, bias

    def convolution(self, layer, is_transposed):
        settings, padding, follows = layer.settings, layer.settings["padding"], activation(layer.settings["activation"], layer)
        sides = padding if isinstance(padding, dict) else None  # latentd's own form, of a configuration
        (size, *sizes), (stride, *strides) = (np.ravel(settings[key]).tolist() for key in ("kernel_size", "strides"))
        plain = (settings.get("data_format") in (None, "channels_last") and settings.get("groups", 1) == 1
                 and set(np.ravel(settings.get("dilation_rate", 1)).tolist()) == {1} and settings.get("output_padding") is None)
        if set(sizes) - {size} or set(strides) - {stride} or not plain or not (sides or padding in ("same", "valid")):
            raise Refused(f"'{layer.name}' is not square, channels last, of padding same or valid, without dilation and groups")
        if self.shape is None:
            raise Refused(f"'{layer.name}' is a convolution of no image; expected a Reshape before it")
        height, width, channels = self.shape
        if is_transposed and size < stride:
            raise Refused(f"'{layer.name}' has a stride of {stride}; expected at most the kernel, {size}")
        filters, is_same = settings["filters"], padding == "same"
        if is_transposed and is_same and self.odd_crop == "first" and (size - stride) % 2:
            less = (size - stride) // 2
            padding = {"top": less + 1, "left": less + 1, "bottom": less, "right": less}
        pair = (filters, channels) if is_transposed else (channels, filters)
        kernel, bias = self.weights(layer, (size, size, *pair), filters)
        kind = "transposed_convolution" if is_transposed else "convolution"
        self.begin({"type": kind, "filters": filters, "kernel": size, "stride": stride, "padding": padding},
                   kernel.transpose(3, 2, 0, 1), bias)

        def after(extent, first, last):
            margins = sides[first] + sides[last] if sides else 0
            if is_transposed:
                return extent * stride if is_same else (extent - 1) * stride + size - margins
            return -(-extent // stride) if is_same else (extent + margins - size) // stride + 1
        self.shape = (after(height, "top", "bottom"), after(width, "left", "right"), filters)
        self.activate(follows, layer)

    def dense(self, layer):
        units = layer.settings["units"]
        self.begin({"type": "dense", "units": units}, *self.dense_weights(layer, units))
        self.movable = [f"{self.prefix}.weight", f"{self.prefix}.bias"]
        self.shape, self.order = None, np.arange(units)
        self.activate(activation(layer.settings["activation"], layer), layer)

    def dense_weights(self, layer, units):
        if self.shape is not None:
            raise Refused(f"'{layer.name}' is a Dense of an image of {self.shape}; expected a Flatten before it")
        kernel, bias = self.weights(layer, (len(self.order), units), units)
        return kernel.T[:, self.order], bias

    def flatten(self):
        if self.shape is not None:
            self.order, self.shape, self.is_linear = channels_first(self.shape), None, False

    def reshape(self, target, name):
        count = len(self.order) if self.shape is None else math.prod(self.shape)
        known = math.prod(extent for extent in target if extent != -1)
        target = tuple(count // max(known, 1) if extent == -1 else extent for extent in target)
        if math.prod(target) != count or len(target) > 3:
            raise Refused(f"'{name}' reshapes {count} numbers to {target}")
        self.flatten()
        if len(target) == 1:
            return
        target = (*target, 1) if len(target) == 2 else target
        order = channels_first(target)
        if not np.array_equal(order, self.order):  # what Keras has there is not what we have: the Dense's outputs move
            if not self.movable or not np.array_equal(self.order, np.arange(count)):
                raise Refused(f"'{name}' reshapes what no Dense has made; its order cannot be kept")
            for tensor in self.movable:
                self.tensors[tensor] = self.tensors[tensor][order]
        height, width, channels = target
        self.layers.append({"type": "reshape", "shape": [channels, height, width]})
        self.shape, self.movable, self.is_linear = target, [], False

    def batch_norm(self, layer):
        settings, last_axis = layer.settings, 1 if self.shape is None else 3
        axis = np.ravel(settings.get("axis", -1)).tolist()
        if not self.is_linear or axis not in ([-1], [last_axis]):
            raise Refused(f"'{layer.name}' is a batch norm of axis {axis} that does not come right after a Dense or a convolution; "
                          "expected one of the channels before the activation")
        channels = len(self.tensors[f"{self.prefix}.bias"])
        fields = {"gamma": ("weight", np.ones), "beta": ("bias", np.zeros), "moving_mean": ("running_mean", None),
                  "moving_variance": ("running_var", None)}
        values = {}
        for name, (field, default) in fields.items():
            value = layer.weights.get(name, default(channels, np.float32) if default else None)
            if value is None or value.shape != (channels,):
                raise Refused(f"'{layer.name}' has a {name} of shape {None if value is None else value.shape}; expected ({channels},)")
            values[field] = value
        variance = values["running_var"].astype(np.float64)
        if (variance < 0).any():
            raise Refused(f"'{layer.name}' has a variance below 0")
        values["weight"] = values["weight"] * np.sqrt((variance + EPSILON) / (variance + settings.get("epsilon", 1e-3)))
        for field, value in values.items():
            self.tensors[f"{self.prefix}.batch_norm.{field}"] = value
            if self.movable:
                self.movable.append(f"{self.prefix}.batch_norm.{field}")
        self.last["batch_norm"], self.is_linear = True, False

    def add_heads(self, layers, latent):
        """Mean and log-variance, or one layer with both."""
        for layer in layers:
            units = latent * (3 - len(layers))
            if layer.settings["units"] != units or activation(layer.settings["activation"], layer) != "none":
                raise Refused(f"'{layer.name}' has {layer.settings['units']} units and the activation "
                              f"{layer.settings['activation']}; expected {units} and none, for a decoder of {latent} latent dimensions")
        pairs = [self.dense_weights(layer, layer.settings["units"]) for layer in layers]
        if len(pairs) == 1:
            (weight, bias), = pairs
            pairs = [(weight[:latent], bias[:latent]), (weight[latent:], bias[latent:])]
        for head, (weight, bias) in zip(("mean", "log_variance"), pairs):
            self.tensors[f"{head}.weight"], self.tensors[f"{head}.bias"] = weight, bias

    def end_as(self, image):
        """The decoder's last step: what it gives must be an image."""
        if self.shape is None and len(self.order) == math.prod(image):
            self.reshape(image, self.name)
        if self.shape != tuple(image):
            raise Refused(f"the {self.name} gives {self.shape or len(self.order)}; expected images of {tuple(image)}")
