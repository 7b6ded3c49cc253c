"""Compressed bodies, both ways, with curl."""
import gzip
import json
import subprocess

from support import Daemon, InFolder


class Coding(InFolder):
    def curl(self, daemon, path, *arguments, body=None):
        """Status, fields in lower case, and the body's bytes as curl hands them on."""
        head = self.folder / "head"
        run = subprocess.run(["curl", "-sS", "-m", "30", "-D", head, *arguments, f"http://127.0.0.1:{daemon.port}{path}"],
                             input=body, capture_output=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        lines = head.read_text().splitlines()
        fields = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        return int(lines[0].split()[1]), fields, run.stdout

    def test_answers(self):
        decode = ["--json", '{"latents": [[0, 0], [1, 1]]}']
        with Daemon(self.folder, "--set", "server.compression=on") as daemon:
            status, plain_fields, plain = self.curl(daemon, "/v1/models/small/decode", *decode)
            self.assertEqual((status, plain_fields["vary"]), (200, "accept-encoding"))
            for arguments in (["--compressed"], ["-H", "Accept-Encoding: br;q=1, gzip;q=0.2"]):
                status, fields, body = self.curl(daemon, "/v1/models/small/decode", *decode, *arguments)
                self.assertEqual(fields["content-encoding"], "gzip")
                self.assertLess(int(fields["content-length"]), len(plain) * 0.8)
                self.assertEqual(body if arguments == ["--compressed"] else gzip.decompress(body), plain)
            self.assertNotIn("content-encoding", self.curl(daemon, "/healthz", "--compressed")[1])

            # The page's files: a tag for each coding, and 304 for the one that is known.
            tags = {}
            for arguments in ([], ["--compressed"]):
                _, fields, body = self.curl(daemon, "/scripts/api.js", *arguments)
                tags[len(arguments)] = fields["etag"]
                status, again, nothing = self.curl(daemon, "/scripts/api.js", *arguments, "-H", f"If-None-Match: {fields['etag']}")
                self.assertEqual((status, nothing, again["etag"]), (304, b"", fields["etag"]))
            self.assertNotEqual(tags[0], tags[1])
            self.assertEqual(self.curl(daemon, "/scripts/api.js", "-H", f"If-None-Match: {tags[1]}")[0], 200)
            _, head, _ = self.curl(daemon, "/scripts/api.js", "-I", "--compressed")
            self.assertEqual((head["etag"], head["content-encoding"]), (tags[1], "gzip"))
        with Daemon(self.folder) as daemon:
            self.assertNotIn("content-encoding", self.curl(daemon, "/v1/models/small/decode", *decode, "--compressed")[1])

    def test_requests(self):
        latents = [[index / 100, -1] for index in range(200)]
        body = json.dumps({"latents": latents}).encode()
        fields = ["-H", "Content-Type: application/json", "-H", "Expect:", "--data-binary", "@-"]
        path = "/v1/models/small/decode"
        with Daemon(self.folder) as daemon:
            status, _, plain = self.curl(daemon, path, *fields, body=body)
            self.assertEqual(status, 200)
            coded = ["-H", "Content-Encoding: gzip", *fields]
            for arguments in (coded, ["-H", "Transfer-Encoding: chunked", *coded]):
                status, _, answer = self.curl(daemon, path, *arguments, body=gzip.compress(body))
                self.assertEqual((status, answer), (200, plain))
            cases = [
                (gzip.compress(bytes(100 << 20)), "gzip", 400), (gzip.compress(body)[:-3], "gzip", 400), (body, "gzip", 400),
                (body, "br", 415),
            ]
            for sent, coding, expected in cases:
                with self.subTest(coding=coding, expected=expected):
                    status, head, _ = self.curl(daemon, path, "-H", f"Content-Encoding: {coding}", *fields, body=sent)
                    self.assertEqual(status, expected)
                    self.assertEqual(head.get("accept-encoding"), "gzip" if expected == 415 else None)
            self.assertEqual(self.curl(daemon, path, *fields, body=body)[0], 200)
