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

ROWS = 8
CONNECTIONS = 200


def body(rows):
    return json.dumps({"latents": [[0.25, -1]] * rows}).encode()


def request(model, rows):
    """A computation of milliseconds with an answer of some kilobytes."""
    content = body(rows)
    return (f"POST /v1/models/{model}/decode?format=png HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n").encode() + content


class Greedy(threading.Thread):
    """Keeps a request waiting on each of many connections; a refused one is sent again at once."""

    def __init__(self, port, model, rows=(ROWS,) * CONNECTIONS):
        """Rows of the request of each connection."""
        super().__init__(daemon=True)
        self.goes_on, self.times, self.refused = True, [], 0
        self.requests = {socket.create_connection(("127.0.0.1", port)): request(model, count) for count in rows}
        self.start()

    def run(self):
        with selectors.DefaultSelector() as selector:
            began, buffers = {}, {}
            for connection, content in self.requests.items():
                selector.register(connection, selectors.EVENT_READ)
                connection.sendall(content)
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
                    connection.sendall(self.requests[connection])
                    began[connection], buffers[connection] = time.perf_counter(), b""

    def end(self):
        self.goes_on = False
        self.join(10)
        for connection in self.requests:
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

    def test_batches_of_one_client_keep_nobody_else_waiting(self):
        shutil.copytree(support.BUNDLED / "mnist-2d", self.folder / "models" / "busy")
        log = self.folder / "access.log"
        with Daemon(self.folder, "--set", f"log.access={log}") as daemon:
            greedy = Greedy(daemon.port, "busy", [16 + index % 4 * 16 for index in range(30)])
            self.addCleanup(greedy.end)
            support.wait(lambda: len(greedy.times) > 60, "all of the threads at work")
            self.times(daemon.port, "busy", "127.0.0.2", rows=16)
            greedy.end()
            self.assertEqual(greedy.refused, 0)
        peers = [json.loads(line)["peer"] for line in log.read_text().splitlines()]
        places = [place for place, peer in enumerate(peers) if peer == "127.0.0.2"]
        self.assertEqual(len(places), 30)
        # Answers to the other between two of its own: about two turns, and not all that wait or are at work.
        between = [second - first - 1 for first, second in zip(places, places[1:])]
        self.assertLessEqual(statistics.median(between), 6, between)

    @staticmethod
    def times(port, model, address, rows=ROWS):
        """How long 30 requests one after the other took; none may be refused."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30, source_address=(address, 0))
        try:
            times = []
            for _ in range(30):
                began = time.perf_counter()
                connection.request("POST", f"/v1/models/{model}/decode?format=png", body(rows), {"Content-Type": "application/json"})
                response = connection.getresponse()
                answer = response.read()
                assert response.status == 200, (model, address, response.status, answer[:200])
                times.append(time.perf_counter() - began)
            return times
        finally:
            connection.close()
