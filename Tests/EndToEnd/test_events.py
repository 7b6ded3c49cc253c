"""Live events of training jobs: followed by real clients, lost and found again."""
import contextlib
import http.client
import json
import signal
import subprocess

import support
from support import Daemon, InFolder


@contextlib.contextmanager
def followed(daemon, identifier, after=None):
    """The answer to a request for live events, and its end."""
    connection = http.client.HTTPConnection("127.0.0.1", daemon.port, timeout=support.DEADLINE)
    try:
        fields = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
        connection.request("GET", f"/v1/jobs/{identifier}/events", headers=fields)
        yield connection.getresponse()
    finally:
        connection.close()


def parsed(lines):
    """Events as they come, each as a dictionary of its fields, `data` read as JSON."""
    event = {}
    for line in lines:
        line = line.decode().rstrip("\n")
        if line:
            name, _, value = line.partition(":")
            event[name] = value.removeprefix(" ")
        elif event:
            if "data" in event:
                yield event | {"data": json.loads(event["data"])}
            event = {}


class Events(InFolder):
    def test_a_job_is_followed_to_its_end_by_a_client_that_is_cut_off_in_between(self):
        with Daemon(self.folder) as daemon:
            daemon.submit(name="before", training={"epochs": 1})
            identifier = daemon.submit(name="followed", training={"epochs": 6})
            events, progress = [], 0
            with followed(daemon, identifier) as answer:
                self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "text/event-stream"))
                self.assertEqual((answer.getheader("Cache-Control"), answer.getheader("X-Accel-Buffering")), ("no-store", "no"))
                self.assertIsNone(answer.getheader("Content-Encoding"))
                for event in parsed(answer):
                    if "id" in event:
                        events.append(event)
                    if event["event"] == "epoch":
                        break
            self.assertEqual(events[0]["data"]["data"]["status"], "queued")
            with followed(daemon, identifier, after=events[-1]["id"]) as answer:
                for event in parsed(answer):
                    if "id" in event:
                        events.append(event)
                    else:
                        self.assertEqual(event["event"], "progress")
                        progress += 1
                self.assertEqual(answer.read(), b"", "the end is the last chunk's")
            self.assertEqual([int(event["id"]) for event in events], list(range(1, len(events) + 1)))
            self.assertEqual(events[-1]["data"]["data"]["status"], "succeeded")
            self.assertGreater(progress, 0)
            listed = daemon.call("GET", f"/v1/jobs/{identifier}/events?limit=999")["data"]
            self.assertEqual([event["data"] for event in events], listed)
            self.assertEqual([event["event"] for event in events], [event["type"] for event in listed])
            with followed(daemon, identifier, after=len(events)) as answer:
                self.assertEqual((answer.status, answer.read()), (204, b""))
            with followed(daemon, identifier, after="latest") as answer:
                self.assertEqual((answer.status, json.load(answer)["error"]["parameter"]), (400, "Last-Event-ID"))

    def test_curl_shows_events_while_they_come(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="curled", training={"epochs": 2})
            curl = subprocess.Popen(
                ["curl", "-sS", "-N", "--fail-with-body", "--compressed", "-H", "Accept: text/event-stream",
                 f"http://127.0.0.1:{daemon.port}/v1/jobs/{identifier}/events"], stdout=subprocess.PIPE)
            with curl:
                statuses = [event["data"]["data"]["status"] for event in parsed(curl.stdout) if event["event"] == "status"]
            self.assertEqual((curl.returncode, statuses), (0, ["queued", "running", "succeeded"]))

    def test_a_stop_ends_streams_in_order_and_the_next_daemon_goes_on(self):
        events = []
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="stopped", training={"epochs": 12})
            with followed(daemon, identifier) as answer:
                for event in parsed(answer):
                    events.append(event)
                    if event["event"] == "epoch":
                        daemon.process.send_signal(signal.SIGTERM)
            self.assertEqual(daemon.process.wait(30), 0, daemon.said())
        with Daemon(self.folder) as daemon:
            last = [event["id"] for event in events if "id" in event][-1]
            with followed(daemon, identifier, after=last) as answer:
                events += parsed(answer)
        numbers = [int(event["id"]) for event in events if "id" in event]
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertEqual(events[-1]["data"]["data"]["status"], "succeeded")

    def test_streams_are_counted_and_bounded(self):
        with Daemon(self.folder, "--set", "server.max_streams=2") as daemon:
            identifier = daemon.submit(name="bounded", training={"epochs": 10_000})
            with followed(daemon, identifier) as one, followed(daemon, identifier) as two:
                self.assertEqual((one.status, two.status), (200, 200))
                self.assertIn("\nlatentd_http_streams 2\n", daemon.request("GET", "/metrics")[1].decode())
                with followed(daemon, identifier) as three:
                    self.assertEqual((three.status, three.getheader("Retry-After")), (503, "5"))
            # A peer that is gone gets a moment, since it may only have ended its own side.
            support.wait(lambda: "\nlatentd_http_streams 0\n" in daemon.request("GET", "/metrics")[1].decode(), "no streams", 10)
            self.assertIn('\nlatentd_http_streams_ended_total{reason="peer_left"} 2\n',
                          daemon.request("GET", "/metrics")[1].decode())
            daemon.call("POST", f"/v1/jobs/{identifier}/cancel", {})
