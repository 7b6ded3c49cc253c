"""The curl lines of a document, run in their order against a daemon that has what they take for granted."""
import json
import re
import shutil
import subprocess

import support
from support import Daemon, InFolder, wait

ENDED = ("succeeded", "failed", "cancelled")


def curl_lines(document):
    """The lines of its shell blocks, with those that go on in the next one joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (support.ROOT / document).read_text(), re.DOTALL | re.MULTILINE)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", "").splitlines()]
    return [line for line in lines if line.startswith("curl")]


class CurlLines(InFolder):
    def run_lines(self, document):
        """Each answers with success, and with the status that a comment behind it says."""
        if not support.BUNDLED.is_dir():
            self.skipTest("there is no bundled model")
        shutil.copytree(support.BUNDLED, self.folder / "models", dirs_exist_ok=True)
        support.write_shapes(self.folder / "data" / "mnist")
        lines = curl_lines(document)
        self.assertGreaterEqual(len(lines), 4)
        with Daemon(self.folder) as daemon:
            for line in lines:
                with self.subTest(line):
                    self.run_line(daemon, line)

    def run_line(self, daemon, line):
        self.assertIn("127.0.0.1:8080", line)
        line, _, comment = line.partition("  # ")
        variables = {}
        if "$JOB" in line:
            variables["JOB"] = daemon.call("GET", "/v1/jobs?limit=1")["data"][0]["id"]
            self.wait_for_job(daemon, variables["JOB"], line)
        command = line.replace("127.0.0.1:8080", f"127.0.0.1:{daemon.port}").replace("curl", "curl -sS -w '\\n%{http_code}'", 1)
        run = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, timeout=support.DEADLINE,
                             env=support.environment() | variables)
        answer, _, status = run.stdout.rpartition(b"\n")
        self.assertRegex(status.decode(), comment or "20[014]", answer[:1000] + run.stderr)
        self.check(line, answer)

    def wait_for_job(self, daemon, job, line):
        """What a person would wait for: to be paused, or to have ended."""
        wanted = ("paused",) if "/resume" in line else ENDED if "-X DELETE" in line else None
        if wanted:
            wait(lambda: daemon.job(job)["status"] in wanted, f"{wanted}")

    def check(self, line, answer):
        if output := re.search(r" -o (\S+)", line):
            written = (self.folder / output[1]).read_bytes()
            if output[1].endswith(".safetensors"):
                return json.loads(written[8:8 + int.from_bytes(written[:8], "little")])
            start = {"png": b"\x89PNG\r\n\x1a\n", "npy": b"\x93NUMPY\x01\x00"}[output[1].rpartition(".")[2]]
            self.assertEqual(written[:8], start)
        elif "text/event-stream" in line:
            self.assertIn(b'"status":"succeeded"', answer.strip().splitlines()[-1])
        elif "-X DELETE" in line:
            self.assertEqual(answer, b"")
        elif not line.endswith(("/metrics", "/docs", "8080/")) or "/models/" in line:
            json.loads(answer)
