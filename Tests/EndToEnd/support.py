"""What the tests of the whole program share: the daemon in a folder of its own, and a dataset drawn here."""
import contextlib
import json
import os
import pathlib
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "Tests" / "Peers"))
import daemon  # noqa: E402

PROGRAM = ROOT / ".build" / "release" / "latentd"  # run.py sets another one
FIXTURE = ROOT / "Tests" / "CheckpointsTests" / "Fixtures" / "from_pytorch"
BUNDLED = ROOT / "deploy" / "models"
DEADLINE = 120
# Dense layers, so that an epoch is a moment and a checkpoint a few files.
SMALL = {
    "family": "vae", "input": {"channels": 1, "height": 28, "width": 28}, "latent_dimension": 2,
    "encoder": [{"type": "dense", "units": 32}],
    "decoder": [{"type": "dense", "units": 32}, {"type": "dense", "units": 784, "activation": "none"},
                {"type": "reshape", "shape": [1, 28, 28]}],
}


def environment():
    """Without this machine's settings, so that a test means the same everywhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("LATENTD_")}


def latentd(*arguments, **options):
    """Runs a command to its end."""
    return subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=DEADLINE, env=environment(), **options)


def wait(condition, what, seconds=DEADLINE):
    """Polls until the condition gives something true, and gives that."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if result := condition():
            return result
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for {what}")


class Daemon(daemon.Daemon):
    """The daemon over folder/models, folder/state and folder/data, which outlive it."""

    def __init__(self, folder, *arguments):
        super().__init__(PROGRAM, folder / "models")
        self.folder, self.arguments = folder, arguments

    def __enter__(self):
        self.port = daemon.free_port()
        self.log_path = self.folder / "daemon.log"
        self.log = open(self.log_path, "ab")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            serve_command(self.folder, self.port, *self.arguments), stdin=subprocess.DEVNULL, stdout=self.log,
            stderr=self.log, env=environment(), cwd=self.folder)
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    def submit(self, **fields):
        """A training job on the dataset drawn here; gives its identifier."""
        body = {"dataset": "shapes", "model": "mnist-2d", **fields}
        status, answer = self.request("POST", "/v1/jobs", body)
        if status != 201:
            raise AssertionError(f"{status} {answer!r}")
        return json.loads(answer)["id"]

    def job(self, identifier):
        return self.call("GET", f"/v1/jobs/{identifier}")

    def wait_for(self, identifier, *statuses):
        """The job, once it has one of these."""
        ended = ("succeeded", "failed", "cancelled")
        job = wait(lambda: (job := self.job(identifier))["status"] in (*statuses, *ended) and job, f"{statuses}")
        if job["status"] not in statuses:
            raise AssertionError(f"job {job['status']}: {job['status_reason']} {job['error']}\n{self.said()}")
        return job

    def wait_for_epoch(self, identifier, epoch):
        """The job, once this epoch is behind it and while it runs on."""
        def reached():
            job = self.job(identifier)
            if job["status"] not in ("queued", "running"):
                raise AssertionError(f"too late, the job is {job['status']}: {job['status_reason']} {job['error']}")
            return job if ((job["progress"] or {}).get("epoch") or 0) > epoch else None
        return wait(reached, f"epoch {epoch}")

    def children(self):
        """Identifiers of the daemon's child processes."""
        found = []
        for task in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            with contextlib.suppress(OSError):
                found += (task / "children").read_text().split()
        return [int(child) for child in found]

    def served(self):
        """Names of the models that answer."""
        return sorted(model["name"] for model in listed(self.call("GET", "/v1/models")) if model["state"] != "failed")


def serve_command(folder, port, *arguments):
    return [PROGRAM, "serve", "--host", "127.0.0.1", "--port", str(port), "--models-dir", str(folder / "models"),
            "--state-dir", str(folder / "state"), "--data-dir", str(folder / "data"), *arguments]


def listed(answer):
    """The entries of a list, whichever key holds them."""
    return next(value for value in answer.values() if isinstance(value, list))


def alive(process):
    """Whether this identifier is a process that runs; one that only waits to be reaped does not."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class InFolder(unittest.TestCase):
    """A test with a folder of its own: models (one of them 'small'), state, data (one dataset, 'shapes')."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="latentd-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)
        self.addCleanup(self.tell_what_the_daemon_said)
        for name in ("models", "state", "data"):
            (self.folder / name).mkdir()
        self.add_model("small")
        write_shapes(self.folder / "data" / "shapes")

    def tell_what_the_daemon_said(self):
        """After a failure only; cleanups run before the folder goes."""
        log = self.folder / "daemon.log"
        if log.exists() and self._outcome.result is not None and not self._outcome.success:
            print(f"\n{log.read_text(errors='replace')[-4000:]}", file=sys.stderr)

    def add_model(self, name):
        folder = self.folder / "models" / name / "1"
        folder.mkdir(parents=True)
        for file in ("config.json", "model.safetensors"):
            shutil.copy(FIXTURE / file, folder / file)
        return folder

    def assert_refuses(self, command, *words, **options):
        """The command ends by itself, not with 0, after saying one line that has these words."""
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
                             env=environment(), **options)
        said = (run.stdout + run.stderr).strip()
        self.assertGreater(run.returncode, 0, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        for word in words:
            self.assertIn(word, said)


def write_shapes(folder, train=512, test=128):
    """Discs, frames, crosses and bars at random places as IDX files: enough for a model to learn something."""
    folder.mkdir(parents=True)
    source = random.Random(1)
    for prefix, count in (("train", train), ("t10k", test)):
        drawn = [source.randrange(4) for _ in range(min(count, 512))]  # more of them are the same again
        pictures = [shape(label, source) for label in drawn]
        labels = bytes(drawn[number % len(drawn)] for number in range(count))
        pixels = b"".join(pictures[number % len(drawn)] for number in range(count))
        (folder / f"{prefix}-images-idx3-ubyte").write_bytes(struct.pack(">IIII", 0x803, count, 28, 28) + pixels)
        (folder / f"{prefix}-labels-idx1-ubyte").write_bytes(struct.pack(">II", 0x801, count) + labels)


def shape(label, source):
    row, column, size = source.uniform(11, 17), source.uniform(11, 17), source.uniform(5, 9)

    def inside(y, x):
        dy, dx = abs(y - row), abs(x - column)
        return (dy * dy + dx * dx < size * size,
                size - 2.5 < max(dy, dx) < size,
                min(dy, dx) < 1.5 and max(dy, dx) < size,
                dy < 2 and dx < size)[label]

    return bytes(255 * inside(y, x) for y in range(28) for x in range(28))


def kill(process):
    os.kill(process, signal.SIGKILL)
