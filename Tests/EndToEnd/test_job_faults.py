"""Everything that can go wrong under a training job, each with an end that says what happened."""
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sqlite3
import struct
import subprocess
import threading
import time
import unittest
import urllib.request

import support
from support import SMALL, Daemon, InFolder, wait

NOBODY = 65534


class Faults(InFolder):
    def history(self, daemon, job):
        events, more = [], True
        while more:
            after = events[-1]["sequence"] if events else 0
            page = daemon.call("GET", f"/v1/jobs/{job}/events?limit=999&after={after}")
            events, more = events + page["data"], page["has_more"]
        return events

    def reasons(self, daemon, job):
        return [event["data"].get("reason", "") for event in self.history(daemon, job)]

    def child(self, daemon):
        return wait(daemon.children, "the training process")[0]

    def weights(self, job):
        return (self.folder / "state" / "models" / job["model_version"] / "model.safetensors").read_bytes()

    @contextlib.contextmanager
    def database(self):
        """The jobs' database, as another process has it."""
        file = self.folder / "state" / "jobs.sqlite"
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
            yield database

    def ready(self, daemon):
        self.assertEqual(daemon.request("GET", "/readyz")[0], 200)
        self.assertEqual(daemon.request("POST", "/v1/models/small/decode", {"latents": [[0, 0]]})[0], 200)


class Children(Faults):
    def test_signals_that_a_fault_raises_are_named(self):
        with Daemon(self.folder) as daemon:
            job = daemon.submit(name="faulty", model=SMALL, training={"epochs": 10_000})
            for number, name in enumerate(("SIGSEGV", "SIGTRAP", "SIGILL"), 1):
                wait(lambda: daemon.job(job)["attempt"] == number and daemon.children(), f"attempt {number}")
                os.kill(self.child(daemon), getattr(signal, name))
                wait(lambda: any(name in reason for reason in self.reasons(daemon, job)), name)
            failed = daemon.wait_for(job, "failed")
            self.assertEqual(failed["error"]["code"], "crash_loop")
            self.assertIn("crashed 3 times", failed["error"]["message"])
            self.assertIn("crash 1 of at most 3: the training process was ended by SIGSEGV", self.reasons(daemon, job))
            self.ready(daemon)

    def test_one_starts_although_the_program_was_replaced(self):
        """As when a package is upgraded while the daemon runs."""
        original = support.PROGRAM
        replaced = original.with_name(f"latentd-{os.getpid()}")
        os.link(original, replaced)
        support.PROGRAM = replaced
        try:
            with Daemon(self.folder) as daemon:
                replaced.unlink()
                job = daemon.wait_for(daemon.submit(name="after", model=SMALL, training={"epochs": 1}), "succeeded")
                self.assertEqual(job["attempt"], 1)
        finally:
            support.PROGRAM = original
            replaced.unlink(missing_ok=True)

    def test_one_that_hangs_is_killed_and_goes_on_from_its_checkpoint(self):
        training = {"epochs": 400, "seed": 3, "checkpoint_every": 50}
        with Daemon(self.folder, "--set", "jobs.silence_seconds=4") as daemon:
            whole = daemon.wait_for(daemon.submit(name="whole", model=SMALL, training=training), "succeeded")
            job = daemon.submit(name="hanging", model=SMALL, training=training)
            daemon.wait_for_epoch(job, 60)
            os.kill(child := self.child(daemon), signal.SIGSTOP)
            wait(lambda: not support.alive(child), "the end of what hangs")
            ended = daemon.wait_for(job, "succeeded")
            self.assertIn("said nothing for 4 s and was killed", str(self.reasons(daemon, job)))
            self.assertGreaterEqual(ended["attempt"], 2)
            self.assertEqual(self.weights(ended), self.weights(whole))

    def test_one_that_hangs_is_cancelled_all_the_same(self):
        with Daemon(self.folder, "--set", "jobs.cancel_grace_seconds=0.5") as daemon:
            job = daemon.submit(name="hanging", model=SMALL, training={"epochs": 10_000})
            daemon.wait_for_epoch(job, 1)
            os.kill(child := self.child(daemon), signal.SIGSTOP)
            daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
            daemon.wait_for(job, "cancelled")
            self.assertFalse(support.alive(child))

    def test_a_cancel_and_the_end_meet(self):
        """Whichever comes first, and told to the client: 200 is no model, 409 is one."""
        outcomes = set()
        with Daemon(self.folder) as daemon:
            began = time.monotonic()
            daemon.wait_for(daemon.submit(name="met", model=SMALL, training={"epochs": 1}), "succeeded")
            usual = time.monotonic() - began
            for number in range(24):
                job = daemon.submit(name="met", model=SMALL, training={"epochs": 1})
                time.sleep(usual * (0.5 + number % 12 / 12))
                status, _ = daemon.request("POST", f"/v1/jobs/{job}/cancel", {})
                ended = daemon.wait_for(job, "cancelled", "succeeded")
                outcomes.add((status, ended["status"]))
                made = [file for file in (self.folder / "state" / "models" / "met").glob("*/provenance.json")
                        if job in file.read_text()]
                self.assertEqual(len(made), 1 if ended["status"] == "succeeded" else 0, ended)
                last = self.history(daemon, job)[-1]["data"]
                self.assertEqual(last["status"], ended["status"])
        self.assertLessEqual(outcomes, {(200, "cancelled"), (409, "succeeded")})


class Checkpoints(Faults):
    def cut(self, damage, training):
        """The job, resumed after its daemon was killed and its checkpoint damaged, beside one that nothing befell."""
        with Daemon(self.folder) as daemon:
            whole = daemon.wait_for(daemon.submit(name="whole", model=SMALL, training=training), "succeeded")
            job = daemon.submit(name="cut", model=SMALL, training=training)
            daemon.wait_for_epoch(job, 60)
            support.kill(daemon.process.pid)
            daemon.process.wait()
        folder = self.folder / "state" / "jobs" / job
        damage(folder / "checkpoint")
        with Daemon(self.folder) as daemon:
            ended = daemon.wait_for(job, "succeeded", "failed")
            return folder, whole, ended, self.history(daemon, job)

    def test_a_damaged_one_is_set_aside_and_the_job_begins_anew(self):
        training = {"epochs": 300, "seed": 3, "checkpoint_every": 40}

        def shorten(checkpoint):
            file = checkpoint / "optimizer.safetensors"
            file.write_bytes(file.read_bytes()[:-100])

        def flip(checkpoint):
            file = checkpoint / "model.safetensors"
            data = bytearray(file.read_bytes())
            data[-100] ^= 1
            file.write_bytes(data)

        def empty(checkpoint):
            (checkpoint / "provenance.json").write_bytes(b"")

        files = {shorten: "optimizer.safetensors", flip: "model.safetensors", empty: "provenance.json"}
        for damage, file in files.items():
            with self.subTest(damage.__name__):
                folder, whole, ended, history = self.cut(damage, training)
                self.assertEqual((ended["status"], ended["attempt"]), ("succeeded", 2), ended)
                (anew,) = [event["data"]["reason"] for event in history if event["type"] == "began_anew"]
                self.assertIn(file, anew)
                self.assertNotIn(str(self.folder), anew)
                self.assertEqual(self.weights(ended), self.weights(whole))
                self.assertTrue((folder / "checkpoint.damaged").is_dir(), "it is kept to be looked at")

    def test_one_that_lacks_a_file_is_set_aside_too(self):
        training = {"epochs": 200, "seed": 3, "checkpoint_every": 40}
        for file in ("config.json", "model.safetensors", "optimizer.safetensors"):
            with self.subTest(file):
                _, whole, ended, history = self.cut(lambda folder: (folder / file).unlink(), training)
                self.assertEqual(ended["status"], "succeeded", ended)
                self.assertIn(file, str([event for event in history if event["type"] == "began_anew"]))
                self.assertEqual(self.weights(ended), self.weights(whole))


class Datasets(Faults):
    def change(self, what):
        """The job, whose dataset changes while its process runs, and after that process was killed."""
        with Daemon(self.folder) as daemon:
            training = {"epochs": 2000, "seed": 3, "checkpoint_every": 20}
            job = daemon.submit(name="changing", model=SMALL, training=training)
            daemon.wait_for_epoch(job, 30)
            what(self.folder / "data" / "shapes")
            epoch = daemon.job(job)["progress"]["epoch"]
            daemon.wait_for_epoch(job, epoch + 5)  # the process has what it needs
            support.kill(self.child(daemon))
            failed = daemon.wait_for(job, "failed")
            self.ready(daemon)
        return failed["error"]

    def test_one_that_changes_under_a_job_ends_it_at_the_next_attempt(self):
        def other_pixel(folder):
            file = folder / "train-images-idx3-ubyte"
            data = bytearray(file.read_bytes())
            data[-1] ^= 1
            file.write_bytes(data)
        error = self.change(other_pixel)
        self.assertEqual(error["code"], "dataset_changed")
        self.assertIn("'shapes' has other images", error["message"])

    def test_one_that_is_cut_short_is_named(self):
        def cut(folder):
            file = folder / "train-images-idx3-ubyte"
            file.write_bytes(file.read_bytes()[:-100])
        error = self.change(cut)
        self.assertEqual(error["code"], "dataset_unusable")
        self.assertIn("train-images-idx3-ubyte", error["message"])

    def test_one_that_vanishes_is_named(self):
        error = self.change(shutil.rmtree)
        self.assertEqual(error["code"], "dataset_not_found")
        self.assertIn("'shapes'", error["message"])

    def test_one_that_vanishes_before_a_job_starts_fails_that_job_alone(self):
        support.write_shapes(self.folder / "data" / "others")
        with Daemon(self.folder) as daemon:
            first = daemon.submit(name="first", model=SMALL, training={"epochs": 10_000})
            gone = daemon.submit(name="gone", dataset="others", model=SMALL, training={"epochs": 1})
            last = daemon.submit(name="last", model=SMALL, training={"epochs": 1})
            daemon.wait_for_epoch(first, 1)
            shutil.rmtree(self.folder / "data" / "others")
            daemon.call("POST", f"/v1/jobs/{first}/cancel", {})
            failed = daemon.wait_for(gone, "failed")
            self.assertEqual((failed["error"]["code"], failed["attempt"]), ("dataset_not_found", 1))
            daemon.wait_for(last, "succeeded")


@unittest.skipUnless(os.geteuid() == 0, "mounting takes root")
class Disks(Faults):
    RESERVE = ("--set", "jobs.disk_reserve_bytes=0")

    def mount(self, name, size):
        """A disk of its own for a folder of the daemon's state, and what fills it to the last byte."""
        folder = self.folder / "state" / name
        folder.mkdir(exist_ok=True)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]).returncode:
            self.skipTest("no mount here")
        self.addCleanup(subprocess.run, ["umount", "-l", folder])

        def fill():
            with contextlib.suppress(OSError), open(folder / "ballast", "wb", buffering=0) as ballast:
                while ballast.write(bytes(4096)):
                    pass
            return folder / "ballast"
        return fill

    @contextlib.contextmanager
    def growing_log(self):
        """One who reads keeps the database's log from beginning anew, in room that it has."""
        with self.database() as database:
            database.execute("BEGIN")
            database.execute("SELECT count(*) FROM jobs").fetchone()
            yield

    def test_what_a_job_tells_waits_for_room(self):
        fill = self.mount("", "32m")
        with Daemon(self.folder, *self.RESERVE) as daemon:
            job = daemon.submit(name="told", model=SMALL, training={"epochs": 100_000, "checkpoint_every": 100_000})
            daemon.wait_for_epoch(job, 2)
            with self.growing_log():
                ballast = fill()
                wait(lambda: b"cannot keep events" in daemon.log_path.read_bytes(), "events to find no room")
                self.ready(daemon)
                self.assertEqual(daemon.job(job)["status"], "running", "it can be read")
                status, answer = daemon.request("POST", "/v1/jobs", {
                    "dataset": "shapes", "model": SMALL, "name": "refused", "training": {"epochs": 1}})
                self.assertEqual(json.loads(answer)["error"]["code"], "disk_full", answer)
                status, answer = daemon.request("POST", f"/v1/jobs/{job}/cancel", {})
                self.assertEqual((status, json.loads(answer)["error"]["code"]), (503, "disk_full"))
            ballast.unlink()
            # The map of an epoch found no room either, and that ended the training.
            ended = daemon.wait_for(job, "failed")
            self.assertEqual(ended["error"]["code"], "disk_full")
            events = self.history(daemon, job)
            self.assertEqual([event["sequence"] for event in events], list(range(1, len(events) + 1)))
            epochs = [event["data"]["epoch"] for event in events if event["type"] == "epoch"]
            self.assertEqual(epochs, list(range(1, len(epochs) + 1)), "no epoch is lost")
            self.assertIn(ended["progress"]["epoch"] - len(epochs), (0, 1))
            self.assertEqual([other["id"] for other in daemon.call("GET", "/v1/jobs")["data"]], [job])

    def test_an_end_waits_for_room(self):
        fill = self.mount("", "32m")
        with Daemon(self.folder, *self.RESERVE) as daemon:
            job = daemon.submit(name="ended", model=SMALL, training={"epochs": 100_000, "checkpoint_every": 100_000})
            daemon.wait_for_epoch(job, 1)
            child = self.child(daemon)
            os.kill(child, signal.SIGSTOP)
            with self.growing_log():
                ballast = fill()
                os.kill(child, signal.SIGKILL)
                wait(lambda: b"the job store cannot" in daemon.log_path.read_bytes(), "the end to find no room")
                self.assertEqual(daemon.job(job)["status"], "running")
            ballast.unlink()
            wait(lambda: daemon.job(job)["attempt"] == 2, "the next attempt")
            self.assertIn("SIGKILL", " ".join(self.reasons(daemon, job)))

    def test_a_publication_without_room_says_so_and_leaves_nothing(self):
        fill = self.mount("models", "1m")
        with Daemon(self.folder, *self.RESERVE) as daemon:
            ballast = fill()
            job = daemon.wait_for(daemon.submit(name="kept", model=SMALL, training={"epochs": 1}), "failed")
            self.assertEqual(job["error"]["code"], "disk_full", job)
            self.assertEqual(os.listdir(ballast.parent), ["ballast"])
            self.ready(daemon)
            ballast.unlink()
            done = daemon.wait_for(daemon.submit(name="kept", model=SMALL, training={"epochs": 1}), "succeeded")
            self.assertEqual(daemon.request("POST", "/v1/models/kept/decode", {"latents": [[0, 0]]})[0], 200)
            self.assertEqual(done["model_version"], "kept/1")


class Databases(Faults):
    def test_one_that_is_locked_delays_and_loses_nothing(self):
        with Daemon(self.folder) as daemon:
            running = daemon.submit(name="running", model=SMALL, training={"epochs": 40, "checkpoint_every": 10})
            with self.database() as database:
                database.execute("BEGIN EXCLUSIVE")
                began = time.monotonic()
                status, answer = daemon.request("POST", "/v1/jobs", {
                    "dataset": "shapes", "model": SMALL, "name": "refused", "training": {"epochs": 1}})
                self.assertEqual((status, json.loads(answer)["error"]["code"]), (503, "job_store_busy"))
                self.assertLess(time.monotonic() - began, 15)
                self.assertEqual(daemon.job(running)["name"], "running", "it can be read")
                self.ready(daemon)
                time.sleep(3)  # the job ends meanwhile
                database.execute("ROLLBACK")
            self.assertEqual(daemon.wait_for(running, "succeeded")["attempt"], 1)
            numbers = [event["sequence"] for event in self.history(daemon, running)]
            self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
            self.assertEqual(len(daemon.call("GET", "/v1/jobs")["data"]), 1, "what was refused is not there")

    def refuses(self, *words, **options):
        port = support.daemon.free_port()
        self.assert_refuses(support.serve_command(self.folder, port), *words, **options)

    def make(self):
        """State with a job that waits to go on."""
        with Daemon(self.folder) as daemon:
            job = daemon.submit(name="kept", model=SMALL, training={"epochs": 3000})
            daemon.wait_for_epoch(job, 1)
            support.kill(daemon.process.pid)
            daemon.process.wait()
        return job

    def test_one_that_stays_locked_ends_the_start(self):
        self.make()
        with self.database() as database:
            database.execute("PRAGMA locking_mode = EXCLUSIVE")
            database.execute("BEGIN EXCLUSIVE")
            self.refuses("job database", "locked")

    def test_damaged_ones_are_refused_with_a_way_out(self):
        job = self.make()
        file = self.folder / "state" / "jobs.sqlite"
        with self.database() as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        sound = file.read_bytes()
        page = struct.unpack(">H", sound[16:18])[0]
        cases = {
            "text": b"not a database\n" * 1000,
            "cut": sound[:3 * page + 100],
            "zeros within": sound[:page] + bytes(len(sound) - page),
        }
        for name, content in cases.items():
            with self.subTest(name):
                file.write_bytes(content)
                for extra in file.parent.glob("jobs.sqlite-*"):
                    extra.unlink()
                self.refuses("jobs.sqlite", "move it away to start anew")
        file.write_bytes(sound)
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.job(job)["attempt"], 2)
            daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
            daemon.wait_for(job, "cancelled")

    def test_one_of_a_newer_version_is_refused_and_left_as_it_is(self):
        self.make()
        with self.database() as database:
            database.execute("INSERT INTO grdb_migrations VALUES ('99: from the future')")
            self.refuses("newer version")
            jobs = database.execute("SELECT status FROM jobs").fetchall()
        self.assertEqual(jobs, [("running",)])

    def test_two_daemons_never_share_a_state_folder(self):
        with Daemon(self.folder) as daemon:
            job = daemon.submit(name="mine", model=SMALL, training={"epochs": 10_000})
            daemon.wait_for_epoch(job, 1)
            self.refuses("in use by another daemon", str(daemon.process.pid))
            self.ready(daemon)
            daemon.wait_for_epoch(job, daemon.job(job)["progress"]["epoch"] + 1)
            self.assertEqual(daemon.job(job)["attempt"], 1)

    def test_a_dead_daemons_lock_is_waited_for(self):
        """A child that the dead one was about to start may have it for a moment."""
        self.make()
        file = self.folder / "state" / "lock"
        with subprocess.Popen(["true"]) as dead:
            pass
        with open(file, "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            print(dead.pid, file=lock, flush=True)
            port = support.daemon.free_port()
            process = subprocess.Popen(support.serve_command(self.folder, port), stdin=subprocess.DEVNULL,
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=support.environment())
            self.addCleanup(process.wait)
            self.addCleanup(process.terminate)

            def tries():
                self.assertIsNone(process.poll(), "it gave up")
                with contextlib.suppress(OSError):
                    return any(os.readlink(link.path) == str(file) for link in os.scandir(f"/proc/{process.pid}/fd"))
            wait(tries, "the daemon to ask for the lock")

        def answers():
            with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                return answer.status == 200
        wait(answers, "the daemon to serve")

    @unittest.skipUnless(os.getuid() == 0, "needs root, to be somebody else")
    def test_what_cannot_be_written_is_refused(self):
        self.make()
        self.folder.chmod(0o755)
        state = self.folder / "state"
        with self.subTest("the folder"):
            self.refuses("state", "not writable", user=NOBODY, group=NOBODY)
        with self.subTest("the database"):
            state.chmod(0o777)
            (state / "lock").chmod(0o666)
            with self.database() as database:
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self.refuses("state", "not writable", user=NOBODY, group=NOBODY)
