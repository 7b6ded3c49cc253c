#!/usr/bin/python3
"""Measures the map page in a headless Chromium without a GPU, and prints a table with bounds and verdicts.

    /usr/bin/python3 Tests/Browser/bench_page.py --latentd .build/release/latentd [--minutes 60] [--only first,frames]

Starts a daemon of its own with the bundled model, and with copies of it whose maps have 70,000 and 1,000,000 points. Frames are
measured with the browser's limit of 60 a second lifted: from one frame to the next while each has something to do, so the time
holds the event, the drawing and the compositor. What a person waits for (the first map, the decoded image) is measured with
that limit. Ends with 1 where a bound is missed.
"""
import argparse
import datetime
import gzip
import pathlib
import platform
import re
import shutil
import sys
import tempfile
import time
import urllib.request

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "Tests" / "Browser"), str(ROOT / "Tests" / "EndToEnd")]
import clouds  # noqa: E402
import probes  # noqa: E402
import support  # noqa: E402
from browser import start_browser  # noqa: E402

UNLIMITED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
KINDS = ("pan", "zoom", "select", "rectangle", "rectangle let go", "lasso", "lasso let go")
PARTS = ("first", "bytes", "frames", "cursor", "memory")


def at(values, part):
    """The quantile."""
    ordered = sorted(values)
    return ordered[round(part * (len(ordered) - 1))]


class Bench:
    def __init__(self, url, options):
        self.url, self.options, self.rows, self.missed = url, options, [], False

    def row(self, what, value, bound=None, aim=None, unit="ms"):
        verdict = "" if bound is None else "good" if value <= (aim or bound) else "within" if value <= bound else "MISSED"
        self.missed |= verdict == "MISSED"
        number = lambda n: "" if n is None else f"{n:.0f} {unit}" if n >= 100 else f"{n:.1f} {unit}"
        self.rows.append(f"| {what} | {number(value)} | {number(bound)} | {number(aim)} | {verdict} |")
        print(self.rows[-1], file=sys.stderr, flush=True)

    def open(self, browser, model):
        browser.get("about:blank")
        browser.get(f"{self.url}/#model={model}")
        support.wait(lambda: self.drawn(browser) > 0, f"the map of {model}")
        support.wait(lambda: browser.execute_script("return document.getElementById('map').dataset.tools") == "there", "what works on it")
        time.sleep(1)  # until what is done after the first map is over

    def drawn(self, browser):
        return int(browser.execute_script("return document.querySelector('.points')?.dataset.drawn ?? -1"))

    def first(self):
        """New browsers: nothing of the page is known, nothing compiled. Then the same again with a full cache."""
        cold, warm = [], []
        for _ in range(self.options.rounds):
            with Browser() as browser:
                browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": probes.FIRST_MAP})
                for times in (cold, warm):
                    browser.get("about:blank")
                    browser.get(f"{self.url}/#model=mnist-2d")
                    times.append(support.wait(lambda: browser.execute_script("return window.firstMap"), "the first map"))
        self.row("first map after navigation, new browser, median", at(cold, 0.5), 500, 250)
        self.row("the same once more, median", at(warm, 0.5), 500, 250)

    def bytes(self):
        """What index.html names, as gzip; everything else is loaded on demand."""
        read = lambda path: urllib.request.urlopen(self.url + path).read()
        page = read("/")
        named = re.findall(rb'(?:href|src)="(/[^"]+\.(?:js|css|svg))"', page)
        size = sum(len(gzip.compress(content, 6)) for content in [page, *(read(path.decode()) for path in sorted(set(named)))])
        self.row("the page itself, gzip", size / 1000, 80, 50, "KB")

    def frames(self):
        for points, bound, aim in ((70_000, 16, 8), (1_000_000, 50, 28)):
            with Browser(*UNLIMITED) as browser:
                self.open(browser, f"cloud-{points}")
                for kind in KINDS:
                    browser.execute_async_script(probes.FRAMES, kind, 20)  # compiles
                    gaps, drawings = browser.execute_async_script(probes.FRAMES, kind, self.options.frames)
                    self.row(f"{kind}, {points:,} points: frame, median", at(gaps, 0.5), bound, aim)
                    self.row(f"{kind}, {points:,} points: frame, p95", at(gaps, 0.95))
                    self.row(f"{kind}, {points:,} points: drawing the points, median", at(drawings, 0.5))

    def cursor(self):
        for decoder, fragment in (("the daemon", ""), ("the page", "&decode=page")):
            with Browser() as browser:
                self.open(browser, "mnist-2d" + fragment)
                if fragment and browser.execute_script("return document.getElementById('in-page-switch')?.dataset.ready") != "true":
                    continue
                browser.execute_async_script(probes.CURSOR, 30)
                times = browser.execute_async_script(probes.CURSOR, self.options.moves)
                self.row(f"cursor to image, decoded by {decoder}, p95", at(times, 0.95), 33, 16)
                self.row(f"cursor to image, decoded by {decoder}, median", at(times, 0.5))

    def memory(self):
        """The first fifth fills caches; after it the heap must not grow by more than a tenth and 2 MB."""
        minutes = self.options.minutes
        with Browser() as browser:
            self.open(browser, "cloud-70000")
            heaps = []
            for _ in range(10):
                browser.execute_async_script(probes.USE, minutes * 6)
                browser.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
                metrics = {m["name"]: m["value"] for m in browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]}
                heaps.append((metrics["JSHeapUsedSize"] / 1e6, metrics["Nodes"], renderer_megabytes(browser)))
                print("heap %.1f MB, %d nodes, process %.0f MB" % heaps[-1], file=sys.stderr, flush=True)
        early, late = heaps[1:4], heaps[-3:]
        bound = at([heap for heap, _, _ in early], 0.5) * 1.1 + 2
        self.row(f"heap after {minutes} minutes of random use", at([heap for heap, _, _ in late], 0.5), bound, unit="MB")
        self.row("elements at its end", late[-1][1], at([nodes for _, nodes, _ in early], 1) * 1.1 + 200, unit="")
        self.row("the page's process after a fifth", at([size for _, _, size in early], 0.5), unit="MB")
        self.row("the page's process at its end", at([size for _, _, size in late], 0.5), unit="MB")


class Browser:
    def __init__(self, *more):
        self.more = more

    def __enter__(self):
        self.browser = start_browser(*self.more)
        self.browser.set_script_timeout(3600)
        self.browser.execute_cdp_cmd("Performance.enable", {})
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": 1360, "height": 860, "deviceScaleFactor": 1, "mobile": False})
        return self.browser

    def __exit__(self, *_):
        self.browser.quit()


def renderer_megabytes(browser):
    """The resident memory of the largest renderer below this chromedriver."""
    parents, sizes = {}, {}
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines() if ":\t" in line)
            parents[int(folder.name)] = int(status["PPid"])
            if b"--type=renderer" in (folder / "cmdline").read_bytes():
                sizes[int(folder.name)] = int(status["VmRSS"].split()[0]) / 1000
        except (OSError, KeyError, ValueError):
            continue

    def is_ours(process):
        while process in parents:
            if process == browser.service.process.pid:
                return True
            process = parents[process]
        return False
    return max((size for process, size in sizes.items() if is_ours(process)), default=0)


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    cores = len(re.findall(r"^processor", pathlib.Path("/proc/cpuinfo").read_text(), re.M))
    load = pathlib.Path("/proc/loadavg").read_text().split()[0]
    return f"{cores} cores of {model.group(1) if model else platform.machine()}, no GPU, load {load}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", type=pathlib.Path, default=support.PROGRAM)
    parser.add_argument("--rounds", type=int, default=7, help="new browsers for the first map")
    parser.add_argument("--frames", type=int, default=120)
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=5, help="of random use for the memory")
    parser.add_argument("--only", default=",".join(PARTS), help="some of " + ", ".join(PARTS))
    options = parser.parse_args()
    support.PROGRAM = options.latentd.resolve()
    with tempfile.TemporaryDirectory(prefix="latentd-page-") as directory:
        folder = pathlib.Path(directory)
        shutil.copytree(support.BUNDLED, folder / "models")
        for name in ("state", "data"):
            (folder / name).mkdir()
        for points in (70_000, 1_000_000):
            clouds.write_model(folder / "models", f"cloud-{points}", *clouds.like_bundled(points))
        with support.Daemon(folder, "--set", f"paths.public_dir={ROOT / 'public'}") as daemon:
            bench = Bench(f"http://127.0.0.1:{daemon.port}", options)
            for part in options.only.split(","):
                getattr(bench, part)()
            with Browser() as browser:
                version = browser.capabilities["browserVersion"]
    print(f"{machine()}, Chromium {version}, map of a window of 1360 x 860, {datetime.date.today():%d %B %Y}\n")
    print("| what | measured | bound | aim | |\n|---|---|---|---|---|")
    print("\n".join(bench.rows))
    sys.exit(1 if bench.missed else 0)


if __name__ == "__main__":
    main()
