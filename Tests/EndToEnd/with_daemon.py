#!/usr/bin/python3
"""Runs a command while a daemon serves the bundled models in a throwaway folder.

    Tests/EndToEnd/with_daemon.py --latentd .build/release/latentd [--every-kind] -- command {url} {models} ...
"""
import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import support  # noqa: E402

sys.path.insert(0, str(support.ROOT / "Tests" / "Browser"))
import checkpoint  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, default=support.PROGRAM)
    parser.add_argument("command", nargs="+", help="{url} in it becomes the daemon's address, {models} its models' folder")
    parser.add_argument("--every-kind", action="store_true", help="serve the model of Tests/Browser/checkpoint.py as well")
    arguments = parser.parse_args()
    support.PROGRAM = arguments.latentd.resolve()
    with tempfile.TemporaryDirectory(prefix="latentd-test-") as directory:
        folder = pathlib.Path(directory)
        models = folder / "models"
        shutil.copytree(support.BUNDLED, models)
        if arguments.every_kind:
            checkpoint.write(models)
        # First in the list of datasets, so that the form offers it: an epoch of it takes a second. As many test images
        # as MNIST has, so that its map has as many points.
        support.write_shapes(folder / "data" / "drawn-shapes", test=10_000)
        with support.Daemon(folder) as daemon:
            url = f"http://127.0.0.1:{daemon.port}"
            run = subprocess.run([word.replace("{url}", url).replace("{models}", str(models)) for word in arguments.command])
            if run.returncode != 0:
                print(daemon.said(), file=sys.stderr)
        sys.exit(run.returncode)


if __name__ == "__main__":
    main()
