"""Encoding and decoding speed of latentd and of ONNX Runtime, in turn on this machine.

  python bench_infer.py --latentd ../../.build/release/latentd [--rounds 5] [--at-least decode-128=3 decode-1=1.8]

Preset mnist-2d, exported from PyTorch for ONNX Runtime; the decoders end in the sigmoid. Each side measures in a process
of its own for --seconds a round, after warming up. Printed: the medians and their ratio; only that means anything on
another machine.
"""
import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile

import sides

PEER = pathlib.Path(__file__).resolve().parent / "onnx_peer.py"
# Name of the line: work, batch, threads.
LINES = {"decode-128": ("decode", 128, 2), "decode-1": ("decode", 1, 1), "encode-128": ("encode", 128, 2)}


def bound(text):
    name, _, value = text.partition("=")
    if name not in LINES:
        raise argparse.ArgumentTypeError(f"'{name}' is none of {', '.join(LINES)}")
    try:
        return name, float(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{value}' is no number") from None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True, help="the program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="for each side of each line in each round")
    parser.add_argument("--lines", nargs="+", choices=LINES, default=list(LINES))
    parser.add_argument("--at-least", nargs="+", type=bound, default=[], metavar="LINE=RATIO",
                        help="exit with 1 where the ratio of a line is below this")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ratios = measure(arguments, directory)
    low = [f"{name} below {least}" for name, least in arguments.at_least if name in ratios and ratios[name] < least]
    if low:
        sys.exit(", ".join(low))


def measure(arguments, directory):
    program, models = str(pathlib.Path(arguments.latentd).resolve()), {}
    for name in arguments.lines:
        work, batch, _ = LINES[name]
        models[name] = f"{directory}/{name}.onnx"
        subprocess.run([sys.executable, PEER, "export", work, models[name], "--batch", str(batch)], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    ours, theirs, shares = ({name: [] for name in arguments.lines} for _ in range(3))
    for turn in range(arguments.rounds):
        for name in arguments.lines:
            work, batch, threads = LINES[name]
            document = sides.bench(program, work, batches=[batch], threads=[threads], seconds=arguments.seconds)
            ours[name].append(document["rows"][0]["images_per_second"])
            shares[name].append(document["rows"][0]["share_of_peak"])
            theirs[name].append(sides.last_line(
                [sys.executable, str(PEER), "run", models[name], "--threads", str(threads),
                 "--seconds", str(arguments.seconds)])["images_per_second"])
        print(f"round {turn + 1}: " + ", ".join(
            f"{name} {ours[name][-1]:,.0f} / {theirs[name][-1]:,.0f}" for name in arguments.lines), flush=True)

    print(f"\n{sides.machine(document)}\n")
    print("| work | latentd, images/s | share of peak | ONNX Runtime, images/s | ratio | by round |")
    print("|---|---|---|---|---|---|")
    ratios = {}
    for name in arguments.lines:
        work, batch, threads = LINES[name]
        ratios[name], lowest, highest = sides.ratio(ours[name], theirs[name])
        print(f"| {work}, batch {batch}, {threads} thread{'s' * (threads > 1)} | {statistics.median(ours[name]):,.0f} "
              f"| {statistics.median(shares[name]):.0%} | {statistics.median(theirs[name]):,.0f} "
              f"| {ratios[name]:.2f} | {lowest:.2f} to {highest:.2f} |")
    return ratios


if __name__ == "__main__":
    main()
