"""A walk through a latent space, in code that runs: reads top to bottom, writes its pictures into a folder.

    make serve                                              # in another terminal
    python3 deploy/clients/tutorial.py --pictures pictures

It needs numpy. With a dataset on the server (`latentd dataset fetch mnist`) it also trains a model of its own.
"""
import argparse
import pathlib

import numpy

import latentd


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="http://127.0.0.1:8080")
    parser.add_argument("--token", help="of `latentd token create`, where the server wants one")
    parser.add_argument("--model", default="mnist-2d")
    parser.add_argument("--pictures", type=pathlib.Path, default=pathlib.Path("pictures"))
    parser.add_argument("--dataset", help="what to train on; else the first one that has images of the model's size")
    parser.add_argument("--epochs", type=int, default=2, help="of the training; 0 for none")
    arguments = parser.parse_args()
    arguments.pictures.mkdir(parents=True, exist_ok=True)
    with latentd.Client(arguments.address, token=arguments.token) as server:
        model = server.model(arguments.model)
        print(f"{model.name} turns images of {model.shape} into {model.latent_dimension} numbers and back.")
        wander(model, arguments.pictures)
        seven, one = centres(model, arguments.pictures)
        directions(model, seven, one, arguments.pictures)
        see_again(model, arguments.pictures)
        if arguments.epochs:
            train(server, model, arguments)


def wander(model, pictures):
    # A variational autoencoder gives the latent space a prior, the normal distribution: whatever is drawn from it
    # should decode to something. A lower temperature stays nearer to the middle, where the decoder knows its way.
    draws = model.sample(64, seed=7)
    latentd.save_png(pictures / "1-samples.png", draws.images, columns=8)
    latentd.save_png(pictures / "1-samples-calm.png", model.sample(64, seed=7, temperature=0.5).images, columns=8)
    print(f"The most unusual of 64 draws is further out than {draws.percentile.max():.0f} % of the prior.")
    # With two dimensions, one picture shows all there is.
    if model.latent_dimension == 2:
        (pictures / "2-manifold.png").write_bytes(model.manifold(columns=20, rows=20))


def centres(model, pictures):
    # The map is the test set, encoded. The mean of a label's points is a place where that label is at home.
    encoded = model.map()
    labels = sorted(set(encoded.labels.tolist()) - {255})
    if model.latent_dimension != 2 or len(labels) < 2:  # the map is a projection then: begin with draws
        return model.sample(2, seed=1).latents
    middles = numpy.array([encoded.points[encoded.labels == label].mean(axis=0) for label in labels])
    latentd.save_png(pictures / "3-labels.png", model.decode(middles), columns=len(labels))
    print(f"Labels {labels} have their middles at {middles.round(2).tolist()}.")
    return middles[7 % len(labels)], middles[1]


def directions(model, start, end, pictures):
    # The straight way from one to the other. The percentile tells where it leaves what the decoder was trained on.
    path = model.interpolate(start, end, steps=12)
    latentd.save_png(pictures / "4-path.png", path.images, columns=12)
    # A direction that has a name is kept with the model, so that a path can be asked for by name from then on.
    model.set_vector("tutorial", start=[start], end=[end])
    try:
        latentd.save_png(pictures / "5-direction.png", model.traverse(end, "tutorial", -1, 1, 9).images, columns=9)
        # Sums of points: this one, and half of what tells the two apart.
        place = model.arithmetic((1, start), (0.5, "tutorial"))
        latentd.save_png(pictures / "6-sum.png", place.image)
        print(f"The sum lies at {place.latent.round(2).tolist()}, percentile {place.percentile:.0f}; "
              f"nearest to it are {[sample['label'] for sample in place.nearest]}.")
    finally:
        try:
            model.delete_vector("tutorial")
        except latentd.Error as error:
            if error.status != 403:  # an administrator's right
                raise


def see_again(model, pictures):
    # To encode and decode is to ask what of an image the model can say. The losses say it in numbers: nats for what
    # was lost, nats for what the latent tells (their sum is minus the evidence lower bound).
    clean = model.sample(8, seed=3).images
    noisy = numpy.clip(clean + numpy.random.default_rng(0).normal(0, 0.1, clean.shape), 0, 1)
    again = model.reconstruct(noisy)
    latentd.save_png(pictures / "7-noise.png", numpy.concatenate([noisy, again.images]), columns=8)
    print(f"From noise: reconstruction {again.reconstruction_loss.mean():.0f}, KL {again.kl_divergence.mean():.1f} nats.")
    # The encoder gives a posterior, not a point: where it is unsure, its draws decode to different images.
    posterior = model.encode(noisy[:1])
    draws = numpy.concatenate([posterior.draw(seed) for seed in range(8)])
    latentd.save_png(pictures / "8-posterior.png", model.decode(draws), columns=8)


def train(server, model, arguments):
    # Training is a job in the server's queue: it goes on when this program ends, and outlives a restart.
    fitting = [dataset["name"] for dataset in server.datasets() if tuple(dataset["shape"].values()) == model.shape]
    dataset = arguments.dataset or next(iter(fitting), None)
    if dataset is None:
        return print("No dataset to train on: `latentd dataset fetch mnist` gets one.")
    job = server.train(dataset, model.info["configuration"], name="tutorial", epochs=arguments.epochs, seed=7)
    print(f"Job {job.id} trains on {dataset} ...")
    mine = job.wait()
    losses = job.document["metrics"]["test"]
    print(f"{mine.name} after {arguments.epochs} epochs: minus the evidence lower bound is {losses['negative_elbo']:.1f} nats.")
    latentd.save_png(arguments.pictures / "9-mine.png", mine.sample(64, seed=7).images, columns=8)


if __name__ == "__main__":
    main()
