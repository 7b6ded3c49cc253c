"""Our own client, deploy/clients/latentd.py, and its tutorial."""
import io
import pathlib
import socket
import struct
import subprocess
import sys
import threading
import unittest
import unittest.mock

import numpy

from conformance import IMAGES, LATENTS, MODEL, PIXELS, WithDaemon, support

CLIENTS = support.ROOT / "deploy" / "clients"
sys.path.insert(0, str(CLIENTS))
import latentd  # noqa: E402


def size_of(png):
    """Width and height of a PNG file."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n" and png[12:16] == b"IHDR", png[:16]
    return struct.unpack(">II", png[16:24])


class WithClient(WithDaemon):
    def setUp(self):
        self.client = self.enterContext(latentd.Client(f"http://{self.address}"))
        self.model = self.client.model(MODEL)


class Models(WithClient):
    def test_what_there_is(self):
        self.assertEqual([model["name"] for model in self.client.models()], [MODEL])
        self.assertEqual((self.model.shape, self.model.latent_dimension), ((1, 28, 28), 2))
        self.assertEqual(self.client.model(MODEL, version=1).name, MODEL)
        with self.assertRaisesRegex(ValueError, "version 1, not 9"):
            self.client.model(MODEL, version=9)

    def test_arrays_are_what_the_json_says(self):
        self.assert_same(self.model.decode(LATENTS), self.decoded())
        encoding = self.model.encode(IMAGES)
        self.assert_same(encoding.mean, self.encoded()["mean"])
        self.assert_same(encoding.log_variance, self.encoded()["log_variance"])
        self.assertEqual(encoding.draw(seed=1).shape, (2, 2))
        again = self.model.reconstruct(IMAGES)
        self.assert_same(again.latents, encoding.mean)
        self.assertEqual(again.images.shape, IMAGES.shape)
        numpy.testing.assert_allclose(again.elbo, -(again.reconstruction_loss + again.kl_divergence), rtol=1e-5)

    def test_images_in_every_form(self):
        expected = self.model.encode(IMAGES).mean
        for name, images in [("bytes", PIXELS), ("without channels", IMAGES[:, 0]), ("doubles", IMAGES.astype(float)),
                             ("lists", IMAGES.tolist()), ("not in order", IMAGES[:, :, ::-1][:, :, ::-1])]:
            with self.subTest(name):
                self.assert_same(self.model.encode(images).mean, expected)
        self.assert_same(self.model.encode(IMAGES[0, 0]).mean, expected[:1])
        for shape in [(28, 27), (2, 1, 27, 28), (3, 14, 14), (784,)]:
            with self.subTest(shape), self.assertRaisesRegex(ValueError, "takes images of"):
                self.model.encode(numpy.zeros(shape, numpy.float32))

    def test_paths_begin_and_end_at_their_points(self):
        path = self.model.interpolate(LATENTS[0], IMAGES[0], steps=5)
        self.assertEqual((path.images.shape, path.latents.shape, path.percentile.shape), ((5, 1, 28, 28), (5, 2), (5,)))
        self.assert_same(path.latents[[0, -1]], numpy.concatenate([LATENTS[:1], self.model.encode(IMAGES[:1]).mean]))
        bent = self.model.interpolate([0, 1], [1, 0], steps=3, method="slerp", through=[[3, 3]])
        self.assert_same(bent.latents[[0, 2, 4]], numpy.array([[0, 1], [3, 3], [1, 0]], numpy.float32))
        replaced = self.model.traverse([1, 1], along=1, start=-1, end=1, steps=3)
        self.assert_same(replaced.latents, numpy.array([[1, -1], [1, 0], [1, 1]], numpy.float32))
        added = self.model.traverse([1, 1], [0, 1], -1, 1, 3)
        self.assert_same(added.latents, numpy.array([[1, 0], [1, 1], [1, 2]], numpy.float32))

    def test_points_in_every_form(self):
        image = latentd.png(PIXELS[:1])
        for name, point in [("bytes of a PNG", image), ("bytes", PIXELS[0, 0]), ("floats", IMAGES[0])]:
            with self.subTest(name):
                self.assert_same(self.model.arithmetic(point, nearest=0).latent, self.model.encode(IMAGES[:1]).mean[0])
        with self.assertRaisesRegex(latentd.Error, "dataset_not_found"):
            self.model.nearest(latentd.Sample("absent", 3))

    def test_sums_and_what_is_near(self):
        sum = self.model.arithmetic((2, [0.25, -0.6]), [0.5, 0.5], (-1, [0.5, 0.5]), nearest=3)
        numpy.testing.assert_allclose(sum.latent, [0.5, -1.2], atol=1e-6)
        self.assertEqual((sum.image.shape, len(sum.nearest)), ((1, 28, 28), 3))
        near = self.model.nearest([0.5, -1.2], count=3)
        self.assertEqual(sum.nearest, near.nearest)
        self.assertEqual(sum.distance, near.distance)

    def test_draws_are_repeated_by_their_seed(self):
        first, second = (self.model.sample(4, seed=7, temperature=0.5) for _ in range(2))
        self.assert_same(first.latents, second.latents)
        self.assert_same(first.images, self.model.decode(first.latents))

    def test_vectors(self):
        made = self.model.set_vector("of-ours", start=[[0, 0]], end=[[1, 2]])
        self.assert_same(made, numpy.array([1, 2], numpy.float32))
        self.assert_same(self.model.vector("of-ours"), made)
        self.assertEqual([vector["name"] for vector in self.model.vectors()], ["of-ours"])
        self.assert_same(self.model.arithmetic((2, "of-ours")).latent, 2 * made)
        self.assert_same(self.model.traverse([0, 0], "of-ours", 0, 1, 2).latents[1], made)
        self.model.delete_vector("of-ours")
        self.assertEqual(self.model.vectors(), [])

    def test_the_map_and_its_pictures(self):
        map = self.model.map()
        self.assertEqual((map.points.shape, map.labels.shape, map.epoch), ((10_000, 2), (10_000,), 72))
        self.assert_same(self.model.map(axes=(1, 0)).points, map.points[:, ::-1])
        self.assertIn(b"decoder.0.weight", self.model.weights()[:4096])
        self.assertEqual(size_of(self.model.manifold(columns=3, rows=2)), (84, 56))
        self.assertEqual(size_of(latentd.png(IMAGES[[0, 1, 0]], columns=2, padding=2)), (58, 58))
        self.assertTrue(self.model.curves())


class Refusals(WithClient):
    def test_errors_say_what_the_server_said(self):
        rows = [
            (lambda: self.client.model("absent"), 404, "model_not_found", None),
            (lambda: self.client.model("../etc"), 404, None, None),
            (lambda: self.model.decode([[1, 2, 3]]), 422, "latent_dimension_mismatch", None),
            (lambda: self.model.decode([[1, float("nan")]]), 422, "non_finite_value", None),
            (lambda: self.model.sample(0), 422, None, "count"),
            (lambda: self.model.arithmetic("absent"), 422, "vector_not_found", "terms[0].point.vector"),
            (lambda: self.client.train("absent", "mnist-2d"), 422, None, "dataset"),
            (lambda: self.client.train("shapes", "mnist-2d", epoch=3), 422, None, "training.epoch"),
            (lambda: self.client.job("absent"), 404, "job_not_found", None),
        ]
        for call, status, code, parameter in rows:
            with self.assertRaises(latentd.Error) as caught:
                call()
            error = caught.exception
            self.assertEqual(error.status, status, error)
            self.assertTrue(error.message and error.request_id, error)
            if code:
                self.assertEqual(error.code, code)
            if parameter:
                self.assertEqual(error.parameter, parameter)
        for address in ("127.0.0.1:8080", "ftp://a", "http://a/b"):
            with self.assertRaisesRegex(ValueError, "no server's address"):
                latentd.Client(address)

    def test_a_connection_that_was_closed_is_made_anew(self):
        self.client._kept.sock.shutdown(socket.SHUT_RDWR)
        self.assert_same(self.model.decode(LATENTS), self.decoded())

    def test_who_is_busy_is_asked_again(self):
        with (support.Daemon(self.folder_of_another(), "--set", "server.max_requests_per_model=1") as daemon,
              latentd.Client(address := f"http://127.0.0.1:{daemon.port}", retries=1000) as occupant,
              latentd.Client(address) as hasty):
            occupying, refused, stop = occupant.model(MODEL), hasty.model(MODEL), threading.Event()

            def occupy():
                while not stop.is_set():
                    occupying.decode(numpy.zeros((2000, 2)))

            hasty.retries = 0
            thread = threading.Thread(target=occupy)
            thread.start()
            try:
                with self.assertRaises(latentd.Error) as caught:
                    for _ in range(10_000):
                        refused.decode(LATENTS)
                self.assertEqual((caught.exception.status, caught.exception.retry_after), (429, 1))
            finally:
                stop.set()
                thread.join()
            hasty.retries = 4
            self.assert_same(refused.decode(LATENTS), self.decoded())

    def folder_of_another(self):
        folder = self.folder / "another"
        for name in ("state", "data"):
            (folder / name).mkdir(parents=True)
        (folder / "models").symlink_to(support.BUNDLED)
        return folder


class Jobs(WithClient):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        support.write_shapes(cls.folder / "data" / "shapes")

    def test_a_job_is_waited_for(self):
        job = self.client.train("shapes", "mnist-2d", name="waited", epochs=2, seed=1, key="once")
        self.assertEqual(self.client.train("shapes", "mnist-2d", name="waited", epochs=2, seed=1, key="once").id, job.id)
        shown = io.StringIO()
        model = job.wait(progress=True, file=shown)
        self.assertEqual((model.name, job.status), ("waited", "succeeded"))
        self.assertRegex(shown.getvalue(), r"waited \[#+ *\] +\d+%  epoch \d/2")
        self.assertRegex(shown.getvalue(), r"\rwaited succeeded *\n$")
        self.assertEqual(model.sample(3).images.shape, (3, 1, 28, 28))
        self.assertIn(job.id, [known.id for known in self.client.jobs(status="succeeded")])
        names = [name for _, name, _ in job.events()]
        self.assertEqual(names.count("status"), 3)
        self.assertEqual(job.maps(), [1, 2])
        early, late = (job.map(epoch) for epoch in (1, 2))
        self.assertEqual((early.points.shape, early.labels.shape, early.epoch), ((128, 2), (128,), 1))
        self.assert_same(late.points, model.map().points)
        self.assertEqual([entry["epoch"] for entry in job.checkpoints()], [1, 2])
        self.assertEqual({entry["resumable"] for entry in job.checkpoints()}, {False})

    def test_images_of_ones_own_are_kept_and_learnt_from(self):
        images = numpy.random.default_rng(5).random((40, 28, 28), numpy.float32)
        dataset = self.client.upload("noise", images, numpy.arange(40) % 10, test=images[:8, None], test_labels=range(8))
        self.assertEqual(dataset["splits"], {"train": 40, "test": 8})
        self.assertEqual(self.client.upload("noise", images, numpy.arange(40) % 10, images[:8], range(8))["name"], "noise")
        job = self.client.train("noise", support.SMALL, name="noisy", epochs=1)
        self.assertGreater(job.estimate["memory_bytes"], 1 << 20)
        model = job.wait()
        losses, divergences = model.losses(), model.losses("kl")
        self.assertEqual((losses.shape, divergences.shape), ((8,), (8,)))
        told = model.reconstruct(numpy.rint(images[:8] * 255).astype(numpy.uint8))
        self.assertLess(numpy.abs(losses - told.reconstruction_loss).max(), 1e-3)
        self.client.delete_dataset("noise")
        self.assertNotIn("noise", [dataset["name"] for dataset in self.client.datasets()])
        with self.assertRaisesRegex(latentd.Error, "dataset_not_found"):
            self.client.train("noise", support.SMALL, epochs=1)

    def test_what_a_stream_leaves_out_is_listed(self):
        job = self.client.train("shapes", "mnist-2d", name="listed", epochs=2, seed=1)
        job.wait()
        whole = list(job.events())

        def shortened(path, last=None, silence=60):
            if last is None:  # as a server does to one who is far behind
                yield "5", "resync", {"first": 1, "last": 5}
                last = "5"
            yield from type(self.client).stream(self.client, path, last, silence)
        with unittest.mock.patch.object(self.client, "stream", shortened):
            self.assertEqual(list(job.events()), whole)

    def test_a_cancelled_job_is_no_model(self):
        job = self.client.train("shapes", "mnist-2d", name="cancelled", epochs=500)
        job.cancel()
        with self.assertRaisesRegex(latentd.JobFailed, "cancelled") as caught:
            job.wait()
        self.assertIs(caught.exception.job, job)

    def test_versions_come_and_go(self):
        first = self.client.train("shapes", "mnist-2d", name="coming", epochs=1, seed=1).wait()
        self.assertEqual(self.client.train("shapes", "mnist-2d", name="coming", epochs=1, seed=2).wait().info["versions"], [1, 2])
        self.client.delete_version("coming", 2)
        self.assert_same(self.client.model("coming").decode(LATENTS), first.decode(LATENTS))
        self.client.unload("coming")
        with self.assertRaisesRegex(latentd.Error, "model_unloaded"):
            first.decode(LATENTS)
        self.assertEqual(self.client.load("coming").info["version"], 1)

    def test_a_job_is_paused_and_resumed(self):
        job = self.client.train("shapes", "mnist-2d", name="paused", epochs=500, priority=3)
        self.assertEqual(job.pause().document["priority"], 3)
        support.wait(lambda: job.refresh().status == "paused", "the pause")
        self.assertIn(job.resume().status, ("queued", "running"))
        job.cancel()

    def test_a_wait_outlives_the_server(self):
        folder = self.folder / "restarted"
        for name in ("models", "state"):
            (folder / name).mkdir(parents=True)
        (folder / "data").symlink_to(self.folder / "data")
        with support.Daemon(folder) as daemon:
            port = daemon.port
            client = self.enterContext(latentd.Client(f"http://127.0.0.1:{port}"))
            job = client.train("shapes", "mnist-2d", name="outlived", epochs=12)
            outcome = []
            thread = threading.Thread(target=lambda: outcome.append(job.wait()))
            thread.start()
            daemon.wait_for_epoch(job.id, 1)
        with unittest.mock.patch.object(support.daemon, "free_port", lambda: port), support.Daemon(folder):
            thread.join(support.DEADLINE)
        self.assertEqual([model.name for model in outcome], ["outlived"])
        self.assertEqual(job.document["attempt"], 2)


class Tutorial(WithDaemon):
    def test_it_runs_and_leaves_its_pictures(self):
        support.write_shapes(self.folder / "data" / "shapes")
        pictures = self.folder / "pictures"
        run = subprocess.run(
            [sys.executable, CLIENTS / "tutorial.py", "--address", f"http://{self.address}", "--pictures", pictures,
             "--dataset", "shapes", "--epochs", "1"], capture_output=True, text=True, timeout=support.DEADLINE)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertIn("tutorial after 1 epochs", run.stdout)
        sizes = {path.name: size_of(path.read_bytes()) for path in pictures.iterdir()}
        sheet = (8 * 30 - 2, 8 * 30 - 2)
        self.assertEqual(sizes, {
            "1-samples.png": sheet, "1-samples-calm.png": sheet, "2-manifold.png": (560, 560), "3-labels.png": (298, 28),
            "4-path.png": (358, 28), "5-direction.png": (268, 28), "6-sum.png": (28, 28), "7-noise.png": (238, 58),
            "8-posterior.png": (238, 28), "9-mine.png": sheet})
        self.assertEqual(self.daemon.call("GET", f"/v1/models/{MODEL}/vectors")["data"], [])
