"""Latency of one decode over HTTP, latentd and the FastAPI peer in turn on this machine.

  python bench_serve.py --latentd ../../.build/release/latentd [--rounds 5] [--at-most 0.5]

One connection, kept alive, one request at a time, preset mnist-2d with the same weights on both sides. Also printed:
the time from exec to the first decoded image, idle memory and, where `wrk` is installed, throughput with 32 connections.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
import checkpoint_folder  # noqa: E402
from daemon import Daemon, free_port  # noqa: E402

BODY = b'{"latents":[[0.123,-0.456]]}'


def request_bytes(path):
    return (f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(BODY)}\r\n\r\n").encode() + BODY


class Client:
    """Just enough HTTP to add little of its own: a request that never changes, an answer with a Content-Length."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = request_bytes(path)

    def decode(self):
        """The answer's body."""
        self.socket.sendall(self.request)
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self.receive()
        head = received[:end].lower()
        if b" 200 " not in head.split(b"\r\n")[0] + b" ":
            raise RuntimeError(f"not 200: {received[:500]!r}")
        length = int(re.search(rb"\r\ncontent-length: *(\d+)", head)[1])
        while len(received) < end + 4 + length:
            received += self.receive()
        return received[end + 4 :]

    def receive(self):
        part = self.socket.recv(1 << 18)
        if not part:
            raise RuntimeError("the server closed the connection")
        return part

    def close(self):
        self.socket.close()


def latencies(port, path, seconds):
    """Microseconds of every request, sorted, after a warm-up of a fifth of the time."""
    client, times = Client(port, path), []
    start = time.perf_counter()
    while (now := time.perf_counter()) - start < seconds * 1.2:
        client.decode()
        if now - start >= seconds * 0.2:
            times.append((time.perf_counter() - now) * 1e6)
    client.close()
    return sorted(times)


def throughput(port, path, seconds):
    """Requests a second with 32 connections, or None without wrk."""
    if not shutil.which("wrk"):
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(f"wrk.method = 'POST'\nwrk.body = '{BODY.decode()}'\n"
                     "wrk.headers['Content-Type'] = 'application/json'\n")
        script.flush()
        run = subprocess.run(["wrk", "-t1", "-c32", f"-d{max(1, round(seconds))}", "-s", script.name,
                              f"http://127.0.0.1:{port}{path}"], stdout=subprocess.PIPE, text=True, check=True)
    if "Non-2xx" in run.stdout:
        raise RuntimeError(run.stdout)
    return float(re.search(r"Requests/sec: *([\d.]+)", run.stdout)[1])


def start_peer(folder, directory):
    model, port = pathlib.Path(directory) / "decoder.onnx", free_port()
    subprocess.run([sys.executable, HERE / "http_peer.py", folder, model], check=True, cwd=HERE,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "http_peer:app", "--host", "127.0.0.1", "--port", str(port),
         "--log-level", "error", "--loop", "uvloop", "--http", "httptools"],
        cwd=HERE, env={**os.environ, "LATENTD_PEER_MODEL": str(model)})
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return process, port
        except OSError:
            time.sleep(0.1)
    process.kill()
    raise RuntimeError("the peer did not start")


def first_image(program, models_dir, path):
    """Milliseconds from exec to the first decoded image, and the resident megabytes a second after it."""
    daemon = Daemon(program, models_dir)

    def connect_and_decode():
        while time.perf_counter() - daemon.started < daemon.start_timeout:
            try:
                client = Client(daemon.port, path)
                client.decode()
                daemon.first = (time.perf_counter() - daemon.started) * 1e3
                client.close()
                return
            except (OSError, RuntimeError):
                if daemon.process.poll() is not None:
                    raise RuntimeError(daemon.said())
                time.sleep(0.001)
        raise RuntimeError("no image: " + daemon.said())

    daemon.wait_until_ready = connect_and_decode
    with daemon:
        time.sleep(1)
        return daemon.first, daemon.resident_megabytes()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", help="the program; without it only the peer is measured")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3, help="for each measurement")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="a mnist-2d version folder MODELS/NAME/VERSION; else random")
    parser.add_argument("--at-most", type=float, help="exit with 1 where the ratio of the medians is above this")
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as directory:
        folder = arguments.checkpoint or checkpoint_folder.write(
            pathlib.Path(directory) / "models", "mnist-2d", checkpoint_folder.MNIST_2D)
        folder = folder.resolve()
        models_dir, path = folder.parent.parent, f"/v1/models/{folder.parent.name}/decode"
        measure(arguments, folder, models_dir, path, directory)


def measure(arguments, folder, models_dir, path, directory):
    program = str(pathlib.Path(arguments.latentd).resolve()) if arguments.latentd else None
    if program:
        starts = [first_image(program, models_dir, path) for _ in range(arguments.rounds)]
        print(f"exec to the first image: median {statistics.median(t for t, _ in starts):.0f} ms "
              f"(highest {max(t for t, _ in starts):.0f}); idle memory {max(m for _, m in starts):.1f} MB", flush=True)
    peer, peer_port = start_peer(folder, directory)
    try:
        if not program:
            return compare(arguments, {"peer": (peer_port, "/decode")})
        with Daemon(program, models_dir) as daemon:
            compare(arguments, {"latentd": (daemon.port, path), "peer": (peer_port, "/decode")})
    finally:
        peer.terminate()
        peer.wait(10)


def compare(arguments, servers):
    for name, (port, path) in servers.items():
        client = Client(port, path)
        image = json.loads(client.decode())["images"][0]
        client.close()
        print(f"{name} answers {json.dumps(image)[:60]}...")
    medians, tails, rates = ({name: [] for name in servers} for _ in range(3))
    for turn in range(arguments.rounds):
        for name, (port, path) in servers.items():
            times = latencies(port, path, arguments.seconds)
            medians[name].append(statistics.median(times))
            tails[name].append(times[int(0.99 * len(times))])
            rates[name].append(throughput(port, path, arguments.seconds))
        print(f"round {turn + 1}: " + ", ".join(f"{name} {values[-1]:.0f} µs" for name, values in medians.items()), flush=True)

    print("\n| one connection, one decode | median µs | p99 µs | 32 connections, requests/s |\n|---|---|---|---|")
    for name in servers:
        rate = f"{statistics.median(rates[name]):,.0f}" if rates[name][0] else "no wrk"
        print(f"| {name} | {statistics.median(medians[name]):.0f} | {statistics.median(tails[name]):.0f} | {rate} |")
    if "latentd" not in servers:
        return
    ratio = statistics.median(medians["latentd"]) / statistics.median(medians["peer"])
    rounds = sorted(ours / theirs for ours, theirs in zip(medians["latentd"], medians["peer"]))
    print(f"\nlatentd / peer, median latency: {ratio:.2f} (by round {rounds[0]:.2f} to {rounds[-1]:.2f})")
    if arguments.at_most and ratio > arguments.at_most:
        sys.exit(f"above {arguments.at_most}")


if __name__ == "__main__":
    main()
