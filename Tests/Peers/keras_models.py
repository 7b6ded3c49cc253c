"""VAEs as Keras users write them, and the forms in which they save them; on Keras' torch backend."""
import os

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import warnings  # noqa: E402

import absl.logging  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import layers  # noqa: E402

warnings.filterwarnings("ignore")
absl.logging.set_verbosity(absl.logging.ERROR)  # of the older .h5, which is what is tested


@keras.saving.register_keras_serializable()
class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_variance = inputs
        return mean + keras.ops.exp(0.5 * log_variance) * keras.random.normal(keras.ops.shape(mean))


@keras.saving.register_keras_serializable()
class VAE(keras.Model):
    """The subclass of Keras' own example, with the get_config that saving it whole takes."""

    def __init__(self, encoder, decoder, **others):
        super().__init__(**others)
        self.encoder, self.decoder = encoder, decoder

    def call(self, images):
        return self.decoder(self.encoder(images)[2])

    def get_config(self):
        return {"encoder": keras.saving.serialize_keras_object(self.encoder), "decoder": keras.saving.serialize_keras_object(self.decoder)}


def model(name, shape, *steps):
    """A functional model of a chain; a step that is a tuple gives that many outputs."""
    inputs = x = keras.Input(shape)
    for step in steps:
        x = [head(x) for head in step] if isinstance(step, tuple) else step(x)
    return keras.Model(inputs, x, name=name)


def sampled(name, shape, latent, *steps):
    inputs = x = keras.Input(shape)
    for step in steps:
        x = step(x)
    mean, log_variance = layers.Dense(latent, name="z_mean")(x), layers.Dense(latent, name="z_log_var")(x)
    return keras.Model(inputs, [mean, log_variance, Sampling()([mean, log_variance])], name=name)


def convolution(filters, size, stride, activation=None, padding="same", **others):
    return layers.Conv2D(filters, size, strides=stride, padding=padding, activation=activation, **others)


def transposed(filters, size, stride, activation=None, padding="same"):
    return layers.Conv2DTranspose(filters, size, strides=stride, padding=padding, activation=activation)


def classic(small=1):
    """Keras' own example."""
    few, many = 32 // small, 64 // small
    return (sampled("encoder", (28, 28, 1), 2, convolution(few, 3, 2, "relu"), convolution(many, 3, 2, "relu"),
                    layers.Flatten(), layers.Dense(16, activation="relu")),
            model("decoder", (2,), layers.Dense(49 * many, activation="relu"), layers.Reshape((7, 7, many)),
                  transposed(many, 3, 2, "relu"), transposed(few, 3, 2, "relu"), transposed(1, 3, 1, "sigmoid")))


def thesis():
    """The preset mnist-2d: heads right after the Flatten, activations as layers of their own."""
    encoder, decoder = [], [layers.Dense(3136), layers.Reshape((7, 7, 64))]
    for filters, stride in ((32, 1), (64, 2), (64, 2), (64, 1)):
        encoder += [convolution(filters, 3, stride), layers.LeakyReLU()]
    for filters, stride in ((64, 1), (64, 2), (32, 2)):
        decoder += [transposed(filters, 3, stride), layers.LeakyReLU()]
    return (sampled("encoder", (28, 28, 1), 2, *encoder, layers.Flatten()),
            model("decoder", (2,), *decoder, transposed(1, 3, 1), layers.Activation("sigmoid")))


def rich():
    """Every layer that is known, on colour images that are not square, through odd extents."""
    return (sampled("encoder", (20, 12, 3), 5,
                    convolution(6, 5, 2, use_bias=False), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.25),
                    convolution(8, 3, 2, layers.LeakyReLU(negative_slope=0.1)), convolution(10, 2, 2),
                    layers.BatchNormalization(epsilon=1e-5, scale=False), layers.Activation("tanh"), layers.Dropout(0.1),
                    layers.Flatten(), layers.Dense(14, activation="sigmoid")),
            model("decoder", (5,), layers.Dense(5 * 3 * 8), layers.BatchNormalization(), layers.Reshape((5, 3, 8)), layers.ReLU(),
                  transposed(6, 5, 2), layers.BatchNormalization(center=False), layers.LeakyReLU(negative_slope=0.2),
                  transposed(7, 4, 2, "tanh"), transposed(4, 3, 1, "relu", "valid"), convolution(3, 3, 1, "sigmoid", "valid")))


def normalised():
    """Batch norm as it comes, everywhere, for a file that tells no layers."""
    return (sampled("encoder", (28, 28, 1), 3, convolution(5, 3, 2), layers.BatchNormalization(), layers.ReLU(),
                    convolution(6, 3, 2), layers.BatchNormalization(), layers.ReLU(), layers.Flatten(),
                    layers.Dense(9), layers.BatchNormalization(), layers.ReLU()),
            model("decoder", (3,), layers.Dense(7 * 7 * 6), layers.BatchNormalization(), layers.ReLU(), layers.Reshape((7, 7, 6)),
                  transposed(5, 3, 2), layers.BatchNormalization(), layers.ReLU(), transposed(1, 3, 2, "sigmoid")))


def tutorial():
    """TensorFlow's tutorial: Sequentials, one head of twice the size, a decoder that gives logits."""
    return (keras.Sequential([keras.Input((28, 28, 1)), convolution(8, 3, 2, "relu", "valid"), convolution(12, 3, 2, "relu", "valid"),
                              layers.Flatten(), layers.Dense(6)], name="inference"),
            keras.Sequential([keras.Input((3,)), layers.Dense(7 * 7 * 8, activation="relu"), layers.Reshape((7, 7, 8)),
                              transposed(8, 3, 2, "relu"), transposed(6, 3, 2, "relu"), transposed(1, 3, 1)], name="generator"))


def dense():
    """Flat images, and means of pixels without a sigmoid."""
    return (sampled("encoder", (784,), 4, layers.Dense(40, activation="tanh"), layers.Dropout(0.2)),
            model("decoder", (4,), layers.Dense(40, activation="tanh"), layers.Dense(784)))


def randomise(model, seed):
    """Weights of every kind away from what they start as."""
    random = np.random.default_rng(seed)
    for variable in model.variables:
        if "seed" in variable.name:
            continue
        value, name = random.normal(0, 0.2, variable.shape), variable.name
        if "kernel" in name:
            value = np.array(variable) * 1.5
        elif "variance" in name:
            value = random.uniform(0.3, 1.5, variable.shape)
        elif "gamma" in name:
            value = random.uniform(0.5, 2, variable.shape)
        variable.assign(value.astype("float32"))


def numbers(encoder, decoder, images, latents):
    """Mean, log-variance and what the decoder gives; images channels first here and there."""
    images = images.transpose(0, 2, 3, 1).reshape(-1, *encoder.input_shape[1:])
    encoded, decoded = encoder.predict(images, verbose=0), decoder.predict(latents, verbose=0)
    mean, log_variance = encoded[:2] if isinstance(encoded, list) else np.split(encoded, 2, axis=1)
    return mean, log_variance, decoded.transpose(0, 3, 1, 2) if decoded.ndim == 4 else decoded.reshape(-1, 1, 28, 28)
