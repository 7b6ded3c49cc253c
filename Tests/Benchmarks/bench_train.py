"""Training speed of latentd and of PyTorch, in turn on this machine, so that a busy moment meets both.

  python bench_train.py --latentd ../../.build/release/latentd [--rounds 5] [--batch 128] [--threads 2] [--at-least 1.5]

Every round runs `latentd bench train` and then PyTorch in each of its modes, each in a process of its own. Printed:
the medians, latentd's against the best PyTorch mode's, and latentd's share of the machine's peak, which is measured in
the same runs; only the ratio and the share mean anything on another machine.
"""
import argparse
import os
import pathlib
import statistics
import sys

import sides
from torch_train_peer import MODES

PEER = pathlib.Path(__file__).resolve().parent / "torch_train_peer.py"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", help="the program; without it only PyTorch is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of either side")
    parser.add_argument("--seconds", type=float, default=5, help="for each side's run in each round")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--at-least", type=float, help="exit with 1 where the ratio is below this")
    parser.add_argument("--share-at-least", type=float, help="the same for the share of the peak, e.g. 0.75")
    arguments = parser.parse_args()

    program = str(pathlib.Path(arguments.latentd).resolve()) if arguments.latentd else None
    rates = {name: [] for name in (["latentd"] if program else []) + list(arguments.modes)}
    shares = []
    for turn in range(arguments.rounds):
        if program:
            document = sides.bench(program, "train", batches=[arguments.batch], threads=[arguments.threads],
                                   seconds=arguments.seconds)
            rates["latentd"].append(document["rows"][0]["images_per_second"])
            shares.append(document["rows"][0]["share_of_peak"])
        for mode in arguments.modes:
            rates[mode].append(sides.last_line(
                [sys.executable, str(PEER), mode, "--batch", str(arguments.batch),
                 "--threads", str(arguments.threads), "--seconds", str(arguments.seconds)])["images_per_second"])
        print(f"round {turn + 1}: " + ", ".join(f"{name} {values[-1]:,.0f}" for name, values in rates.items()),
              flush=True)

    if program:
        print(f"\n{sides.machine(document)}")
    print(f"\n| images/s, batch {arguments.batch}, {arguments.threads} threads | median | lowest | highest |")
    print("|---|---|---|---|")
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    if not program:
        return
    best = max(arguments.modes, key=lambda mode: statistics.median(rates[mode]))
    ratio, lowest, highest = sides.ratio(rates["latentd"], rates[best])
    share = statistics.median(shares)
    print(f"\nlatentd / PyTorch {best}: {ratio:.2f} (by round {lowest:.2f} to {highest:.2f})")
    print(f"latentd's share of the peak: {share:.0%}")
    if arguments.at_least and ratio < arguments.at_least:
        sys.exit(f"ratio below {arguments.at_least}")
    if arguments.share_at_least and share < arguments.share_at_least:
        sys.exit(f"share below {arguments.share_at_least}")


if __name__ == "__main__":
    main()
