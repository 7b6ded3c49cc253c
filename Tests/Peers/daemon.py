"""Starts latentd on a free port for as long as a `with` block lasts, and talks to it."""
import http.client
import json
import pathlib
import socket
import subprocess
import tempfile
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    def __init__(self, program, models_dir, start_timeout=20, arguments=()):
        self.program, self.models_dir, self.start_timeout = program, models_dir, start_timeout
        self.arguments = list(arguments)

    def __enter__(self):
        self.port = free_port()
        self.state = tempfile.TemporaryDirectory(prefix="latentd-state-")
        self.log_path = pathlib.Path(self.state.name) / "stderr.log"
        arguments = [self.program, "serve", "--host", "127.0.0.1", "--port", str(self.port),
                     "--models-dir", str(self.models_dir), "--state-dir", str(pathlib.Path(self.state.name) / "state"), *self.arguments]
        self.log = open(self.log_path, "wb")
        self.started = time.perf_counter()
        self.process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        try:
            self.wait_until_ready()
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait_until_ready(self):
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"latentd ended with {self.process.returncode}: {self.said()}")
            try:
                status, _ = self.request("GET", "/readyz")
                if status == 200:
                    return
            except OSError:
                pass
            if time.perf_counter() - self.started > self.start_timeout:
                raise RuntimeError(f"latentd was not ready after {self.start_timeout} s: {self.said()}")
            time.sleep(0.01)

    def said(self):
        return self.log_path.read_text(errors="replace")[-2000:]

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def call(self, method, path, body=None):
        """The answer's JSON; anything but 200 is an error with the answer's text."""
        status, answer = self.request(method, path, body)
        if status != 200:
            raise RuntimeError(f"{method} {path}: {status} {answer[:500]!r}")
        return json.loads(answer)

    def resident_megabytes(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
        self.state.cleanup()
