"""The access log and the log's level, of a running daemon."""
import json
import signal

from support import Daemon, InFolder, wait


class Logs(InFolder):
    def test_one_line_a_request(self):
        log = self.folder / "access.jsonl"
        with Daemon(self.folder, "--set", f"log.access={log}") as daemon:
            daemon.call("POST", "/v1/models/small/decode", {"latents": [[0.125, 0]]})
            daemon.request("GET", "/v1/models?token=hush")
            daemon.request("GET", "/nothing")
            wait(lambda: log.exists() and "/nothing" in log.read_text(), "the lines", 10)
            # Moved away, as a rotation does: what follows is in a new file.
            log.rename(self.folder / "old.jsonl")
            daemon.process.send_signal(signal.SIGHUP)
            wait(log.exists, "the new file", 10)
            daemon.request("GET", "/v1/jobs")
        old, new = (self.folder / "old.jsonl").read_text(), log.read_text()
        entries = {entry["path"]: entry for entry in map(json.loads, old.splitlines())}
        decode = entries["/v1/models/small/decode"]
        self.assertEqual((decode["method"], decode["route"], decode["status"], decode["peer"]),
                         ("POST", "/v1/models/{model}/decode", 200, "127.0.0.1"))
        self.assertGreater(decode["bytes"], 1000)
        self.assertGreater(decode["request_bytes"], 10)
        self.assertGreater(decode["duration_us"], 0)
        self.assertEqual((entries["/nothing"]["route"], entries["/nothing"]["status"]), (None, 404))
        self.assertNotIn("hush", old)
        self.assertNotIn("0.125", old)
        self.assertEqual(len({entry["request_id"] for entry in entries.values()}), len(entries))
        self.assertIn("/v1/jobs", new, "what came last is written before the end")

    def test_the_level_goes_over_and_back(self):
        with Daemon(self.folder) as daemon:
            for path, expected in (("/v1/models/first", False), ("/v1/models/second", True), ("/v1/models/third", False)):
                daemon.request("GET", path)
                if expected:  # it is written just after the answer
                    wait(lambda: path in daemon.log_path.read_text(), path, 10)
                else:
                    self.assertNotIn(path, daemon.log_path.read_text())
                said = daemon.log_path.read_text().count("level has changed")
                daemon.process.send_signal(signal.SIGUSR1)
                wait(lambda: daemon.log_path.read_text().count("level has changed") > said, "the change", 10)
