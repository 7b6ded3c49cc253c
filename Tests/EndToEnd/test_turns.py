"""Clients and models take turns: who keeps much waiting makes only itself wait."""
import http.client
import json
import selectors
import shutil
import socket
import statistics
import threading
import time

import support
from support import Daemon, InFolder

BODY = json.dumps({"latents": [[0.25, -1]] * 8}).encode()
CONNECTIONS = 200


def request(model):
    """A computation of milliseconds with an answer of some kilobytes."""
    return (f"POST /v1/models/{model}/decode?format=png HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n").encode() + BODY


class Greedy(threading.Thread):
    """Keeps a request waiting on each of many connections; a refused one is sent again at once."""

    def __init__(self, port, model):
        super().__init__(daemon=True)
        self.bytes, self.goes_on, self.times, self.refused = request(model), True, [], 0
        self.sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS)]
        self.start()

    def run(self):
        with selectors.DefaultSelector() as selector:
            began, buffers = {}, {}
            for connection in self.sockets:
                selector.register(connection, selectors.EVENT_READ)
                connection.sendall(self.bytes)
                began[connection], buffers[connection] = time.perf_counter(), b""
            while self.goes_on:
                for key, _ in selector.select(0.1):
                    connection = key.fileobj
                    buffers[connection] += connection.recv(1 << 16)
                    head, end, body = buffers[connection].partition(b"\r\n\r\n")
                    if not end or len(body) < int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0]):
                        continue
                    if head.startswith(b"HTTP/1.1 200"):
                        self.times.append(time.perf_counter() - began[connection])
                    else:
                        self.refused += 1
                    connection.sendall(self.bytes)
                    began[connection], buffers[connection] = time.perf_counter(), b""

    def end(self):
        self.goes_on = False
        self.join(10)
        for connection in self.sockets:
            connection.close()


class Turns(InFolder):
    def test_much_of_one_client_keeps_nobody_else_waiting(self):
        shutil.copytree(support.BUNDLED / "mnist-2d", self.folder / "models" / "busy")
        shutil.copytree(support.BUNDLED / "mnist-2d", self.folder / "models" / "calm")
        # Without batches, and with few handlers: what is measured is the queue before them.
        settings = [item for name, value in (("threads", 2), ("max_requests_together", 1))
                    for item in ("--set", f"server.{name}={value}")]
        with Daemon(self.folder, *settings) as daemon:
            greedy = Greedy(daemon.port, "busy")
            self.addCleanup(greedy.end)
            support.wait(lambda: len(greedy.times) > 300, "a full queue")
            others = {(model, address): self.times(daemon.port, model, address)
                      for model, address in (("busy", "127.0.0.2"), ("calm", "127.0.0.1"), ("calm", "127.0.0.2"))}
            greedy.end()
            self.assertGreater(greedy.refused, 0, "more than the model's bound")
            usual = statistics.median(greedy.times)
            for who, times in others.items():
                # A hundred are behind each other in the queue; others wait for what is at work and for one turn.
                self.assertLess(statistics.median(times), usual / 4, f"{who}: {sorted(times)}, greedy: {usual}")

    @staticmethod
    def times(port, model, address):
        """How long 30 requests one after the other took; none may be refused."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))
        try:
            times = []
            for _ in range(30):
                began = time.perf_counter()
                connection.request("POST", f"/v1/models/{model}/decode?format=png", BODY, {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = response.read()
                assert response.status == 200, (model, address, response.status, answer[:200])
                times.append(time.perf_counter() - began)
            return times
        finally:
            connection.close()
