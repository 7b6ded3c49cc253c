"""What training jobs cost whoever is served meanwhile, and what the queue costs them.

  python bench_jobs.py --latentd ../../.build/release/latentd [--rounds 5] [--lines serving training start ...]

| line | what | bound |
|---|---|---|
| serving | 99th percentile of one decode, 8 connections, beside a job against without one | 3 times |
| training | images/s of a job beside 100 decode requests/s against none | 70 % |
| start | from the submission to the first step that is told of | 1 s |
| cancel | from a cancel to the end of the training process | 2 s |
| list | GET /v1/jobs with 10,000 jobs | 10 ms |
| events | images/s of a job with 200 followers against none | 98 % |
| overhead | a job, from submission to end, against `latentd train` with the same threads and priority | 1.02 times |

Preset mnist-2d on images of MNIST's size and number that are drawn here, or on --dataset from --data-dir. The sides
take turns within one job; how fast it trains is the training process' own measurement, epoch by epoch. Exits with 1
where a bound is missed. `serving` needs wrk.
"""
import argparse
import contextlib
import http.client
import json
import pathlib
import re
import selectors
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "EndToEnd"))
sys.dont_write_bytecode = True
import sides  # noqa: E402
import support  # noqa: E402

BODY = b'{"latents":[[0.123,-0.456]]}'
DECODE = "/v1/models/mnist-2d/decode"


class Bench:
    def __init__(self, arguments, folder):
        self.arguments, self.folder, self.missed = arguments, folder, []
        for name in ("state", "data"):
            (folder / name).mkdir()
        shutil.copytree(support.BUNDLED, folder / "models")
        # An epoch of two seconds, and one of MNIST's size.
        support.write_shapes(folder / "data" / "few", train=4096)
        self.dataset = arguments.dataset or "many"
        if not arguments.dataset:
            support.write_shapes(folder / "data" / "many", train=60_000, test=10_000)

    def daemon(self, *settings):
        extra = ["--data-dir", self.arguments.data_dir] if self.arguments.data_dir else []
        return support.Daemon(self.folder, *extra, *settings)

    def row(self, line, what, value, bound, holds):
        print(f"| {line} | {what} | {value} | {bound} | {'yes' if holds else 'NO'} |", flush=True)
        if not holds:
            self.missed.append(line)

    def ratio(self, line, what, ours, theirs, unit, bound, holds):
        median, lowest, highest = sides.ratio(ours, theirs)
        self.row(line, f"{what}: {statistics.median(ours):,.4g} against {statistics.median(theirs):,.4g} {unit}",
                 f"{median:.3f} ({lowest:.3f} to {highest:.3f})", bound, holds(median))

    # A job that trains all the while

    @contextlib.contextmanager
    def trained(self, daemon, dataset="few"):
        """A job without end, once an epoch is behind it."""
        job = daemon.submit(name="bench", dataset=dataset, training={"epochs": 100_000, "checkpoint_every": 100_000})
        daemon.wait_for_epoch(job, 1)
        yield job
        daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
        daemon.wait_for(job, "cancelled")

    def epochs(self, daemon, job, after):
        page = daemon.call("GET", f"/v1/jobs/{job}/events?limit=999&after={after}")["data"]
        return [event for event in page if event["type"] == "epoch"]

    def rate(self, daemon, job):
        """Images a second: the median of the whole epochs that follow, as the training process measured them."""
        with contextlib.closing(sqlite3.connect(self.folder / "state" / "jobs.sqlite")) as database:
            (after,) = database.execute("SELECT max(number) FROM events WHERE job_id = ?", [job]).fetchone()
        wanted = self.arguments.epochs + 1  # the first began before

        def enough():
            time.sleep(0.1)
            return len(found := self.epochs(daemon, job, after)) >= wanted and found
        found = support.wait(enough, f"{wanted} epochs", 60 * wanted)
        return statistics.median(event["data"]["images_per_second"] for event in found[1:wanted])

    # The lines

    def serving(self):
        if not shutil.which("wrk"):
            sys.exit("wrk is missing (Debian's package wrk)")
        beside, alone = [], []
        with self.daemon() as daemon, self.trained(daemon) as job:
            self.wrk(daemon, 1)
            for _ in range(self.arguments.rounds):
                beside.append(self.wrk(daemon, self.arguments.seconds))
                daemon.call("POST", f"/v1/jobs/{job}/pause", {})
                daemon.wait_for(job, "paused")
                alone.append(self.wrk(daemon, self.arguments.seconds))
                daemon.call("POST", f"/v1/jobs/{job}/resume", {})
                daemon.wait_for_epoch(job, daemon.job(job)["progress"]["epoch"])
        self.ratio("serving", "p99 of a decode, 8 connections, beside a job", beside, alone, "ms", "at most 3",
                   lambda ratio: ratio <= 3)

    def wrk(self, daemon, seconds):
        """The 99th percentile in milliseconds."""
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write(f"wrk.method = 'POST'\nwrk.body = '{BODY.decode()}'\n"
                         "wrk.headers['Content-Type'] = 'application/json'\n")
            script.flush()
            said = subprocess.run(["wrk", "-t1", "-c8", f"-d{max(1, round(seconds))}", "--latency", "-s", script.name,
                                   f"http://127.0.0.1:{daemon.port}{DECODE}"], stdout=subprocess.PIPE, text=True,
                                  check=True).stdout
        if "Non-2xx" in said:
            raise RuntimeError(said)
        number, unit = re.search(r"99% *([\d.]+)(us|ms|s)", said).groups()
        return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit]

    def training(self):
        beside, alone = [], []
        with self.daemon() as daemon, self.trained(daemon) as job:
            for _ in range(self.arguments.rounds):
                with decoding(daemon, 100) as done:
                    began = time.monotonic()
                    beside.append(self.rate(daemon, job))
                    asked = len(done) / (time.monotonic() - began)
                if asked < 90:
                    raise RuntimeError(f"only {asked:.0f} requests a second could be asked")
                alone.append(self.rate(daemon, job))
        self.ratio("training", "a job beside 100 decodes a second", beside, alone, "images/s", "at least 0.7",
                   lambda ratio: ratio >= 0.7)

    def start(self):
        times = []
        with self.daemon() as daemon:
            for _ in range(self.arguments.rounds):
                began = time.perf_counter()
                job = daemon.submit(name="bench", dataset=self.dataset, training={"epochs": 100})
                while not (daemon.job(job)["progress"] or {}).get("step"):
                    time.sleep(0.005)
                times.append(time.perf_counter() - began)
                daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
                daemon.wait_for(job, "cancelled")
        self.row("start", "submission to the first step that is told of", spread(times, "s"), "below 1 s",
                 statistics.median(times) < 1)

    def cancel(self):
        times = []
        with self.daemon() as daemon:
            for _ in range(self.arguments.rounds):
                job = daemon.submit(name="bench", dataset=self.dataset, training={"epochs": 100})
                support.wait(lambda: (daemon.job(job)["progress"] or {}).get("step"), "a step")
                (child,) = daemon.children()
                began = time.perf_counter()
                daemon.call("POST", f"/v1/jobs/{job}/cancel", {})
                while support.alive(child):
                    time.sleep(0.001)
                times.append(time.perf_counter() - began)
                daemon.wait_for(job, "cancelled")
        self.row("cancel", "cancel to the end of the process", spread(times, "s"), "below 2 s", max(times) < 2)

    def list(self):
        with self.daemon() as daemon:
            job = daemon.submit(name="bench", dataset="few", training={"epochs": 1})
            daemon.wait_for(job, "succeeded")
        self.fill(job, 10_000)
        with self.daemon() as daemon:
            for path in ("/v1/jobs", "/v1/jobs?status=paused", "/v1/jobs?limit=10"):
                connection, times = http.client.HTTPConnection("127.0.0.1", daemon.port), []
                for _ in range(20 * self.arguments.rounds):
                    began = time.perf_counter()
                    connection.request("GET", path)
                    answer = json.loads(connection.getresponse().read())
                    times.append(time.perf_counter() - began)
                connection.close()
                median = statistics.median(times) * 1000
                self.row("list", f"GET {path}, {len(answer['data'])} of 10,000 jobs", f"{median:.2f} ms",
                         "below 10 ms", median < 10)

    def fill(self, job, count):
        """So many copies of a job, its events with it; a hundred of them are paused, the rest has ended."""
        with contextlib.closing(sqlite3.connect(self.folder / "state" / "jobs.sqlite")) as database, database:
            names = [column[1] for column in database.execute("PRAGMA table_info(jobs)")]
            columns = ", ".join(name for name in names if name not in ("id", "status"))
            copy = f"INSERT INTO jobs (id, status, {columns}) SELECT ?, ?, {columns} FROM jobs WHERE id = ?"
            events = "INSERT INTO events SELECT ?, number, date, kind, content FROM events WHERE job_id = ?"
            for number in range(count - 1):
                identifier = "job_0000000000" + f"{number:016d}"
                status = "paused" if number % 100 == 0 else "succeeded"
                database.execute(copy, [identifier, status, job])
                database.execute(events, [identifier, job])
            # A paused job's model is not published yet.
            database.execute("UPDATE jobs SET result_path = NULL, model_version = NULL WHERE status = 'paused'")

    def events(self):
        followed, alone = [], []
        with self.daemon() as daemon, self.trained(daemon) as job:
            for _ in range(self.arguments.rounds):
                with followers(daemon, job, 200) as seen:
                    followed.append(self.rate(daemon, job))
                if min(seen.values()) < self.arguments.epochs:
                    raise RuntimeError(f"a follower saw {min(seen.values())} events only")
                alone.append(self.rate(daemon, job))
        self.ratio("events", "a job with 200 followers", followed, alone, "images/s", "at least 0.98",
                   lambda ratio: ratio >= 0.98)

    def overhead(self):
        jobs, bare = [], []
        training = {"epochs": self.arguments.epochs, "checkpoint_every": 1}
        data = self.arguments.data_dir or self.folder / "data"
        command = ["nice", "-n", "10", support.PROGRAM, "train", "--preset", "mnist-2d", "--dataset", self.dataset,
                   "--data-dir", data, "--epochs", str(training["epochs"]), "--output"]
        with self.daemon() as daemon:
            for turn in range(self.arguments.rounds):
                began = time.perf_counter()
                job = daemon.submit(name="bench", dataset=self.dataset, training=training)
                follow(daemon, job)
                jobs.append(time.perf_counter() - began)
                daemon.wait_for(job, "succeeded")
                began = time.perf_counter()
                subprocess.run([*command, self.folder / f"bare-{turn}"], check=True, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=support.environment())
                bare.append(time.perf_counter() - began)
        self.ratio("overhead", f"a job of {training['epochs']} epochs of MNIST's size", jobs, bare, "s", "at most 1.02",
                   lambda ratio: ratio <= 1.02)


def follow(daemon, job):
    """Waits for a job's end by its events: asking again and again would take time from the training."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=600)) as connection:
        connection.request("GET", f"/v1/jobs/{job}/events", headers={"Accept": "text/event-stream"})
        connection.getresponse().read()


def spread(times, unit):
    return f"{statistics.median(times):.3f} {unit} ({min(times):.3f} to {max(times):.3f})"


@contextlib.contextmanager
def decoding(daemon, rate):
    """A client that decodes so many times a second; gives the times that the answers took."""
    done, over = [], threading.Event()

    def ask():
        connection, begin = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60), time.monotonic()
        while not over.is_set():
            began = time.monotonic()
            connection.request("POST", DECODE, BODY, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise RuntimeError(f"decode: {answer.status}")
            done.append(time.monotonic() - began)
            time.sleep(max(0, begin + len(done) / rate - time.monotonic()))
        connection.close()
    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield done
    finally:
        over.set()
        thread.join()


@contextlib.contextmanager
def followers(daemon, job, count):
    """Clients that follow the job's events from now on; gives how many events each has seen."""
    selector, seen, over = selectors.DefaultSelector(), {}, threading.Event()
    last = daemon.call("GET", f"/v1/jobs/{job}/events?limit=999")["data"][-1]["sequence"]
    for number in range(count):
        client = socket.create_connection(("127.0.0.1", daemon.port), timeout=30)
        client.sendall(f"GET /v1/jobs/{job}/events?after={last} HTTP/1.1\r\nHost: localhost\r\n"
                       "Accept: text/event-stream\r\n\r\n".encode())
        if not client.recv(12).endswith(b" 200"):
            raise RuntimeError("a follower was refused")
        selector.register(client, selectors.EVENT_READ, number)
        seen[number] = 0

    def read():
        while not over.is_set():
            for key, _ in selector.select(0.1):
                seen[key.data] += key.fileobj.recv(1 << 16).count(b"event:")
    thread = threading.Thread(target=read)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()
        for key in list(selector.get_map().values()):
            key.fileobj.close()


LINES = ["serving", "training", "start", "cancel", "list", "events", "overhead"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="for each measurement of latencies")
    parser.add_argument("--epochs", type=int, default=3, help="for each measurement of a speed (of two seconds or so), and of the job whose overhead is measured")
    parser.add_argument("--lines", nargs="+", choices=LINES, default=LINES)
    parser.add_argument("--dataset", help="of MNIST's size, for start and cancel (default: one that is drawn)")
    parser.add_argument("--data-dir", help="where that is")
    arguments = parser.parse_args()
    support.PROGRAM = arguments.latentd.resolve()
    missed = []
    print("| line | what | result | bound | holds |\n|---|---|---|---|---|")
    for line in arguments.lines:
        with tempfile.TemporaryDirectory(prefix="latentd-jobs-") as directory:
            bench = Bench(arguments, pathlib.Path(directory))
            getattr(bench, line)()
            missed += bench.missed
    if missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
