"""Mixed traffic, right and wrong, for a long time: whether memory grows and whether anything is answered 500.

  python soak.py --latentd ../../.build/release/latentd [--minutes 60] [--rate 100] [--at-most 0.01]

Growth is that of the median resident memory of the last minute over the second one's.
"""
import argparse
import base64
import collections
import gzip
import json
import pathlib
import random
import socket
import statistics
import struct
import sys
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Peers"))
from daemon import Daemon  # noqa: E402

MODEL = "/v1/models/mnist-2d"


def png(side, draw):
    """A grey picture of side x side."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes(draw.randrange(256) for _ in range(side)) for _ in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def request(method, path, body=b"", **fields):
    fields = {"Host": "localhost", **({"Content-Length": len(body)} if body else {}), **fields}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def as_json(path, value, **fields):
    return request("POST", MODEL + path, json.dumps(value).encode(), Content_Type="application/json", **fields)


def latent(draw):
    return [draw.gauss(0, 1.5), draw.gauss(0, 1.5)]


# What is sent, each with its weight.
TRAFFIC = [
    (20, lambda draw: as_json("/decode", {"latents": [latent(draw)]})),
    (6, lambda draw: as_json("/decode", {"latents": [latent(draw) for _ in range(draw.randrange(1, 64))]})),
    (3, lambda draw: as_json("/decode?format=png", {"latents": [latent(draw) for _ in range(9)]})),
    (4, lambda draw: as_json("/decode", {"latents": [latent(draw)]}, Accept_Encoding="gzip")),
    (6, lambda draw: request("POST", MODEL + "/encode", png(28, draw), Content_Type="image/png")),
    (3, lambda draw: as_json("/reconstruct", {"image": {"png": base64.b64encode(png(28, draw)).decode()}})),
    (3, lambda draw: as_json("/interpolate", {"from": {"latent": latent(draw)}, "to": {"latent": latent(draw)},
                                              "steps": 9})),
    (3, lambda draw: as_json("/sample", {"count": 16, "seed": draw.randrange(1000)})),
    (1, lambda draw: request("GET", MODEL + "/manifold.png?columns=10&rows=10")),
    (1, lambda draw: request("GET", MODEL + "/map")),
    (5, lambda draw: request("GET", draw.choice(["/", "/v1/models", "/healthz", "/metrics", "/v1/jobs", "/nothing"]))),
    (2, lambda draw: request("POST", MODEL + "/encode", draw.randbytes(2000), Content_Type="image/png")),
    (2, lambda draw: as_json("/decode", {"latents": [[1, 2, 3]]})),
    (2, lambda draw: request("POST", MODEL + "/decode", b'{"latents": [[', Content_Type="application/json")),
    (1, lambda draw: request("POST", MODEL + "/decode", gzip.compress(b"[" * 10**6), Content_Type="application/json",
                             Content_Encoding="gzip")),
    (1, lambda draw: b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
    (1, lambda draw: draw.randbytes(200)),
]


def exchange(port, data, draw):
    """The answer's status, or why there is none. Some clients leave in the middle, and some write piece by piece."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as client:
        manner = draw.random()
        if manner < 0.03:
            client.sendall(data[:draw.randrange(len(data))])
            return "left"
        if manner < 0.05:
            for start in range(0, len(data), max(1, len(data) // 5)):
                client.sendall(data[start:start + max(1, len(data) // 5)])
        else:
            client.sendall(data)
        client.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while part := client.recv(1 << 16):
                answer += part
        except ConnectionError:
            return "reset"
    return answer.split(b" ", 2)[1].decode(errors="replace") if answer.startswith(b"HTTP/1.1 ") else "nothing"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", required=True, type=lambda path: str(pathlib.Path(path).resolve()))
    parser.add_argument("--models", default=HERE.parent.parent / "deploy" / "models")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--rate", type=float, default=100, help="requests a second at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-most", type=float, default=0.01, help="growth above which this fails")
    arguments = parser.parse_args()

    draw, statuses, memory = random.Random(arguments.seed), collections.Counter(), []
    weights, makers = zip(*TRAFFIC)
    with Daemon(arguments.latentd, arguments.models) as daemon:
        descriptors = pathlib.Path(f"/proc/{daemon.process.pid}/fd")
        start, sampled, opened = time.monotonic(), 0, len(list(descriptors.iterdir()))
        while (elapsed := time.monotonic() - start) < arguments.minutes * 60:
            if elapsed >= sampled + 1:
                sampled = int(elapsed)
                memory.append((elapsed, daemon.resident_megabytes()))
            statuses[exchange(daemon.port, draw.choices(makers, weights)[0](draw), draw)] += 1
            time.sleep(max(0, sum(statuses.values()) / arguments.rate - (time.monotonic() - start)))
        time.sleep(1)
        left = len(list(descriptors.iterdir()))
    begin = statistics.median(megabytes for when, megabytes in memory if 60 <= when < 120 or arguments.minutes < 2)
    end = statistics.median(megabytes for when, megabytes in memory if when >= memory[-1][0] - 60)
    print(f"{sum(statuses.values()):,} requests in {arguments.minutes:g} minutes: {dict(sorted(statuses.items()))}")
    print(f"memory {begin:.1f} MB after the first minute, {end:.1f} MB in the last: {end / begin - 1:+.2%}; "
          f"descriptors {opened} before, {left} after")
    if statuses["500"] or end / begin - 1 > arguments.at_most or left > opened + 5:
        sys.exit(1)


if __name__ == "__main__":
    main()
