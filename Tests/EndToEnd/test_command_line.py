"""The other commands: training by hand, stopped and resumed, and looking at what came out."""
import hashlib
import json
import signal
import subprocess

import support
from support import InFolder, latentd


def digest(checkpoint):
    return hashlib.sha256((checkpoint / "model.safetensors").read_bytes()).hexdigest()


class CommandLine(InFolder):
    def train(self, output, *arguments):
        return ["train", "--data-dir", self.folder / "data", "--output", output, *arguments]

    def test_a_run_that_was_stopped_ends_in_the_same_bytes(self):
        whole, stopped = self.folder / "whole", self.folder / "stopped"
        settings = ["--preset", "mnist-2d", "--dataset", "shapes", "--epochs", "8", "--seed", "5"]
        run = latentd(*self.train(whole, *settings))
        self.assertEqual(run.returncode, 0, run.stderr)

        command = [support.PROGRAM, *map(str, self.train(stopped, *settings))]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              text=True, env=support.environment()) as process:
            for line in process.stderr:
                if line.startswith("epoch 1/"):
                    process.send_signal(signal.SIGINT)
                    break
            rest = process.stderr.read()
            self.assertEqual(process.wait(30), 130, rest)
        self.assertNotIn("epoch 8/8", rest, "it was stopped on the way")
        self.assertNotEqual(digest(stopped), digest(whole))

        run = latentd(*self.train(stopped, "--resume"))
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(digest(stopped), digest(whole))
        curves = [[json.loads(line) for line in (folder / "metrics.jsonl").open()] for folder in (whole, stopped)]
        self.assertEqual([e["test"] for e in curves[0]], [e["test"] for e in curves[1]])
        self.assertEqual([e["epoch"] for e in curves[0]], list(range(1, 9)))

        again = latentd(*self.train(whole, *settings))
        self.assertNotEqual(again.returncode, 0, "a checkpoint is not overwritten")
        self.assertIn("--resume", again.stderr)

    def test_speed_is_measured(self):
        run = latentd("bench", "--batch-sizes", "1,2", "--threads", "1", "--seconds", "0.01", "--repetitions", "2", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        document = json.loads(run.stdout)
        self.assertEqual([(row["work"], row["batch"], row["threads"]) for row in document["rows"]],
                         [(work, batch, 1) for work in ("train", "encode", "decode") for batch in (1, 2)])
        self.assertEqual(document["model"]["operations_per_image"]["decode"], 14_914_816)
        self.assertGreater(document["peaks"][0]["gflops"], 0)
        for row in document["rows"]:
            self.assertGreater(row["images_per_second"], 0)
        run = latentd("bench", "--batch-sizes", "0")
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("'0'", run.stderr)

    def test_a_checkpoint_is_evaluated_and_inspected(self):
        output = self.folder / "run"
        run = latentd(*self.train(output, "--preset", "mnist-2d", "--dataset", "shapes", "--epochs", "1"))
        self.assertEqual(run.returncode, 0, run.stderr)
        last = json.loads((output / "metrics.jsonl").read_text().splitlines()[-1])["test"]
        run = latentd("evaluate", output, "--data-dir", self.folder / "data", "--json")
        self.assertEqual(run.returncode, 0, run.stderr)
        losses = json.loads(run.stdout)
        for name in ("reconstruction", "kl"):
            self.assertAlmostEqual(losses[name], last[name], delta=1e-3 * abs(last[name]))
        run = latentd("inspect", output)
        self.assertIn("207237", run.stdout)

    def test_what_cannot_be_is_said_in_one_line(self):
        cases = [
            ("--preset", "mnist-2d", "--dataset", "absent"),
            ("--preset", "mnist-2d", "--dataset", "shapes", "--epochs", "0"),
            ("--preset", "rgb-200d", "--dataset", "shapes"),
            ("--preset", "absent", "--dataset", "shapes"),
        ]
        for number, arguments in enumerate(cases):
            with self.subTest(arguments):
                output = self.folder / f"output-{number}"
                self.assert_refuses([support.PROGRAM, *map(str, self.train(output, *arguments))], "error")
                self.assertFalse(output.exists())

    def test_a_truncated_dataset_is_named(self):
        file = self.folder / "data" / "shapes" / "train-images-idx3-ubyte"
        file.write_bytes(file.read_bytes()[:-100])
        self.assert_refuses(
            [support.PROGRAM, *map(str, self.train(self.folder / "run", "--preset", "mnist-2d", "--dataset", "shapes"))],
            "train-images-idx3-ubyte")

    def test_every_command_explains_itself(self):
        for command in ("", "serve", "train", "evaluate", "inspect", "import", "export", "dataset"):
            run = latentd(*command.split(), "--help")
            self.assertEqual(run.returncode, 0)
            self.assertIn("USAGE", run.stdout)
        self.assertRegex(latentd("--version").stdout, r"^\d+\.\d+\.\d+\n$")
