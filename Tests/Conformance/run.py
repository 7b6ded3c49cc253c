"""Third-party clients of the Open Inference Protocol against the real program; needs requirements.txt.

    .venv-conformance/bin/python Tests/Conformance/run.py --latentd .build/release/latentd [--only NAME]
"""
import argparse
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
from conformance import support  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, default=support.PROGRAM)
    parser.add_argument("--only", help="run the tests whose name contains this")
    arguments = parser.parse_args()
    support.PROGRAM = arguments.latentd.resolve()
    loader = unittest.TestLoader()
    if arguments.only:
        loader.testNamePatterns = [f"*{arguments.only}*"]
    result = unittest.TextTestRunner(verbosity=2).run(loader.discover(str(HERE)))
    sys.exit(0 if result.wasSuccessful() and result.testsRun > 0 else 1)


if __name__ == "__main__":
    main()
