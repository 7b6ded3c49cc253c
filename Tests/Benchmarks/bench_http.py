"""What the HTTP layer costs and stands: against a bare event loop, with idle connections, over its capacity.

  python bench_http.py --latentd ../../.build/release/latentd [--rounds 5] [--lines health idle overload]

Needs wrk and h2load (Debian's wrk and nghttp2-client) and a C compiler; one model, the bundled mnist-2d by default.
"""
import argparse
import contextlib
import pathlib
import re
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import sides

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
from daemon import Daemon, free_port  # noqa: E402

BODY = '{"latents":[[0.123,-0.456]]}'
QUIET = 5  # seconds of probing before and after an overload


def wrk(url, connections, seconds):
    """Requests a second, and the 99th percentile in milliseconds."""
    run = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", url], stdout=subprocess.PIPE,
                         text=True, check=True)
    number, unit = re.search(r"99% *([\d.]+)(us|ms|s)", run.stdout).groups()
    return (float(re.search(r"Requests/sec: *([\d.]+)", run.stdout)[1]),
            float(number) * {"us": 1e-3, "ms": 1, "s": 1e3}[unit])


@contextlib.contextmanager
def bare_loop(directory):
    program, port = pathlib.Path(directory) / "bare_loop", free_port()
    subprocess.run(["cc", "-O2", HERE / "bare_loop.c", "-o", program], check=True)
    process = subprocess.Popen([program, str(port)])
    try:
        time.sleep(0.2)
        yield port
    finally:
        process.kill()
        process.wait()


def health(arguments, directory):
    """GET /healthz with 32 connections, against a loop that does nothing else."""
    rates = {"latentd": [], "bare loop": []}
    with Daemon(arguments.latentd, arguments.models) as daemon, bare_loop(directory) as bare:
        for _ in range(arguments.rounds):
            for name, port in (("latentd", daemon.port), ("bare loop", bare)):
                rates[name].append(wrk(f"http://127.0.0.1:{port}/healthz", 32, arguments.seconds)[0])
    print("| GET /healthz, 32 connections | "
          + ", ".join(f"{name} {statistics.median(values):,.0f}/s" for name, values in rates.items())
          + " | {:.2f} ({:.2f} to {:.2f}) |".format(*sides.ratio(rates["latentd"], rates["bare loop"])), flush=True)


def open_idle(port, count):
    """Connections that have had one answer each, from several addresses, since one has not enough ports for all."""
    request, kept = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", []
    for index in range(count):
        connection = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(f"127.0.1.{index % 40}", 0))
        connection.sendall(request)
        connection.recv(4096)
        kept.append(connection)
    return kept


def idle(arguments, _):
    """Memory of idle connections, and what they do to a busy one: one daemon has them, another has none."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    settings = ["--set", "server.max_connections=20000", "--set", "server.idle_timeout_seconds=3600"]
    tails = {"with": [], "without": []}
    with (Daemon(arguments.latentd, arguments.models, arguments=settings) as crowded,
          Daemon(arguments.latentd, arguments.models, arguments=settings) as empty):
        urls = {name: f"http://127.0.0.1:{daemon.port}/healthz" for name, daemon in (("with", crowded), ("without", empty))}
        for url in urls.values():
            wrk(url, 1, 1)
        before = crowded.resident_megabytes()
        kept = open_idle(crowded.port, arguments.idle)
        memory = (crowded.resident_megabytes() - before) * 1024 / arguments.idle
        for number in range(arguments.rounds):
            for name in sorted(urls, reverse=number % 2 == 1):
                tails[name].append(wrk(urls[name], 1, arguments.seconds)[1])
        for connection in kept:
            connection.close()
    print(f"| {arguments.idle:,} idle connections | {memory:.1f} KB each; p99 of a busy one "
          f"{statistics.median(tails['with']) * 1e3:.0f} us, without {statistics.median(tails['without']) * 1e3:.0f} us | "
          "{:.2f} ({:.2f} to {:.2f}) |".format(*sides.ratio(tails["with"], tails["without"])), flush=True)


def load(port, directory, connections, rate, seconds):
    """Statuses with their counts, and the sorted milliseconds of the 200s, under a rate that does not wait for answers."""
    body, log = pathlib.Path(directory) / "body.json", pathlib.Path(directory) / "h2load.log"
    body.write_text(BODY)
    log.unlink(missing_ok=True)
    subprocess.run(["h2load", "--h1", f"-c{connections}", "-t1", f"--rps={max(1, round(rate / connections))}",
                    f"-D{seconds}", f"-d{body}", "-Hcontent-type: application/json", f"--log-file={log}",
                    f"http://127.0.0.1:{port}/v1/models/mnist-2d/decode"], stdout=subprocess.DEVNULL, check=True)
    statuses, times = {}, []
    for line in log.read_text().splitlines():
        _, status, duration = line.split("\t")[:3]
        statuses[status] = statuses.get(status, 0) + 1
        if status == "200":
            times.append(float(duration) / 1e3)
    return statuses, sorted(times)


def probe(daemon, stop, times):
    """One decode each 20 ms: when, and how long it took in milliseconds; None where it was refused."""
    while not stop.is_set():
        start = time.perf_counter()
        status, _ = daemon.request("POST", "/v1/models/mnist-2d/decode", {"latents": [[0.1, 0.2]]})
        end = time.perf_counter()
        times.append((end, (end - start) * 1e3 if status == 200 else None))
        stop.wait(0.02)


def late_probes(times, usual):
    """Which of the probes were refused or took over twice as long as usual."""
    return [took is None or took > 2 * usual for _, took in times]


def recovery(times, usual, ended):
    """Seconds until no two probes in a row are late any more; a single one comes with a quiet daemon, too."""
    late = late_probes(times, usual)
    pairs = [when for (when, _), this, following in zip(times, late, late[1:] + [False]) if this and following]
    return max(pairs, default=ended) - ended


def overload(arguments, directory):
    """Three times the capacity: what is taken, how late it is answered, and how soon all is well again."""
    with Daemon(arguments.latentd, arguments.models) as daemon:
        capacity = len(load(daemon.port, directory, 32, 10**6, 5)[1]) / 5
        calm = load(daemon.port, directory, 64, 0.3 * capacity, 5)[1]
        stop, times = threading.Event(), []
        prober = threading.Thread(target=probe, args=(daemon, stop, times))
        prober.start()
        time.sleep(QUIET)
        before = list(times)
        usual = statistics.median(took for _, took in before if took)
        statuses, late = load(daemon.port, directory, 256, 3 * capacity, arguments.overload_seconds)
        ended = time.perf_counter()
        time.sleep(QUIET)
        stop.set()
        prober.join()
    after = [one for one in times if one[0] > ended]
    tail, calm_tail = late[int(0.99 * len(late))], calm[int(0.99 * len(calm))]
    print(f"| {3 * capacity:,.0f} decodes/s, 3 x capacity, {arguments.overload_seconds} s | answers {statuses}; p99 "
          f"{tail:.1f} ms, at 0.3 x capacity {calm_tail:.1f} ms; {len(late) / arguments.overload_seconds / capacity:.0%} "
          f"of the capacity served; well again after {recovery(after, usual, ended):.2f} s (late probes in {QUIET} s: "
          f"{sum(late_probes(after, usual))}, before the load {sum(late_probes(before, usual))}) | {tail / calm_tail:.1f} |",
          flush=True)
    if set(statuses) - {"200", "429", "503"}:
        sys.exit("a request failed")


LINES = {"health": health, "idle": idle, "overload": overload}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--models", default=HERE.parent.parent / "deploy" / "models")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="for each measurement")
    parser.add_argument("--idle", type=int, default=10_000)
    parser.add_argument("--overload-seconds", type=int, default=60)
    parser.add_argument("--lines", nargs="+", choices=LINES, default=list(LINES))
    arguments = parser.parse_args()
    print("| what | measured | ratio (by round) |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as directory:
        for line in arguments.lines:
            LINES[line](arguments, directory)


if __name__ == "__main__":
    main()
