"""The README's lines do what the README says."""
import http.client
import json
import re
import shutil
import subprocess

import support
from support import Daemon, InFolder


def shell_lines():
    """The lines of the README's shell blocks, with those that go on in the next one joined."""
    blocks = re.findall(r"^```sh\n(.*?)^```", (support.ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    return [line.strip() for block in blocks for line in block.replace("\\\n", "").splitlines()]


class Readme(InFolder):
    def test_the_curl_lines_work_as_they_stand(self):
        if not support.BUNDLED.is_dir():
            self.skipTest("there is no bundled model")
        shutil.copytree(support.BUNDLED, self.folder / "models", dirs_exist_ok=True)
        support.write_shapes(self.folder / "data" / "mnist")
        lines = [line for line in shell_lines() if line.startswith("curl")]
        self.assertGreaterEqual(len(lines), 4)
        with Daemon(self.folder) as daemon:
            for line in lines:
                with self.subTest(line):
                    self.run_curl(daemon, line)

    def run_curl(self, daemon, line):
        self.assertIn("127.0.0.1:8080", line)
        command = line.replace("127.0.0.1:8080", f"127.0.0.1:{daemon.port}").replace("curl", "curl -sS --fail-with-body", 1)
        variables = {}
        if "$JOB" in line:
            variables["JOB"] = daemon.call("GET", "/v1/jobs?limit=1")["data"][0]["id"]
        run = subprocess.run(["sh", "-c", command], cwd=self.folder, capture_output=True, timeout=support.DEADLINE,
                             env=support.environment() | variables)
        self.assertEqual(run.returncode, 0, run.stdout[:1000] + run.stderr)
        if output := re.search(r" -o (\S+)", line):
            start = {"png": b"\x89PNG\r\n\x1a\n", "npy": b"\x93NUMPY\x01\x00"}[output[1].rpartition(".")[2]]
            self.assertEqual((self.folder / output[1]).read_bytes()[:8], start)
        elif "text/event-stream" in line:
            self.assertIn(b'"status":"succeeded"', run.stdout.strip().splitlines()[-1])
        elif "-X DELETE" in line:
            self.assertEqual(run.stdout, b"")
        else:
            json.loads(run.stdout)

    def test_the_page_is_there(self):
        with Daemon(self.folder) as daemon:
            status, page = daemon.request("GET", "/")
            self.assertEqual(status, 200)
            for address in re.findall(rb'(?:src|href)="(/[^"]+)"', page):
                self.assertEqual(daemon.request("GET", address.decode())[0], 200, address)

    def test_files_that_the_readme_names_exist(self):
        text = (support.ROOT / "README.md").read_text()
        for target in re.findall(r"\]\((?!https?://|#)([^)]+)\)", text):
            self.assertTrue((support.ROOT / target).exists(), target)
        self.assertIn((support.ROOT / "Tests" / "Peers" / "readme_example.py").read_text(), text)


class StartUp(InFolder):
    def test_it_says_where_the_page_is(self):
        with Daemon(self.folder) as daemon:
            self.assertIn(f"http://127.0.0.1:{daemon.port}", daemon.said())
            connection = http.client.HTTPConnection("127.0.0.1", daemon.port)
            connection.request("GET", "/")
            self.assertEqual(connection.getresponse().status, 200)
            connection.close()
