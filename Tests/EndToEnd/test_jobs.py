"""Training jobs through the API: from one POST to a model that is served, through every kind of trouble."""
import support
from support import Daemon, InFolder, wait


class Jobs(InFolder):
    def decodes(self, daemon, job):
        """The job's model answers, under its name and version."""
        name, _, version = job["model_version"].partition("/")
        images = daemon.call("POST", f"/v1/models/{name}/decode", {"latents": [[0, 0]]})["images"]
        self.assertTrue(any(value > 0.01 for row in images[0] for value in row))
        self.assertTrue(version.isdigit(), job)
        return images

    def test_one_post_makes_a_model_that_is_served_at_once_and_stays(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="shapes-2d", training={"epochs": 2, "seed": 3})
            job = daemon.wait_for(identifier, "succeeded")
            self.assertEqual((job["attempt"], job["error"]), (1, None))
            self.assertEqual(job["progress"]["epoch"], 2)
            image = self.decodes(daemon, job)
            self.assertEqual(daemon.served(), ["shapes-2d", "small"])
            curves = daemon.call("GET", "/v1/models/shapes-2d/metrics")
            self.assertEqual(len(support.listed(curves)), 2, curves)
            points = daemon.call("GET", "/v1/models/shapes-2d/map")
            self.assertEqual(len(points["latent"]), 128)

            second = daemon.wait_for(daemon.submit(name="shapes-2d", training={"epochs": 1}), "succeeded")
            self.assertNotEqual(second["model_version"], job["model_version"])
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.job(identifier)["status"], "succeeded")
            self.assertEqual(daemon.served(), ["shapes-2d", "small"])
            self.assertNotEqual(self.decodes(daemon, second), image, "the newest version is served")

    def test_the_latent_space_is_seen_while_it_forms(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="forming", training={"epochs": 6, "seed": 3})
            daemon.wait_for_epoch(identifier, 2)

            def epochs():
                return [entry["epoch"] for entry in daemon.call("GET", f"/v1/jobs/{identifier}/maps")["data"]]
            seen = epochs()
            self.assertGreaterEqual(len(seen), 2)
            self.assertEqual(seen, list(range(1, len(seen) + 1)))
            early = daemon.call("GET", f"/v1/jobs/{identifier}/maps/1")
            self.assertEqual((len(early["latent"]), early["epoch"], early["job"]), (128, 1, identifier))
            job = daemon.wait_for(identifier, "succeeded")
            self.assertEqual(epochs(), list(range(1, 7)))
            self.assertEqual(daemon.call("GET", f"/v1/jobs/{identifier}/maps/1"), early)
            last = daemon.call("GET", f"/v1/jobs/{identifier}/maps/6")
            self.assertNotEqual(last["latent"], early["latent"])
            self.assertEqual(last["latent"], daemon.call("GET", "/v1/models/forming/map")["latent"])
            version = self.folder / "state" / "models" / job["model_version"]
            self.assertEqual(len(list((version / "maps").iterdir())), 6, "they are published with the model")
            events = daemon.call("GET", f"/v1/jobs/{identifier}/events")["data"]
            self.assertEqual([event["data"]["map"] for event in events if event["type"] == "epoch"], [True] * 6)
            self.assertEqual(daemon.request("DELETE", f"/v1/jobs/{identifier}")[0], 204)
            self.assertEqual(daemon.request("GET", f"/v1/jobs/{identifier}/maps")[0], 404)
            wait(lambda: not (self.folder / "state" / "jobs" / identifier).exists(), "the job's folder to go")

    def test_back_to_the_version_before_and_forward_with_the_next(self):
        with Daemon(self.folder) as daemon:
            jobs = [daemon.wait_for(daemon.submit(name="turning", training={"epochs": 1, "seed": seed}), "succeeded")
                    for seed in (1, 2)]
            newest = self.decodes(daemon, jobs[1])
            self.assertEqual(daemon.call("POST", "/v1/models/turning/rollback", {})["version"], 1)
            former = self.decodes(daemon, jobs[0])
            self.assertNotEqual(former, newest)
            self.assertEqual(daemon.request("POST", "/v1/models/turning/rollback")[0], 409)
            support.kill(daemon.process.pid)
            daemon.process.wait()
        with Daemon(self.folder) as daemon:
            self.assertEqual(self.decodes(daemon, jobs[0]), former, "a restart keeps it")
            third = daemon.wait_for(daemon.submit(name="turning", training={"epochs": 1, "seed": 3}), "succeeded")
            self.assertEqual(third["model_version"], "turning/3")
            self.assertNotIn(self.decodes(daemon, third), (former, newest))
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.call("GET", "/v1/models/turning")["version"], 3)

    def test_a_running_and_a_waiting_job_are_cancelled(self):
        with Daemon(self.folder) as daemon:
            running = daemon.submit(name="running", training={"epochs": 10_000})
            waiting = daemon.submit(name="waiting", training={"epochs": 10_000})
            daemon.wait_for_epoch(running, 1)
            self.assertEqual(daemon.job(waiting)["queue_position"], 1)
            (child,) = daemon.children()
            for identifier in (waiting, running):
                daemon.call("POST", f"/v1/jobs/{identifier}/cancel", {})
                daemon.wait_for(identifier, "cancelled")
            wait(lambda: not support.alive(child), "the child's end")
            self.assertEqual(daemon.served(), ["small"])

    def test_a_paused_job_has_no_process_and_ends_in_the_same_bytes(self):
        def weights(job):
            return (self.folder / "state" / "models" / job["model_version"] / "model.safetensors").read_bytes()

        with Daemon(self.folder) as daemon:
            whole = daemon.wait_for(daemon.submit(name="whole", training={"epochs": 8, "seed": 3}), "succeeded")
            identifier = daemon.submit(name="parted", training={"epochs": 8, "seed": 3})
            daemon.wait_for_epoch(identifier, 2)
            (child,) = daemon.children()
            daemon.call("POST", f"/v1/jobs/{identifier}/pause", {})
            paused = daemon.wait_for(identifier, "paused")
            self.assertFalse(support.alive(child))
            self.assertEqual(daemon.request("POST", f"/v1/jobs/{whole['id']}/pause")[0], 409)
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.job(identifier)["status"], "paused", "a restart resumes nothing")
            between = daemon.wait_for(daemon.submit(name="between", training={"epochs": 1}, priority=-5), "succeeded")
            self.assertEqual((between["priority"], paused["priority"]), (-5, 0))
            self.assertEqual(daemon.call("POST", f"/v1/jobs/{identifier}/resume", {})["attempt"], 2)
            self.assertEqual(weights(daemon.wait_for(identifier, "succeeded")), weights(whole))

    def test_checkpoints_are_listed_and_one_is_gone_on_with(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="saved", training={"epochs": 7, "checkpoint_every": 2})
            daemon.wait_for_epoch(identifier, 2)
            daemon.call("POST", f"/v1/jobs/{identifier}/pause", {})
            daemon.wait_for(identifier, "paused")

            def checkpoints():
                return daemon.call("GET", f"/v1/jobs/{identifier}/checkpoints")["data"]
            paused = checkpoints()
            self.assertEqual(paused[0]["epoch"], 2)
            self.assertEqual([entry["resumable"] for entry in paused], [False] * (len(paused) - 1) + [True])
            folder = self.folder / "state" / "jobs" / identifier / "checkpoint"
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            self.assertEqual(paused[-1]["size_bytes"], size)
            self.assertGreaterEqual(paused[-1]["step"], 4 * paused[-1]["epoch"])
            daemon.call("POST", f"/v1/jobs/{identifier}/resume", {})
            daemon.wait_for(identifier, "succeeded")
            ended = checkpoints()
            self.assertEqual((ended[-1]["epoch"], ended[-1]["step"]), (7, 28))
            self.assertFalse(any(entry["resumable"] for entry in ended))

    def test_a_killed_training_process_is_started_again_and_goes_on(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="killed", training={"epochs": 12})
            daemon.wait_for_epoch(identifier, 2)
            (child,) = daemon.children()
            support.kill(child)
            job = daemon.wait_for(identifier, "succeeded")
            self.assertEqual(job["attempt"], 2)
            self.decodes(daemon, job)
            events = daemon.call("GET", f"/v1/jobs/{identifier}/events?limit=999")
            self.assertIn("SIGKILL", str(events), "the history says why")
            self.assert_no_epoch_is_trained_twice(events)

    def test_a_training_process_that_keeps_dying_fails_the_job(self):
        with Daemon(self.folder, "--set", "jobs.max_crashes=2") as daemon:
            identifier = daemon.submit(name="dying", training={"epochs": 10_000})
            for attempt in (1, 2):
                wait(lambda: (job := daemon.job(identifier))["attempt"] == attempt and job["status"] == "running"
                     and daemon.children(), f"attempt {attempt}")
                support.kill(daemon.children()[0])
            job = daemon.wait_for(identifier, "failed")
            self.assertIn("SIGKILL", job["error"]["message"])
            self.assertEqual(daemon.served(), ["small"])
            self.assertEqual(daemon.request("GET", "/readyz")[0], 200)

    def test_a_killed_daemon_finds_its_job_again(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="orphan", training={"epochs": 12})
            daemon.wait_for_epoch(identifier, 2)
            children = daemon.children()
            support.kill(daemon.process.pid)
            daemon.process.wait()
            for child in children:
                wait(lambda: not support.alive(child), "the child to die with its parent", 10)
        with Daemon(self.folder) as daemon:
            job = daemon.wait_for(identifier, "succeeded")
            self.assertEqual(job["attempt"], 2)
            self.decodes(daemon, job)

    def test_a_stopped_daemon_keeps_what_was_trained(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="stopped", training={"epochs": 12})
            daemon.wait_for_epoch(identifier, 2)
            daemon.process.terminate()
            self.assertEqual(daemon.process.wait(30), 0, daemon.said())
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.wait_for(identifier, "succeeded")["attempt"], 2)
            self.assert_no_epoch_is_trained_twice(daemon.call("GET", f"/v1/jobs/{identifier}/events?limit=999"))

    def assert_no_epoch_is_trained_twice(self, events):
        """An attempt goes on where the checkpoint was: of 12 epochs, one at most is done again."""
        epochs = [event for event in support.listed(events) if "epoch" in str(event.get("type", event.get("kind")))]
        self.assertLessEqual(len(epochs), 13, "training began anew")
        self.assertGreaterEqual(len(epochs), 12)

    def test_one_job_runs_at_a_time_in_the_order_of_submission(self):
        with Daemon(self.folder) as daemon:
            names = [daemon.submit(name=f"job-{number}", training={"epochs": 1}) for number in range(3)]
            jobs = [daemon.wait_for(name, "succeeded") for name in names]
            for before, after in zip(jobs, jobs[1:]):
                self.assertLessEqual(before["finished_at"], after["started_at"])

    def test_the_same_key_submits_once(self):
        import http.client
        import json
        with Daemon(self.folder) as daemon:
            answers = []
            for _ in range(2):
                connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=30)
                connection.request("POST", "/v1/jobs", json.dumps({"dataset": "shapes", "model": "mnist-2d", "training": {"epochs": 1}}),
                                   {"Content-Type": "application/json", "Idempotency-Key": "one"})
                answers.append(json.loads(connection.getresponse().read())["id"])
                connection.close()
            self.assertEqual(answers[0], answers[1])
