"""Training speed of latentd and of PyTorch, in turn on this machine, so that a busy moment meets both.

  python bench_train.py --latentd ../../.build/release/latentd [--rounds 5] [--batch 128] [--at-least 1.5]

Every round runs `latentd bench train` and then PyTorch in each of its modes, each in a process of its own. Printed:
the medians, and latentd's against the best PyTorch mode's; only that ratio means anything on another machine.
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys

from torch_train_peer import MODES

PEER = pathlib.Path(__file__).resolve().parent / "torch_train_peer.py"


def rate(command):
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=600, text=True)
    return json.loads(run.stdout.strip().splitlines()[-1])["images_per_second"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", help="the program; without it only PyTorch is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=5, help="for each of PyTorch's runs")
    parser.add_argument("--modes", nargs="+", choices=MODES, default=MODES)
    parser.add_argument("--at-least", type=float, help="exit with 1 where the ratio is below this")
    arguments = parser.parse_args()

    commands = {}
    if arguments.latentd:
        program = str(pathlib.Path(arguments.latentd).resolve())
        commands["latentd"] = [program, "bench", "train", "--batch", str(arguments.batch), "--json"]
    for mode in arguments.modes:
        commands[mode] = [sys.executable, str(PEER), mode, "--batch", str(arguments.batch),
                          "--seconds", str(arguments.seconds)]
    rates = {name: [] for name in commands}
    for turn in range(arguments.rounds):
        for name, command in commands.items():
            rates[name].append(rate(command))
        print(f"round {turn + 1}: " + ", ".join(f"{name} {values[-1]:,.0f}" for name, values in rates.items()), flush=True)

    print("\n| images/s, batch %d | median | lowest | highest |\n|---|---|---|---|" % arguments.batch)
    for name, values in rates.items():
        print(f"| {name} | {statistics.median(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    if not arguments.latentd:
        return
    best = max(arguments.modes, key=lambda mode: statistics.median(rates[mode]))
    ratio = statistics.median(rates["latentd"]) / statistics.median(rates[best])
    rounds = sorted(ours / theirs for ours, theirs in zip(rates["latentd"], rates[best]))
    print(f"\nlatentd / PyTorch {best}: {ratio:.2f} (by round {rounds[0]:.2f} to {rounds[-1]:.2f})")
    if arguments.at_least and ratio < arguments.at_least:
        sys.exit(f"below {arguments.at_least}")


if __name__ == "__main__":
    main()
