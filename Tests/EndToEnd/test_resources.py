"""What jobs may take: memory, disk, processes; and what is left of them afterwards."""
import contextlib
import json
import os
import subprocess
import unittest

import support
from support import Daemon, InFolder, wait

MEBIBYTE = 1 << 20


class Resources(InFolder):
    def refusal(self, daemon, **fields):
        status, answer = daemon.request("POST", "/v1/jobs", {"dataset": "shapes", "model": "mnist-2d", **fields})
        return status, json.loads(answer)["error"]

    def checkpoint(self, identifier):
        return self.folder / "state" / "jobs" / identifier / "checkpoint"

    def test_what_a_job_will_take_is_told_and_true(self):
        with Daemon(self.folder) as daemon:
            first = daemon.wait_for(daemon.submit(name="first", training={"epochs": 3}), "succeeded")
            self.assertIsNone(first["estimate"]["seconds"], "nothing has shown how fast the machine is")
            second = daemon.submit(name="second", training={"epochs": 40})
            estimate = daemon.job(second)["estimate"]
            self.assertGreater(estimate["images_per_second"], 1)
            self.assertGreater(estimate["seconds"], 0)

            def data():
                with contextlib.suppress(OSError, StopIteration, ValueError):
                    (child,) = daemon.children()
                    lines = open(f"/proc/{child}/status").read().splitlines()
                    return 1024 * int(next(line for line in lines if line.startswith("VmData:")).split()[1])
                return 0
            daemon.wait_for_epoch(second, 2)
            used = data()
            self.assertLess(used, estimate["memory_bytes"])
            self.assertGreater(used, estimate["memory_bytes"] / 3, "not a number out of the blue")
            sheet = support.latentd("jobs", "show", second, "--server", f"http://127.0.0.1:{daemon.port}")
            self.assertRegex(sheet.stdout, r"estimate +\d+ MiB of memory, .* images/s")
            daemon.call("POST", f"/v1/jobs/{second}/cancel", {})

    def test_a_job_that_cannot_fit_is_refused_with_the_numbers(self):
        with Daemon(self.folder, "--set", f"jobs.memory_limit_bytes={64 * MEBIBYTE}") as daemon:
            status, error = self.refusal(daemon)
            self.assertEqual((status, error["code"]), (422, "memory_limit"))
            self.assertIn(str(64 * MEBIBYTE), error["message"])
            self.assertRegex(error["message"], r"takes about \d{8,} bytes")
            self.assertEqual(daemon.call("GET", "/v1/jobs")["data"], [])
        with Daemon(self.folder, "--set", f"jobs.disk_reserve_bytes={1 << 40}") as daemon:
            status, error = self.refusal(daemon)
            self.assertEqual((status, error["code"]), (507, "disk_full"))
            self.assertIn(f"{1 << 20}.0 MiB must stay free", error["message"])

    def test_a_process_over_its_limit_ends_and_says_so(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="large", training={"epochs": 10_000})
            daemon.call("POST", f"/v1/jobs/{identifier}/pause", {})
            daemon.wait_for(identifier, "paused")
        limit = 48 * MEBIBYTE
        with Daemon(self.folder, "--set", f"jobs.memory_limit_bytes={limit}") as daemon:
            daemon.call("POST", f"/v1/jobs/{identifier}/resume", {})
            job = daemon.wait_for(identifier, "failed")
            self.assertEqual(job["error"]["code"], "out_of_memory", job)
            self.assertIn(str(limit), job["error"]["message"])
            self.assertEqual(daemon.served(), ["small"], "the daemon serves on")

    def test_a_run_that_diverges_stops_and_serves_nothing(self):
        with Daemon(self.folder) as daemon:
            status, error = self.refusal(daemon, training={"learning_rate": 1e6})
            self.assertEqual((status, error["parameter"]), (422, "training.learning_rate"))
            job = daemon.wait_for(
                daemon.submit(name="wild", training={"epochs": 300, "learning_rate": 1, "batch_size": 16}), "failed")
            self.assertEqual(job["error"]["code"], "diverged")
            self.assertRegex(job["error"]["message"], r"step \d+ \((last finite value|best objective): [\d.e+-]+\)")
            self.assertIn("learning_rate", job["error"]["message"])
            self.assertIsNone(job["model_version"])
            self.assertEqual(daemon.served(), ["small"])

    @unittest.skipUnless(os.geteuid() == 0, "mounting takes root")
    def test_a_full_disk_stops_a_job_and_keeps_its_checkpoint(self):
        state = self.folder / "state"
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", state]).returncode:
            self.skipTest("no mount here")
        self.addCleanup(subprocess.run, ["umount", "-l", state])
        with Daemon(self.folder, "--set", f"jobs.disk_reserve_bytes={16 * MEBIBYTE}") as daemon:
            identifier = daemon.submit(name="full", training={"epochs": 10_000})
            daemon.wait_for_epoch(identifier, 1)
            ballast = state / "ballast"
            ballast.write_bytes(bytes(50 * MEBIBYTE))
            job = daemon.wait_for(identifier, "failed")
            self.assertEqual(job["error"]["code"], "disk_full")
            self.assertRegex(job["error"]["message"], r"16\.0 MiB must stay free\. The checkpoint of step \d+ stays\.$")
            self.assertTrue((self.checkpoint(identifier) / "model.safetensors").exists())
            self.assertEqual(self.refusal(daemon)[0], 507)
            ballast.unlink()
            daemon.wait_for(daemon.submit(name="roomy", training={"epochs": 1}), "succeeded")

    def test_files_of_jobs_that_have_ended_are_pruned(self):
        def cancelled(daemon):
            identifier = daemon.submit(name="pruned", training={"epochs": 10_000})
            daemon.wait_for_epoch(identifier, 1)
            daemon.call("POST", f"/v1/jobs/{identifier}/cancel", {})
            return daemon.wait_for(identifier, "cancelled")["id"]

        with Daemon(self.folder, "--set", "jobs.keep_checkpoints=1") as daemon:
            live = daemon.submit(name="live", training={"epochs": 10_000})
            daemon.wait_for_epoch(live, 1)
            daemon.call("POST", f"/v1/jobs/{live}/pause", {})
            daemon.wait_for(live, "paused")
            old = cancelled(daemon)
            self.checkpoint(old).with_name("checkpoint.damaged").mkdir()
            new = cancelled(daemon)
            wait(lambda: not self.checkpoint(old).exists(), "the older checkpoint to go")
            self.assertTrue(self.checkpoint(new).exists())
            self.assertEqual([daemon.job(job)["pruned"] for job in (old, new, live)], [["checkpoint"], [], []])
            self.assertTrue(daemon.call("GET", f"/v1/jobs/{old}/maps")["data"])
        with Daemon(self.folder, "--set", "jobs.keep_checkpoints=0", "--set", "jobs.keep_files=0") as daemon:
            wait(lambda: not self.checkpoint(new).exists(), "what is kept to be less after a restart")
            job = wait(lambda: len((job := daemon.job(old))["pruned"]) == 3 and job, "maps and log to go")
            self.assertEqual(sorted(job["pruned"]), ["checkpoint", "log", "maps"])
            self.assertGreater(job["progress"]["epoch"], 1)
            self.assertEqual(daemon.call("GET", f"/v1/jobs/{old}/maps")["data"], [])
            self.assertEqual(os.listdir(self.checkpoint(old).parent), ["specification.json"])
            self.assertTrue(daemon.call("GET", f"/v1/jobs/{live}/maps")["data"], "a live job keeps everything")
            self.assertTrue(self.checkpoint(live).exists())

    def test_two_workers_run_two_jobs_at_once(self):
        with Daemon(self.folder, "--set", "jobs.workers=2", "--set", "compute.threads=2") as daemon:
            jobs = [daemon.submit(name=f"job-{number}", training={"epochs": 10_000}) for number in range(3)]
            for job in jobs[:2]:
                daemon.wait_for_epoch(job, 1)
            children = daemon.children()
            self.assertEqual(len(children), 2)
            for child in children:
                environment = open(f"/proc/{child}/environ", "rb").read().split(b"\0")
                self.assertIn(b"LATENTD_COMPUTE_THREADS=1", environment)
                self.assertEqual(os.sched_getscheduler(child), os.SCHED_BATCH)
            self.assertEqual([daemon.job(job)["status"] for job in jobs], ["running", "running", "queued"])
            daemon.call("POST", f"/v1/jobs/{jobs[0]}/cancel", {})
            daemon.wait_for_epoch(jobs[2], 1)
            for job in jobs[1:]:
                daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
                daemon.wait_for(job, "cancelled")


if __name__ == "__main__":
    unittest.main()
