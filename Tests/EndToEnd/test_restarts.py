"""The daemon ended and started again while clients ask on: they never see a reset nor half an answer.

LATENTD_RESTARTS=50 Tests/EndToEnd/run.py --only restarts    for more of them than the few that every test run makes
"""
import http.client
import json
import os
import signal
import subprocess
import threading
import time

import support
from support import Daemon, InFolder, serve_command

RESTARTS = int(os.environ.get("LATENTD_RESTARTS", "3"))


class Client(threading.Thread):
    """Decodes again and again, on one connection for as long as the daemon keeps it."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.over = port, threading.Event()
        self.answers, self.ended, self.refused, self.broken = 0, 0, 0, []

    def run(self):
        connection = None
        while not self.over.is_set():
            reused = connection is not None
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
                if not reused:
                    connection.connect()
            except ConnectionRefusedError:
                self.refused, connection = self.refused + 1, None  # between two daemons
                time.sleep(0.005)
                continue
            except OSError as error:
                self.broken.append(repr(error))
                connection = None
                continue
            try:
                connection.request("POST", "/v1/models/small/decode", json.dumps({"latents": [[0, 0]]}),
                                   {"Content-Type": "application/json"})
                response = connection.getresponse()
                body = response.read()
                # A daemon that has just started may still be reading its models.
                if response.status == 200:
                    json.loads(body)
                    self.answers += 1
                elif response.status not in (404, 503):
                    self.broken.append(f"{response.status} {body[:200]!r}")
                if response.will_close:
                    connection.close()
                    connection = None
            except http.client.RemoteDisconnected as error:
                # A clean end of a kept connection, no byte of an answer yet: the client asks again (RFC 9112 9.3.1).
                if not reused:
                    self.broken.append(repr(error))
                self.ended += 1
                connection = None
            except (OSError, http.client.HTTPException, ValueError) as error:
                self.broken.append(repr(error))
                connection = None


class Restarts(InFolder):
    def restart_under_load(self, *arguments):
        with Daemon(self.folder, *arguments) as daemon:
            port, clients = daemon.port, [Client(daemon.port) for _ in range(4)]
            for client in clients:
                client.start()
            process = daemon.process
            for _ in range(RESTARTS):
                before = sum(client.answers for client in clients)
                support.wait(lambda: sum(client.answers for client in clients) > before + 20, "answers")
                began = time.monotonic()
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(20), 0, daemon.said())
                self.assertLess(time.monotonic() - began, 10)
                process = daemon.process = subprocess.Popen(
                    serve_command(self.folder, port, *arguments), stdin=subprocess.DEVNULL, stdout=daemon.log,
                    stderr=daemon.log, env=support.environment(), cwd=self.folder)
                daemon.started = time.perf_counter()
                daemon.wait_until_ready()
            for client in clients:
                client.over.set()
            for client in clients:
                client.join(30)
            self.assertEqual([fault for client in clients for fault in client.broken], [])
            return clients

    def test_restarts_break_no_answer(self):
        self.restart_under_load()

    def test_restarts_with_a_delay_tell_every_client(self):
        clients = self.restart_under_load("--set", "shutdown.delay_seconds=0.3")
        self.assertEqual(sum(client.ended for client in clients), 0, "a busy client is told before its connection ends")

    def test_readiness_ends_first_and_a_second_signal_ends_all(self):
        with Daemon(self.folder, "--set", "shutdown.delay_seconds=30") as daemon:
            daemon.process.terminate()
            support.wait(lambda: daemon.request("GET", "/readyz")[0] == 503, "not ready")
            self.assertEqual(daemon.request("GET", "/healthz")[0], 200)
            daemon.process.terminate()
            self.assertEqual(daemon.process.wait(5), 130)
