"""The daemon as a service: it answers, survives bad input and bad neighbours, and ends when told."""
import contextlib
import http.client
import json
import os
import resource
import signal
import socket
import subprocess

import support
from support import Daemon, InFolder, serve_command, wait


class Serving(InFolder):
    def test_it_answers_and_ends_when_told(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name), Daemon(self.folder) as daemon:
                self.assertEqual(daemon.request("GET", "/healthz")[0], 200)
                self.assertEqual(daemon.request("GET", "/readyz")[0], 200)
                self.assertEqual(daemon.served(), ["small"])
                size = daemon.call("GET", "/v1/models/small")
                self.assertEqual(size["name"], "small")
                images = daemon.call("POST", "/v1/models/small/decode", {"latents": [[0.25, -1]]})["images"]
                self.assertEqual(len(images), 1)
                again = daemon.call("POST", "/v1/models/small/decode", {"latents": [[9, 9], [0.25, -1]]})["images"]
                self.assertEqual(images[0], again[1], "the same alone or in a batch")
                daemon.process.send_signal(number)
                self.assertEqual(daemon.process.wait(20), 0, daemon.said())

    def test_an_idle_connection_does_not_hold_it_up(self):
        with Daemon(self.folder) as daemon, socket.create_connection(("127.0.0.1", daemon.port)) as idle:
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
            daemon.process.terminate()
            self.assertEqual(daemon.process.wait(20), 0, daemon.said())

    def test_bad_requests_are_named_and_the_next_one_works(self):
        decode = "/v1/models/small/decode"
        cases = [
            ("POST", decode, b'{"latents": [[0, 0]', 400, ""),
            ("POST", decode, b'{"latents": [[0, NaN]]}', 400, ""),
            ("POST", decode, b'{"latents": [[0, 1e999]]}', (400, 422), ""),
            ("POST", decode, b'{"latents": "zero"}', 422, "latents"),
            ("POST", decode, b'{"latents": [[0, 0], [1]]}', 422, "latents[1]"),
            ("POST", decode, json.dumps({"latents": [[0, 0]] * 10_001}).encode(), (413, 422), "latents"),
            ("POST", decode, b"[" * 10_000_000, (400, 413), ""),
            ("POST", "/v1/models/absent/decode", b'{"latents": [[0, 0]]}', 404, ""),
            ("POST", "/v1/jobs", b'{"dataset": "shapes", "model": "mnist-2d", "training": {"epoch": 1}}', 422, "training.epoch"),
            ("POST", "/v1/jobs", b'{"dataset": "shapes", "model": "mnist-2d", "training": {"epochs": 0}}', 422, "training.epochs"),
            ("POST", "/v1/jobs", b'{"dataset": "shapes", "model": "mnist-2d", "training": {"learning_rate": -1}}', 422, "training.learning_rate"),
            ("POST", "/v1/jobs", b'{"dataset": "absent", "model": "mnist-2d"}', 422, "dataset"),
            ("DELETE", decode, None, 405, ""),
        ]
        with Daemon(self.folder) as daemon:
            for method, path, body, status, parameter in cases:
                with self.subTest(f"{method} {path} {(body or b'')[:70]!r}"):
                    answer, fields = self.send(daemon, method, path, body)
                    self.assertIn(answer[0], status if isinstance(status, tuple) else (status,), answer)
                    error = json.loads(answer[1])["error"]
                    self.assertTrue(error["message"] and error["code"], answer)
                    if parameter:
                        self.assertIn(parameter, error["parameter"] or "", error)
                    if status == 405:
                        self.assertIn("POST", fields["Allow"])
                    daemon.call("POST", decode, {"latents": [[0, 0]]})
            self.assertEqual(support.listed(daemon.call("GET", "/v1/jobs")), [], "nothing was queued")

    @staticmethod
    def send(daemon, method, path, body):
        connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=60)
        try:
            try:
                connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            except (BrokenPipeError, ConnectionResetError):
                pass  # an early refusal may close before all is sent; the answer is there to be read
            response = connection.getresponse()
            return (response.status, response.read()), response.headers
        finally:
            connection.close()

    def test_a_broken_model_leaves_the_others_alone(self):
        whole = (support.FIXTURE / "model.safetensors").read_bytes()
        flipped = bytearray(whole)
        flipped[40] ^= 0x40
        for name, content in (("truncated", whole[:-9]), ("flipped", flipped), ("longer", whole + b"\0"), ("empty", b"")):
            (self.add_model(name) / "model.safetensors").write_bytes(content)
        (self.add_model("unknown-field") / "config.json").write_text('{"latent_dimension": 2, "colour": "blue"}')
        (self.add_model("small-2") / "model.safetensors").unlink()
        with Daemon(self.folder) as daemon:
            self.assertEqual(daemon.served(), ["small"])
            daemon.call("POST", "/v1/models/small/decode", {"latents": [[0, 0]]})
            for name in ("truncated", "flipped", "longer", "empty", "unknown-field", "small-2"):
                status, answer = daemon.request("POST", f"/v1/models/{name}/decode", {"latents": [[0, 0]]})
                self.assertIn(status, (404, 503), (name, answer))
                self.assertNotIn(str(self.folder).encode(), answer, "no path in a message")

    def test_a_daemon_without_descriptors_waits_for_them_and_says_so_once(self):
        with Daemon(self.folder) as daemon:
            used = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
            resource.prlimit(daemon.process.pid, resource.RLIMIT_NOFILE, (used + 20, used + 20))

            def notices():
                return [line for line in daemon.log_path.read_text().splitlines() if "Accepting connections" in line]
            with contextlib.ExitStack() as stack:
                for _ in range(40):
                    stack.enter_context(socket.create_connection(("127.0.0.1", daemon.port), timeout=10))
                wait(notices, "the notice")
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)
            wait(lambda: len(notices()) > 1, "the end of the pause")
            self.assertEqual(["paused" in line for line in notices()], [True, False], notices())


class Start(InFolder):
    def test_a_port_that_is_taken(self):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            self.assert_refuses(serve_command(self.folder, port), str(port), "in use")

    def test_a_state_folder_that_cannot_be_written(self):
        command = serve_command(self.folder, 0)
        command[command.index("--state-dir") + 1] = "/proc/latentd"
        self.assert_refuses(command, "/proc/latentd")

    def test_two_daemons_on_one_state_folder(self):
        with Daemon(self.folder) as daemon:
            self.assert_refuses(serve_command(self.folder, 0), "state")
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)

    def test_settings_that_are_wrong(self):
        for arguments, word in ((["--port", "80800"], "port"), (["--set", "server.prot=1"], "server.port")):
            with self.subTest(arguments):
                run = support.latentd("serve", *arguments)
                self.assertNotEqual(run.returncode, 0)
                self.assertIn(word, run.stderr)

    def test_a_models_folder_that_is_not_there(self):
        (self.folder / "models").rename(self.folder / "elsewhere")
        with subprocess.Popen(serve_command(self.folder, 0), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env=support.environment()) as process:
            try:
                process.wait(1)
                self.assertNotEqual(process.returncode, 0)
            except subprocess.TimeoutExpired:
                process.terminate()  # it may as well start empty and wait for models
                self.assertEqual(process.wait(20), 0)
