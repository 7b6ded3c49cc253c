"""Makes the small Keras VAE that Tests/EndToEnd/test_import.py converts, and what Keras says that it computes.

  python make_keras_fixture.py      # writes Tests/EndToEnd/Fixtures/keras/{vae.h5,expected.json}; needs keras and torch

The example of Keras' documentation with fewer filters, on 12 x 8 images, so that a row taken for a column shows.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
import keras_models as models  # noqa: E402
import numpy as np  # noqa: E402
from keras_models import convolution, keras, layers, transposed  # noqa: E402

OUTPUT = HERE.parent / "EndToEnd" / "Fixtures" / "keras"


def main():
    encoder = models.sampled("encoder", (12, 8, 1), 2, convolution(3, 3, 2, "relu"), convolution(4, 3, 2, "relu"),
                             layers.Flatten(), layers.Dense(6, activation="relu"))
    decoder = models.model("decoder", (2,), layers.Dense(24, activation="relu"), layers.Reshape((3, 2, 4)),
                           transposed(4, 3, 2, "relu"), transposed(3, 3, 2, "relu"), transposed(1, 3, 1, "sigmoid"))
    models.randomise(encoder, 1), models.randomise(decoder, 2)
    random = np.random.default_rng(3)
    images, latents = random.uniform(size=(3, 12, 8, 1)).astype("float32"), random.normal(size=(3, 2)).astype("float32")
    mean, log_variance = encoder.predict(images, verbose=0)[:2]
    OUTPUT.mkdir(parents=True, exist_ok=True)
    inputs = keras.Input((12, 8, 1))
    keras.Model(inputs, decoder(encoder(inputs)[0]), name="vae").save(OUTPUT / "vae.h5")
    numbers = {"images": images[..., 0], "mean": mean, "log_variance": log_variance, "latents": latents,
               "decoded": decoder.predict(latents, verbose=0)[..., 0]}
    lines = [f"{json.dumps(name)}: {json.dumps(np.round(value.astype(float), 7).tolist())}" for name, value in numbers.items()]
    (OUTPUT / "expected.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
