#!/usr/bin/python3
"""Kills the daemon again and again while clients submit and cancel jobs, then counts what became of each job.

    Tests/Recovery/kill.py --latentd .build/release/latentd [--kills 200] [--seed 1] [--minutes 10]

SIGKILL at random moments of every phase: start, submit, training, checkpoint, publication, cancel. What was hit is read
from a copy of the database and from the folders that the dead daemon left. A client whose submission was cut off comes
again with its key. In the end no accepted job may be lost, there twice, stuck or failed; a model is served for each job
that succeeded and for no other, in the bytes of a run that nothing interrupted; and no resumption trains more than one
checkpoint's interval again. A seed repeats the plan of the kills, not the moments of the machine.
"""
import argparse
import collections
import contextlib
import hashlib
import http.client
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
sys.dont_write_bytecode = True
import support  # noqa: E402
from support import SMALL  # noqa: E402

FINAL = ("succeeded", "failed", "cancelled")
SUCCESSORS = {
    None: {"queued"}, "queued": {"running", "paused", "cancelled"}, "paused": {"queued", "cancelled"},
    "running": {"succeeded", "failed", "cancelled", "queued", "paused"},
}
IMAGES = 512
# What is trained, by the name of its model: long and short runs, checkpoints near and far, everything that is resumed.
RECIPES = {
    "short": {"epochs": 2, "batch_size": 32, "checkpoint_every": 2, "seed": 1},
    "steady": {"epochs": 12, "batch_size": 8, "checkpoint_every": 3, "seed": 2},
    "saving": {"epochs": 8, "batch_size": 64, "checkpoint_every": 1, "seed": 3, "weight_average": 0.9},
    "choosing": {"epochs": 9, "batch_size": 16, "checkpoint_every": 2, "seed": 4, "validation_share": 0.25,
                 "input_noise": 0.1, "schedule": "cosine", "clip_norm": 5},
}
# How often each is aimed at.
AIMS = {"start": 1, "submit": 3, "training": 3, "checkpoint": 3, "publication": 3, "cancel": 3}


def steps_per_epoch(training):
    images = IMAGES - round(IMAGES * training.get("validation_share", 0))
    return -(-images // training["batch_size"])


class Request:
    """A request whose answer may never come."""

    def __init__(self, port, method, path, body=b"", **fields):
        head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.sendall(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{head}"
                            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def answer(self):
        """Status and JSON, or None where the connection ended before the answer did."""
        try:
            response = http.client.HTTPResponse(self.socket)
            response.begin()
            return response.status, json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            self.socket.close()


class Submission:
    """What a client wants once, however often it must ask."""

    def __init__(self, number, recipe):
        self.key, self.recipe = f"key-{number}", recipe
        self.body = json.dumps({"dataset": "shapes", "model": SMALL, "name": recipe, "training": RECIPES[recipe],
                                "metadata": {"key": self.key}}).encode()
        self.job, self.cancel = None, None  # the cancel's status, 0 while it is not known

    def send(self, port):
        return Request(port, "POST", "/v1/jobs", self.body, Content_Type="application/json", Idempotency_Key=self.key)


class Kills:
    def __init__(self, folder, seed, say=print):
        self.folder, self.random, self.say = folder, random.Random(seed), say
        self.daemon, self.numbers = None, itertools.count(1)
        self.submissions, self.problems = [], []
        self.hits, self.aimed, self.details = (collections.Counter() for _ in range(3))
        self.orphans_seconds, self.lost_steps, self.retried = 0.0, 0, 0
        for name in ("models", "state", "data"):
            (folder / name).mkdir(parents=True)
        support.write_shapes(folder / "data" / "shapes", train=IMAGES, test=64)

    # The daemon, its start and its death

    def start(self):
        self.daemon = support.Daemon(self.folder)
        self.daemon.port = support.daemon.free_port()
        self.daemon.log_path = self.folder / "daemon.log"
        with open(self.daemon.log_path, "ab") as log:
            self.daemon.process = subprocess.Popen(
                support.serve_command(self.folder, self.daemon.port), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=support.environment(), cwd=self.folder)
        self.daemon.started = time.perf_counter()

    def kill(self):
        """Kills the daemon; gives the processes that it left, which must not live on."""
        self.daemon.process.send_signal(signal.SIGKILL)
        self.daemon.process.wait()
        return self.processes()

    def processes(self):
        """Everything that runs on the folder."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with contextlib.suppress(OSError):
                    if str(self.folder).encode() in (entry / "cmdline").read_bytes() and support.alive(entry.name):
                        found.append(int(entry.name))
        return found

    def expect_end(self, processes):
        began = time.monotonic()
        while any(support.alive(process) for process in processes):
            if time.monotonic() - began > 10:
                return self.problems.append(f"processes live on without their daemon: {processes}")
            time.sleep(0.002)
        self.orphans_seconds = max(self.orphans_seconds, time.monotonic() - began)

    # The clients

    def submit(self, submission=None):
        submission = submission or self.new_submission()
        self.take(submission, submission.send(self.daemon.port).answer())
        return submission

    def new_submission(self):
        self.submissions.append(Submission(next(self.numbers), self.random.choice(list(RECIPES))))
        return self.submissions[-1]

    def take(self, submission, answer):
        if answer is None:
            return
        status, job = answer
        if status != 201:
            self.problems.append(f"{submission.key}: {status} {job}")
        elif submission.job not in (None, job["id"]):
            self.problems.append(f"{submission.key} gave {submission.job}, then {job['id']}")
        else:
            submission.job = job["id"]

    def cancel(self, submission):
        submission.cancel = submission.cancel or 0
        return Request(self.daemon.port, "POST", f"/v1/jobs/{submission.job}/cancel")

    def take_cancel(self, submission, answer):
        # The first answer counts: a job that was cancelled already cannot be again.
        if answer is not None and submission.cancel == 0:
            submission.cancel = answer[0]
            if answer[0] not in (200, 409):
                self.problems.append(f"cancel of {submission.job}: {answer}")

    def come_again(self):
        """What was cut off is sent once more, and enough is submitted for something to run."""
        for submission in self.submissions:
            if submission.job is None:
                self.retried += 1
                self.submit(submission)
            if submission.cancel == 0 and self.random.random() < 0.5:
                self.take_cancel(submission, self.cancel(submission).answer())
        while len(self.unfinished()) < 3:
            self.submit()

    def unfinished(self):
        jobs = self.daemon.call("GET", "/v1/jobs?limit=1000")["data"]
        return [job for job in jobs if job["status"] not in FINAL]

    def running(self):
        def look():
            jobs = self.daemon.call("GET", "/v1/jobs?status=running")["data"]
            return next((sub for job in jobs for sub in self.submissions if sub.job == job["id"]), None)
        with contextlib.suppress(AssertionError):
            return support.wait(look, "a running job", 5)

    # One kill

    def round(self, aim):
        self.aimed[aim] += 1
        flight = submission = cancelled = None
        self.start()
        if aim == "start":
            time.sleep(self.random.uniform(0, 0.25))
        else:
            self.daemon.wait_until_ready()
            self.come_again()
            if aim == "submit":
                submission = self.new_submission()
                flight = submission.send(self.daemon.port)
                time.sleep(self.random.choice([0.002, 0.005, 0.015]) * self.random.random())
            elif aim == "cancel":
                time.sleep(self.random.uniform(0, 0.5))
                cancelled = self.running() if self.random.random() < 0.8 else self.submit()
                if cancelled:
                    flight = self.cancel(cancelled)
                    time.sleep(self.random.choice([0.005, 0.02, 0.2]) * self.random.random())
            else:
                self.wait_for(aim)
        left = self.kill()
        answer = flight.answer() if flight else None
        if submission:
            self.take(submission, answer)
        if cancelled:
            self.take_cancel(cancelled, answer)
        self.hits[self.seen(aim, submission, cancelled, answer)] += 1
        if self.random.random() < 0.5:  # else the next daemon starts beside what is dying
            self.expect_end(left)
            left = []
        return left

    def wait_for(self, aim):
        """Until something is seen of the phase, then a little longer; gives up where nothing comes."""
        self.running()
        if aim == "training":
            return time.sleep(self.random.uniform(0, 0.6))
        pattern = "*/.checkpoint.*.partial" if aim == "checkpoint" else "*/checkpoint/self_test.safetensors"
        jobs = self.folder / "state" / "jobs"
        known = set(jobs.glob(pattern))  # of before, and of jobs that have ended
        with contextlib.suppress(AssertionError):
            end = time.monotonic() + 6
            while not set(jobs.glob(pattern)) - known and time.monotonic() < end:
                time.sleep(0.001)
        time.sleep(self.random.choice([0.003, 0.01, 0.03 if aim == "checkpoint" else 0.08]) * self.random.random())

    def seen(self, aim, submission, cancelled, answer):
        """The phase that the kill has hit, by what is left. A copy is read: the next daemon must find all as it was."""
        with self.left_behind() as database:
            if database is None:
                return "start"
            rows = [dict(row) for row in database.execute("SELECT * FROM jobs WHERE status = 'running'")]
            if submission:
                accepted = database.execute("SELECT 1 FROM idempotency_keys WHERE key = ?", [submission.key]).fetchone()
                self.details["submit, " + ("answered" if answer else "accepted, not answered" if accepted
                                           else "not accepted")] += 1
                return "submit" if not answer else self.phase(rows)
            if aim == "start" or not rows:
                return "start" if aim == "start" else "between jobs"
            self.measure_loss(rows[0])
            if cancelled and rows[0]["cancel_requested"]:
                self.details["cancel, " + ("answered" if answer else "accepted, not answered")] += 1
                return "cancel"
            return self.phase(rows)

    def phase(self, rows):
        if not rows:
            return "between jobs"
        folder = self.folder / "state" / "jobs" / rows[0]["id"]
        if rows[0]["result_path"]:
            moved = not (folder / "checkpoint").exists()
            self.details["publication, " + ("version there, not told" if moved else "result kept")] += 1
            return "publication"
        if (folder / "checkpoint" / "self_test.safetensors").exists():
            self.details["publication, result not kept"] += 1
            return "publication"
        if list(folder.glob(".checkpoint.*.partial")):
            return "checkpoint"
        return "training"

    def measure_loss(self, row):
        """Steps that were reported and are in no checkpoint."""
        training = json.loads(row["specification"])["training"]
        file = self.folder / "state" / "jobs" / row["id"] / "checkpoint" / "training.json"
        saved = json.loads(file.read_text())["step"] if file.exists() else 0
        reported = json.loads(row["progress"] or "{}").get("step", 0)
        if row["result_path"]:
            return
        self.lost_steps = max(self.lost_steps, reported - saved)
        if reported - saved > training["checkpoint_every"] * steps_per_epoch(training):
            self.problems.append(f"{row['id']}: {reported} steps were done and {saved} are saved")

    @contextlib.contextmanager
    def left_behind(self):
        state = self.folder / "state"
        if not (state / "jobs.sqlite").exists():
            yield None
            return
        with tempfile.TemporaryDirectory(prefix="latentd-kill-") as copy:
            for file in state.glob("jobs.sqlite*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, copy)
            with contextlib.closing(sqlite3.connect(f"{copy}/jobs.sqlite")) as database:
                database.row_factory = sqlite3.Row
                exists = database.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone()
                yield database if exists else None

    # The whole

    def run(self, kills, minutes):
        """Gives how many kills there were."""
        end, left, plan = time.monotonic() + 60 * minutes, [], []
        for number in range(kills):
            if time.monotonic() > end:
                return number
            plan = plan or self.random.sample(list(AIMS), counts=AIMS.values(), k=sum(AIMS.values()))
            dying = left
            left = self.round(plan.pop())
            self.expect_end(dying)
            if self.problems:
                return number + 1
        self.expect_end(left)
        return kills

    def settle(self):
        """Undisturbed, every job comes to its end."""
        self.start()
        self.daemon.wait_until_ready()
        for submission in self.submissions:
            if submission.job is None:
                self.retried += 1
                self.submit(submission)
        try:
            support.wait(lambda: not self.unfinished(), "the end of all jobs")
        except AssertionError:
            self.problems += [f"stuck: {job['id']} is {job['status']}" for job in self.unfinished()]

    def check(self, expected):
        """What became of every job. `expected` has the digests of each recipe's files."""
        jobs, after = {}, ""
        while True:
            page = self.daemon.call("GET", f"/v1/jobs?limit=1000{after}")
            jobs |= {job["id"]: job for job in page["data"]}
            if not page["has_more"]:
                break
            after = f"&after={page['data'][-1]['id']}"
        keys = collections.Counter(job["metadata"]["key"] for job in jobs.values())
        self.problems += [f"{key} became {count} jobs" for key, count in keys.items() if count > 1]
        self.problems += [f"{sub.key} was accepted and is lost" for sub in self.submissions if sub.job not in jobs]
        published = self.published()
        again = 0
        for submission in self.submissions:
            if submission.job in jobs:
                again = max(again, self.check_job(jobs[submission.job], submission, published, expected))
        self.problems += [f"{versions} belong to no job" for owner, versions in published.items() if owner not in jobs]
        with sqlite3.connect(f"file:{self.folder / 'state' / 'jobs.sqlite'}?mode=ro", uri=True) as database:
            crashes = database.execute("SELECT sum(crashes) FROM jobs").fetchone()[0]
        if crashes:
            self.problems.append(f"{crashes} deaths of the daemon were taken for crashes of a job")
        return jobs, again

    def published(self):
        """The versions that each job has made."""
        versions = collections.defaultdict(list)
        for file in (self.folder / "state" / "models").glob("*/[0-9]*/provenance.json"):
            versions[json.loads(file.read_text())["command"].removeprefix("job ")].append(
                f"{file.parent.parent.name}/{file.parent.name}")
        return versions

    def check_job(self, job, submission, published, expected):
        def problem(what):
            self.problems.append(f"{job['id']} ({submission.recipe}, {job['status']}): {what}")

        events = self.events(job["id"])
        if [event["sequence"] for event in events] != list(range(1, len(events) + 1)):
            problem("its history has gaps")
        statuses = [event["data"]["status"] for event in events if event["type"] == "status"]
        for before, after in zip([None, *statuses], statuses):
            if after not in SUCCESSORS.get(before, ()):
                problem(f"{before} became {after}")
        if statuses[-1] != job["status"]:
            problem(f"its history ends with {statuses[-1]}")
        if job["attempt"] != statuses.count("queued"):
            problem(f"attempt {job['attempt']} after {statuses.count('queued')} times in the queue")
        wanted = {None: ["succeeded"], 200: ["cancelled"], 409: ["succeeded", "cancelled"]}
        if job["status"] not in wanted.get(submission.cancel, ["succeeded", "cancelled"]):
            problem(f"the cancel was answered {submission.cancel}; {job['status_reason']} {job['error']}")
        versions = published.get(job["id"], [])
        if versions != ([job["model_version"]] if job["status"] == "succeeded" else []):
            problem(f"it says {job['model_version']} and has made {versions}")
        elif versions and digests(self.folder, versions[0]) != expected[submission.recipe]:
            problem("other bytes than those of an uninterrupted run")
        return self.trained_again(events, RECIPES[submission.recipe], problem)

    def events(self, job):
        events = []
        while True:
            after = events[-1]["sequence"] if events else 0
            page = self.daemon.call("GET", f"/v1/jobs/{job}/events?limit=999&after={after}")
            events += page["data"]
            if not page["has_more"]:
                return events

    def trained_again(self, events, training, problem):
        """The most epochs that one resumption has done again."""
        most, last, saved, done = 0, 0, 0, set()
        for event in events:
            if event["type"] == "epoch":
                epoch = event["data"]["epoch"]
                if epoch <= last:
                    most = max(most, last - epoch + 1)
                elif epoch - 1 not in done | {0} and epoch - 1 > saved + training["checkpoint_every"]:
                    problem(f"epoch {epoch} follows on {last}")
                if epoch <= saved:
                    problem(f"epoch {epoch} is trained again although {saved} were saved")
                last = epoch
                done.add(epoch)
            elif event["type"] == "checkpoint":
                saved = max(saved, event["data"]["epoch"])
        if most > training["checkpoint_every"]:
            problem(f"{most} epochs were trained again")
        return most


def digests(folder, version):
    """What of a version must be the same in every run: all but dates and speeds."""
    place, found = folder / "state" / "models" / version, {}
    for file in sorted(place.rglob("*.safetensors")):
        found[str(file.relative_to(place))] = hashlib.sha256(file.read_bytes()).hexdigest()
    lines = [json.loads(line) for line in (place / "metrics.jsonl").read_text().splitlines()]
    found["metrics.jsonl"] = [[line["epoch"], line["train"], line["test"]] for line in lines]
    return found


def uninterrupted(folder):
    """The digests of each recipe's files."""
    for name in ("models", "state", "data"):
        (folder / name).mkdir(parents=True)
    support.write_shapes(folder / "data" / "shapes", train=IMAGES, test=64)
    with support.Daemon(folder) as daemon:
        jobs = {name: daemon.submit(name=name, model=SMALL, training=training) for name, training in RECIPES.items()}
        return {name: digests(folder, daemon.wait_for(job, "succeeded")["model_version"]) for name, job in jobs.items()}


def test(folder, kills, seed, minutes, say=print):
    """Gives the problems, after a table of what happened."""
    began = time.monotonic()
    expected = uninterrupted(folder / "whole")
    whole = Kills(folder / "killed", seed, say)
    try:
        count = whole.run(kills, minutes)
        whole.settle()
        jobs, again = whole.check(expected)
    finally:
        if whole.daemon.process.poll() is None:
            whole.daemon.process.terminate()
            whole.daemon.process.wait()
    if left := whole.processes():
        whole.problems.append(f"processes live on: {left}")
    statuses = collections.Counter(job["status"] for job in jobs.values())
    attempts = [job["attempt"] for job in jobs.values()]
    say(f"\n{count} kills of {kills} in {time.monotonic() - began:.0f} s, seed {seed}\n")
    say("| phase | aimed at | hit |\n|---|---|---|")
    for phase in dict.fromkeys([*AIMS, *whole.hits]):
        say(f"| {phase} | {whole.aimed[phase]} | {whole.hits[phase]} |")
    for detail, hits in sorted(whole.details.items()):
        say(f"| &nbsp; {detail} | | {hits} |")
    say(f"\n{len(whole.submissions)} submissions, {whole.retried} times sent again, {len(jobs)} jobs: "
        + ", ".join(f"{number} {status}" for status, number in sorted(statuses.items())))
    say(f"attempts: {sum(attempts)} in all, {max(attempts)} at most; trained again: {again} epochs at most by a "
        f"resumption, {whole.lost_steps} reported steps at most without a checkpoint")
    say(f"training processes outlived the daemon by {whole.orphans_seconds * 1000:.0f} ms at most")
    say("\n".join(whole.problems) or "no job lost, twice, stuck or failed; all final bytes as without a kill")
    if count < kills and not whole.problems:
        whole.problems.append(f"only {count} of {kills} kills in {minutes:g} minutes")
        say(whole.problems[-1])
    return whole.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, default=support.PROGRAM)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=10, help="no kill after so many")
    parser.add_argument("--keep", type=pathlib.Path, help="work in this new folder and leave it")
    arguments = parser.parse_args()
    support.PROGRAM = arguments.latentd.resolve()
    with tempfile.TemporaryDirectory(prefix="latentd-kill-") as directory:
        folder = arguments.keep or pathlib.Path(directory)
        problems = test(folder.resolve(), arguments.kills, arguments.seed, arguments.minutes)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
