#!/usr/bin/python3
"""Tests of the whole program, against the real binary; Python's standard library only.

    Tests/EndToEnd/run.py --latentd .build/release/latentd [--only NAME]
"""
import argparse
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.dont_write_bytecode = True
import support  # noqa: E402


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
