"""Who is let in: tokens, scopes, hosts, origins, and addresses that others reach; asked by curl, as a person would."""
import json
import pathlib
import signal
import stat
import subprocess

import support
from support import Daemon, InFolder, serve_command, wait


class Access(InFolder):
    def token(self, *arguments, ok=True):
        run = support.latentd("token", *arguments, "--state-dir", self.folder / "state")
        self.assertEqual(run.returncode == 0, ok, run.stderr)
        return run

    def create(self, name, scopes):
        return self.token("create", "--name", name, "--scopes", scopes).stdout.strip()

    def curl(self, daemon, path, *arguments, token=None):
        """Status and body. The token goes in by a file, as it should: everyone can read a command line."""
        fields = self.folder / "fields"
        fields.write_text(f"Authorization: Bearer {token}\n" if token else "")
        run = subprocess.run(["curl", "-sS", "-m", "20", "-w", "\n%{http_code}", "-H", f"@{fields}", *arguments,
                              f"http://127.0.0.1:{daemon.port}{path}"], capture_output=True, text=True, timeout=60)
        self.assertEqual(run.returncode, 0, run.stderr)
        body, _, status = run.stdout.rpartition("\n")
        return int(status), body

    def test_tokens_are_asked_for_from_the_first_one_on(self):
        decode = ["--json", '{"latents": [[0, 0]]}']
        with Daemon(self.folder) as daemon:
            self.assertEqual(self.curl(daemon, "/v1/models/small/decode", *decode)[0], 200)
            infer, train = self.create("reader", "infer"), self.create("trainer", "train,admin")
            wait(lambda: self.curl(daemon, "/v1/models")[0] == 401, "the tokens to be in force", 10)
            cases = [
                (None, "/", [], 200), (None, "/scripts/main.js", [], 200), (None, "/healthz", [], 200),
                (None, "/readyz", ["-I"], 200), (None, "/v1/models", ["-I"], 401), (None, "/v1/nothing", [], 401),
                (None, "/v1/models/small/decode", decode, 401), (None, "/v1/models", ["-X", "OPTIONS"], 401),
                (infer, "/v1/models/small/decode", decode, 200), (train, "/v1/models/small/decode", decode, 403),
                (infer, "/v1/jobs", [], 403), (train, "/v1/jobs", [], 200), (infer, "/v1/nothing", [], 404),
                (infer[:-1], "/v1/models", [], 401), (infer + "x", "/v1/models", [], 401),
                (None, f"/v1/models?token={infer}", [], 401),
            ]
            for token, path, arguments, expected in cases:
                with self.subTest(path=path, arguments=arguments, expected=expected):
                    self.assertEqual(self.curl(daemon, path, *arguments, token=token)[0], expected)
            status, head = self.curl(daemon, "/v1/models", "-i")
            self.assertIn('www-authenticate: bearer realm="latentd"', head.lower())
            # A large body without a token: the answer is there at once, and is not a reset.
            (self.folder / "large").write_bytes(bytes(30_000_000))
            large = ["-X", "POST", "-T", str(self.folder / "large")]
            self.assertEqual(self.curl(daemon, "/v1/models/small/decode", *large)[0], 401)

            self.token("revoke", "reader")
            daemon.process.send_signal(signal.SIGHUP)
            wait(lambda: self.curl(daemon, "/v1/models", token=infer)[0] == 401, "the revocation", 10)
            self.assertEqual(self.curl(daemon, "/v1/models", token=train)[0], 200)
        for text in (daemon.log_path.read_text(), (self.folder / "state" / "tokens.json").read_text()):
            self.assertNotIn(infer, text)
            self.assertNotIn(train, text)
        with Daemon(self.folder) as daemon:
            self.assertEqual(self.curl(daemon, "/v1/models")[0], 401)
            self.assertEqual(self.curl(daemon, "/v1/models", token=train)[0], 200)

    def test_the_command(self):
        secret = self.create("laptop", "train,infer")
        file = pathlib.Path(self.folder / "state" / "tokens.json")
        self.assertEqual(stat.S_IMODE(file.stat().st_mode), 0o600)
        listed = self.token("list").stdout
        self.assertRegex(listed, r"^laptop  infer,train  \d{4}-")
        self.assertNotIn(secret, listed + file.read_text())
        self.assertIn("laptop", self.token("create", "--name", "laptop", "--scopes", "infer", ok=False).stderr)
        self.assertIn("root", self.token("create", "--name", "x", "--scopes", "root", ok=False).stderr)
        self.assertIn("absent", self.token("revoke", "absent", ok=False).stderr)
        self.token("revoke", "laptop")
        self.assertEqual(json.loads(file.read_text()), {"tokens": []})

    def test_hosts_and_origins(self):
        with Daemon(self.folder, "--set", "access.hosts=vae.example,b.example") as daemon:
            cases = [
                ("Host: vae.example", 200), ("Host: B.example:80", 200), ("Host: localhost", 200), ("Host: evil.example", 421),
            ]
            for field, expected in cases:
                with self.subTest(field):
                    self.assertEqual(self.curl(daemon, "/healthz", "-H", field)[0], expected)
            here = f"http://127.0.0.1:{daemon.port}"
            for field, expected in ((f"Origin: {here}", 422), ("Origin: http://evil.example", 403), ("Origin: null", 403),
                                    ("Sec-Fetch-Site: cross-site", 403), ("Sec-Fetch-Site: same-origin", 422)):
                with self.subTest(field):
                    self.assertEqual(self.curl(daemon, "/v1/jobs", "--json", "{}", "-H", field)[0], expected)
            answer = self.curl(daemon, "/v1/models", "-i", "-H", "Origin: http://evil.example")[1]
            self.assertNotIn("access-control", answer.lower())

    def refuse(self, *arguments):
        run = subprocess.run(serve_command(self.folder, 0, *arguments), stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=60, env=support.environment(), cwd=self.folder)
        self.assertNotEqual(run.returncode, 0)
        self.assertEqual(len(run.stderr.strip().splitlines()), 1, run.stderr)
        return run.stderr

    def test_an_address_that_others_reach(self):
        said = self.refuse("--host", "0.0.0.0")
        for words in ("0.0.0.0", "latentd token create", "tls.certificate", "--insecure"):
            self.assertIn(words, said)
        self.create("a", "infer")
        said = self.refuse("--host", "::")
        self.assertNotIn("token create", said)
        self.assertIn("tls.certificate", said)
        with Daemon(self.folder, "--host", "0.0.0.0", "--insecure") as daemon:
            self.assertEqual(self.curl(daemon, "/v1/models")[0], 401)

    def test_a_file_of_tokens_that_cannot_be_used(self):
        self.assertIn("not there", self.refuse("--set", f"access.tokens_file={self.folder}/absent.json"))
        (self.folder / "state").mkdir(exist_ok=True)
        (self.folder / "state" / "tokens.json").write_text("{")
        self.assertIn("damaged", self.refuse())
