"""`latentd jobs`: a daemon's training jobs from the command line, on a terminal and in a pipe."""
import json
import os
import pty
import subprocess
import unittest.mock

import support
from support import Daemon, InFolder, wait

QUICK = ("--preset", "mnist-2d", "--dataset", "shapes")


class JobsCommand(InFolder):
    def jobs(self, daemon, *arguments, **options):
        """Runs `latentd jobs ...` to its end."""
        options.setdefault("stdin" if "input" not in options else "text", subprocess.DEVNULL if "input" not in options else True)
        options["env"] = support.environment() | options.get("env", {})
        return subprocess.run([support.PROGRAM, "jobs", *map(str, arguments), "--server", f"http://127.0.0.1:{daemon.port}"],
                              capture_output=True, timeout=support.DEADLINE, **options | {"text": True})

    def done(self, daemon, *arguments, code=0, **options):
        """What it prints, after an exit as expected."""
        run = self.jobs(daemon, *arguments, **options)
        self.assertEqual(run.returncode, code, run.stdout + run.stderr)
        return run.stdout

    def test_a_job_is_submitted_shown_and_followed(self):
        with Daemon(self.folder) as daemon:
            identifier = self.done(daemon, "submit", *QUICK, "--name", "mine", "--epochs", 3, "--seed", 7, "--priority", 2).strip()
            lines = self.done(daemon, "tail", identifier).splitlines()
            self.assertEqual([line.split(" ", 2)[1] for line in lines],
                             ["status", "status"] + 3 * ["epoch", "checkpoint"] + ["status"])
            self.assertRegex(lines[2], r"^20\d\d-\S+Z epoch epoch 1/3  train −ELBO [\d.]+ .*  test −ELBO .* images/s$")
            self.assertTrue(lines[-1].endswith("status succeeded: mine/1"), lines[-1])
            self.assertEqual(self.done(daemon, "tail", identifier).splitlines(), lines, "it can be read again")
            job = json.loads(self.done(daemon, "show", identifier, "--json"))
            self.assertEqual((job["training"]["epochs"], job["training"]["seed"], job["priority"]), (3, 7, 2))
            sheet = self.done(daemon, "show", identifier)
            self.assertRegex(sheet, r"(?m)^status +succeeded$")
            self.assertRegex(sheet, r"(?m)^progress +epoch 3/3, step 12/12, \d+ images/s$")
            self.assertRegex(sheet, r"(?m)^model +mine/1$")
            other = self.done(daemon, "submit", *QUICK, "--name", "other", "--epochs", 1, "--key", "k").strip()
            self.assertEqual(self.done(daemon, "submit", *QUICK, "--name", "other", "--epochs", 1, "--key", "k").strip(), other)
            daemon.wait_for(other, "succeeded")
            table = self.done(daemon, "list").splitlines()
            self.assertEqual([line.split()[0] for line in table], ["id", other, identifier])
            self.assertEqual(json.loads(self.done(daemon, "list", "--status", "failed", "--json"))["data"], [])

    def test_a_request_comes_from_standard_input_and_its_end_is_the_exit_code(self):
        body = {"dataset": "shapes", "model": "mnist-2d", "name": "piped", "training": {"epochs": 1}}
        with Daemon(self.folder) as daemon:
            lines = self.done(daemon, "submit", "--file", "-", "--follow", input=json.dumps(body)).splitlines()
            self.assertEqual(lines[0], daemon.call("GET", "/v1/jobs")["data"][0]["id"])
            self.assertTrue(lines[-1].endswith("succeeded: piped/1"))
            path = self.folder / "job.json"
            path.write_text(json.dumps(body | {"training": {"epochs": 10_000}}))
            identifier = self.done(daemon, "submit", "--file", path).strip()
            daemon.wait_for_epoch(identifier, 1)
            self.assertEqual(self.done(daemon, "cancel", identifier), f"{identifier} running, asked to cancel\n")
            self.assertIn("status cancelled: cancelled while running\n", self.done(daemon, "tail", identifier, code=1))
            path.write_text(json.dumps(body | {"training": {"epoch": 1}}))
            run = self.jobs(daemon, "submit", "--file", path)
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertRegex(run.stderr, r"^latentd: .*'training.epoch'.* \(unknown_field\)\n$")

    def test_a_job_is_held_back_and_goes_on(self):
        with Daemon(self.folder) as daemon:
            identifier = self.done(daemon, "submit", *QUICK, "--epochs", 6).strip()
            daemon.wait_for_epoch(identifier, 1)
            self.assertIn(self.done(daemon, "pause", identifier).split(None, 1)[1], ("running, asked to pause\n", "paused\n"))
            daemon.wait_for(identifier, "paused")
            self.assertEqual(self.done(daemon, "resume", identifier), f"{identifier} queued\n")
            self.assertIn("attempt 2", self.done(daemon, "tail", identifier))
            run = self.jobs(daemon, "pause", identifier)
            self.assertEqual(run.returncode, 2)
            self.assertIn("is succeeded and cannot be paused", run.stderr)

    def test_a_terminal_shows_the_progress_bar(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="bar", training={"epochs": 4})
            ours, theirs = pty.openpty()
            process = subprocess.Popen(
                [support.PROGRAM, "jobs", "tail", identifier, "--server", f"http://127.0.0.1:{daemon.port}"],
                stdin=theirs, stdout=theirs, stderr=theirs, env=support.environment())
            os.close(theirs)
            shown = b""
            try:
                while piece := os.read(ours, 4096):
                    shown += piece
            except OSError:
                pass  # the other end has closed
            os.close(ours)
            self.assertEqual(process.wait(support.DEADLINE), 0)
            text = shown.decode()
            self.assertRegex(text, r"\r\x1b\[2K[█·]{24} epoch \d/4  \d+ images/s  −ELBO")
            self.assertRegex(text, r"epoch 4/4  train −ELBO .*test −ELBO .*\r\n")
            self.assertIn("succeeded: bar/1\r\n", text)

    def test_a_daemon_that_is_killed_is_waited_for(self):
        with Daemon(self.folder) as daemon:
            identifier = daemon.submit(name="outlived", training={"epochs": 8})
            address = f"http://127.0.0.1:{daemon.port}"
            tail = subprocess.Popen([support.PROGRAM, "jobs", "tail", identifier], stdout=subprocess.PIPE, text=True,
                                    stdin=subprocess.DEVNULL, env=support.environment() | {"LATENTD_SERVER": address})
            first = tail.stdout.readline()
            daemon.wait_for_epoch(identifier, 2)
            support.kill(daemon.process.pid)
            daemon.process.wait()
        with unittest.mock.patch.object(support.daemon, "free_port", lambda: daemon.port), Daemon(self.folder) as again:
            rest = tail.stdout.read()
            tail.stdout.close()
            tail.wait(support.DEADLINE)
            listed = again.call("GET", f"/v1/jobs/{identifier}/events?limit=999")["data"]
        self.assertEqual(tail.returncode, 0)
        shown = (first + rest).splitlines()
        self.assertEqual([line.split(" ")[:2] for line in shown], [[event["created_at"], event["type"]] for event in listed])
        self.assertIn("attempt 2", rest)

    def test_tokens_come_from_the_environment_or_a_file(self):
        with Daemon(self.folder) as daemon:
            token = support.latentd("token", "create", "--name", "t", "--scopes", "train", "--state-dir",
                                    self.folder / "state").stdout.strip()
            wait(lambda: daemon.request("GET", "/v1/jobs")[0] == 401, "the token to be in force")
            run = self.jobs(daemon, "list")
            self.assertEqual((run.returncode, run.stdout), (2, ""))
            self.assertIn("token_missing", run.stderr)
            self.done(daemon, "list", env={"LATENTD_TOKEN": token})
            file = self.folder / "token.txt"
            for content in (token + "\n", f"Authorization: Bearer {token}\n"):
                file.write_text(content)
                self.done(daemon, "list", "--token-file", file)
                self.done(daemon, "list", env={"LATENTD_TOKEN_FILE": str(file)})
            self.assertIn("token_unknown", self.jobs(daemon, "list", env={"LATENTD_TOKEN": token[:-1] + "-"}).stderr)
            # They are nothing to the daemon and to other commands.
            run = subprocess.run([support.PROGRAM, "dataset", "list", "--data-dir", self.folder / "data"], capture_output=True,
                                 env=support.environment() | {"LATENTD_TOKEN": token, "LATENTD_SERVER": "x"}, timeout=60)
            self.assertEqual(run.returncode, 0, run.stderr)

    def test_without_a_daemon_it_says_so(self):
        port = support.daemon.free_port()
        command = [support.PROGRAM, "jobs"]
        for words in (["list"], ["tail", "job_x"], ["submit", *QUICK, "--follow"]):
            self.assert_refuses(command + words + ["--server", f"http://127.0.0.1:{port}"],
                                f"No daemon answers at http://127.0.0.1:{port}", "latentd serve")
        with Daemon(self.folder) as daemon:
            run = self.jobs(daemon, "tail", "job_x/../../../healthz?")
            self.assertEqual(run.returncode, 2)
            self.assertIn("job_not_found", run.stderr)

    def test_a_certificate_that_nobody_vouches_for_is_refused(self):
        subprocess.run(["openssl", "req", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-keyout", "server.key",
                        "-subj", "/CN=server", "-x509", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1", "-out", "server.pem"],
                       check=True, cwd=self.folder, capture_output=True, timeout=60)

        class Secure(Daemon):
            def wait_until_ready(self):
                wait(lambda: b"https://" in self.log_path.read_bytes(), "the daemon")
        with Secure(self.folder, "--tls-certificate", self.folder / "server.pem", "--tls-key", self.folder / "server.key") as daemon:
            self.assert_refuses([support.PROGRAM, "jobs", "list", "--server", f"https://127.0.0.1:{daemon.port}"],
                                f"https://127.0.0.1:{daemon.port}", "ertificate")
