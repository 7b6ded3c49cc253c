"""What the daemon tells about itself: /metrics as Prometheus reads it."""
import re
import shutil
import subprocess
import unittest

import support
from support import Daemon, InFolder

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})? (\S+)')


def parse(text):
    """Every sample as {(name, labels): value}; fails where the text format 0.0.4 is broken."""
    samples, types, family = {}, {}, None
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            family = line.split(" ")[2]
            assert family not in types and len(line.split(" ", 3)[3]) > 0, line
            continue
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name == family and kind in ("counter", "gauge", "histogram"), line
            assert name.endswith("_total") == (kind == "counter"), line
            types[name] = kind
            continue
        match = SAMPLE.fullmatch(line)
        assert match, line
        name, labels, value = match[1], tuple(sorted(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', match[2] or ""))), float(match[3])
        suffixes = ("_bucket", "_sum", "_count") if types[family] == "histogram" else ("",)
        assert name in [family + suffix for suffix in suffixes], line
        assert (name, labels) not in samples, f"twice: {line}"
        samples[name, labels] = value
    for name in (name for name, kind in types.items() if kind == "histogram"):
        series = {}
        for (sample, labels), value in samples.items():
            if sample == name + "_bucket":
                rest = tuple(pair for pair in labels if pair[0] != "le")
                series.setdefault(rest, []).append((float(dict(labels)["le"]), value))
        for labels, buckets in series.items():
            counts = [count for _, count in sorted(buckets)]
            assert counts == sorted(counts) and max(buckets)[0] == float("inf"), name
            assert counts[-1] == samples[name + "_count", labels], name
    return samples


class Metrics(InFolder):
    def test_numbers_of_what_was_done(self):
        with Daemon(self.folder) as daemon:
            for _ in range(5):
                daemon.call("POST", "/v1/models/small/decode", {"latents": [[0, 0]]})
            daemon.request("POST", "/v1/models/small/decode", {"latents": "x"})
            daemon.request("GET", "/v1/nothing")
            daemon.request("GET", "/")
            # An answer is counted just after it was sent.
            support.wait(lambda: b'route="/{file...}"' in daemon.request("GET", "/metrics")[1], "the counts", 10)
            status, text = daemon.request("GET", "/metrics")
            self.assertEqual(status, 200)
            samples = parse(text.decode())
            decode = (("method", "POST"), ("route", "/v1/models/{model}/decode"))

            def requests(status, labels=decode):
                return samples["latentd_http_requests_total", tuple(sorted(labels + (("status", status),)))]

            self.assertEqual(requests("200"), 5)
            self.assertEqual(requests("422"), 1)
            self.assertEqual(requests("404", (("method", "GET"), ("route", "none"))), 1)
            self.assertEqual(requests("200", (("method", "GET"), ("route", "/{file...}"))), 1)
            self.assertEqual(samples["latentd_http_request_duration_seconds_count", decode], 6)
            self.assertGreater(samples["latentd_http_request_duration_seconds_sum", decode], 0)
            self.assertGreater(samples["latentd_http_response_body_bytes_total", decode], 1000)
            self.assertEqual(samples["latentd_models", (("state", "ready"),)], 1)
            self.assertEqual(samples["latentd_http_requests_in_flight", ()], 1, "this one")
            self.assertGreater(samples["process_resident_memory_bytes", ()], 1 << 20)
            for name in ("latentd_http_connections", "process_open_fds", "process_cpu_seconds_total"):
                self.assertGreater(samples[name, ()], 0, name)
            # Values are read while others change them: still whole.
            self.assertEqual(parse(daemon.request("GET", "/metrics")[1].decode())["latentd_models", (("state", "failed"),)], 0)

    @unittest.skipUnless(shutil.which("promtool"), "there is no promtool: Tests/promtool.sh puts it into .build/tools")
    def test_promtool_finds_nothing(self):
        with Daemon(self.folder) as daemon:
            daemon.call("POST", "/v1/models/small/decode", {"latents": [[0, 0]]})
            text = daemon.request("GET", "/metrics")[1]
            run = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=60)
            self.assertEqual((run.returncode, run.stdout + run.stderr), (0, b""))
