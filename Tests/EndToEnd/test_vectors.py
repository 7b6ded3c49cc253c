"""Named vectors: kept through restarts and kills, with their own version, outside of a folder that is only read."""
import json
import pathlib
import signal
import threading

import support
from support import Daemon, InFolder

VECTORS = "/v1/models/small/vectors"


class Vectors(InFolder):
    def files(self, folder):
        return sorted(str(path.relative_to(self.folder)) for path in (self.folder / folder).rglob("*") if path.is_file())

    def put(self, daemon, path, body):
        status, answer = daemon.request("PUT", path, body)
        self.assertEqual(status, 201, answer)
        return json.loads(answer)

    def test_they_outlive_restarts_and_kills(self):
        models = self.files("models")
        with Daemon(self.folder) as daemon:
            made = {
                "numbers": self.put(daemon, f"{VECTORS}/numbers", {"latent": [0.1, -1e-42]}),
                "points": self.put(daemon, f"{VECTORS}/points", {
                    "from": [{"sample": {"dataset": "shapes", "index": index}} for index in range(8)],
                    "to": [{"latent": [1, 1]}]}),
                "label": self.put(daemon, f"{VECTORS}/label", {"dataset": "shapes", "split": "train", "label": 2}),
            }
            origin = made["label"]["origin"]
            self.assertEqual(origin["with"] + origin["without"], 512)
            for number in (signal.SIGKILL, signal.SIGTERM):
                daemon.process.send_signal(number)
                daemon.process.wait(20)
                daemon.log.close()
                daemon.__enter__()
                for name, vector in made.items():
                    self.assertEqual(daemon.call("GET", f"{VECTORS}/{name}"), vector)
                names = [vector["name"] for vector in support.listed(daemon.call("GET", VECTORS))]
                self.assertEqual(names, sorted(made))
            moved = daemon.call("POST", "/v1/models/small/traverse", {"vector": "numbers", "from": 0, "to": 1, "steps": 2})
            self.assertEqual(moved["latents"][1], made["numbers"]["latent"])
            self.assertEqual(daemon.request("DELETE", f"{VECTORS}/label")[0], 204)
            self.assertEqual(daemon.request("DELETE", f"{VECTORS}/label")[0], 404)
        self.assertEqual(self.files("models"), models, "the models' folder is only read")
        self.assertIn("state/vectors/small/1/vectors.safetensors", self.files("state"))

    def test_a_kill_while_writing_leaves_whole_files(self):
        with Daemon(self.folder) as daemon:
            self.put(daemon, f"{VECTORS}/first", {"latent": [1, 2]})
            kept = {"first"}

            def write():
                try:
                    for number in range(10_000):
                        if daemon.request("PUT", f"{VECTORS}/v{number % 500}", {"latent": [number, 0]})[0] not in (200, 201):
                            return
                        kept.add(f"v{number % 500}")
                except OSError:
                    pass  # the daemon is gone

            writer = threading.Thread(target=write)
            writer.start()
            support.wait(lambda: len(kept) > 20, "some vectors")
            support.kill(daemon.process.pid)
            daemon.process.wait(20)
            writer.join(30)
            daemon.log.close()
            daemon.__enter__()
            there = {vector["name"] for vector in support.listed(daemon.call("GET", VECTORS))}
            self.assertLessEqual(kept, there, "what was answered is on the disk")
            self.assertLessEqual(len(there - kept), 1)
            self.put(daemon, f"{VECTORS}/later", {"latent": [1, 2]})
            self.assertEqual(self.files("state/vectors"), ["state/vectors/small/1/vectors.safetensors"])

    def test_names_that_are_paths_and_bodies_that_are_none(self):
        with Daemon(self.folder) as daemon:
            before = self.files(".")
            for name in ("%2e%2e", "..%2f..%2fescape", ".hidden", "A", "%D1%83", "a%00", "a%2Fb", "x" * 65):
                status, answer = daemon.request("PUT", f"{VECTORS}/{name}", {"latent": [1, 2]})
                self.assertIn(status, (400, 404, 422), (name, answer))
                self.assertTrue(json.loads(answer)["error"]["message"], name)
                self.assertIn(daemon.request("GET", f"{VECTORS}/{name}")[0], (400, 404), name)
            self.assertEqual(daemon.request("PUT", f"{VECTORS}/a", {"latent": [1, 2, 3]})[0], 422)
            self.assertEqual(set(self.files(".")) - set(before), set())
            self.assertFalse((pathlib.Path(self.folder).parent / "escape").exists())

    def test_a_model_that_is_exchanged_has_no_vectors(self):
        with Daemon(self.folder) as daemon:
            self.put(daemon, f"{VECTORS}/a", {"latent": [1, 2]})
        weights = self.folder / "models" / "small" / "1" / "model.safetensors"
        content = bytearray(weights.read_bytes())
        content[-1] ^= 1
        weights.write_bytes(content)
        with Daemon(self.folder) as daemon:
            self.assertEqual(support.listed(daemon.call("GET", VECTORS)), [])
            status, answer = daemon.request("POST", "/v1/models/small/decode", {"vector": "a"})
            self.assertEqual((status, json.loads(answer)["error"]["code"]), (422, "vector_not_found"))
