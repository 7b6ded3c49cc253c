"""What a training run asks the system for while it runs."""
import pathlib
import re
import shutil
import subprocess
import unittest

import support
from support import InFolder, write_shapes

SOURCE = pathlib.Path(__file__).resolve().parent / "count_allocations.c"


def compiler():
    """The C compiler of the Swift toolchain, or the system's."""
    swift = shutil.which("swift")
    beside = pathlib.Path(swift).resolve().parent / "clang" if swift else None
    return str(beside) if beside and beside.exists() else shutil.which("clang") or shutil.which("cc")


class Allocations(InFolder):
    def test_a_training_step_allocates_nothing(self):
        if not compiler():
            raise unittest.SkipTest("no C compiler to count allocations with")
        library = self.folder / "count.so"
        subprocess.run([compiler(), "-O1", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
        images = 4096
        write_shapes(self.folder / "data" / "many", train=images)

        def allocations(batch):
            run = subprocess.run(
                [support.PROGRAM, "train", "--data-dir", self.folder / "data", "--preset", "mnist-2d", "--dataset", "many",
                 "--epochs", "1", "--batch-size", str(batch), "--threads", "2", "--output", self.folder / f"run-{batch}"],
                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=support.DEADLINE,
                env={**support.environment(), "LD_PRELOAD": str(library)})
            self.assertEqual(run.returncode, 0, run.stderr)
            return int(re.search(r"allocations (\d+)", run.stderr)[1])

        # Twice as many steps over the same images: what grows with their number comes from them. Both batches run in
        # the same chunks, so that no other plan is made.
        more_steps = images // 32 - images // 64
        self.assertLess(allocations(32) - allocations(64), more_steps // 4)
