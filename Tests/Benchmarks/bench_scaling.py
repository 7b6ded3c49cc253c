"""What one image costs by batch size, latent dimension, image size and threads.

  python bench_scaling.py --latentd ../../.build/release/latentd --output DIRECTORY [--axes batch latent image]
  python bench_scaling.py --output DIRECTORY --plot-only       # draws the measurements that are there

The preset mnist-2d with one thing changed at a time, through `latentd bench`. Leaves scaling.json (every document of
`latentd bench`, machine and peak included), scaling.csv (a line a measurement) and scaling.svg in the directory.
"""
import argparse
import csv
import json
import pathlib
import tempfile

import sides

AXES = {
    "batch": [2**power for power in range(13)],
    "latent": [2**power for power in range(1, 10)],
    "image": [28, 32, 48, 64, 96, 128],
}
LABELS = {"batch": "images at once", "latent": "latent dimensions", "image": "rows and columns of an image"}
WORKS = ["train", "encode", "decode"]
COLUMNS = ["axis", "value", "work", "batch", "latent_dimension", "image_size", "threads", "images_per_second",
           "microseconds_per_image", "operations_per_image", "gflops", "share_of_peak"]


def configuration(latent=2, size=28):
    """mnist-2d with other ends: images of `size` rows and columns, a multiple of 4, and `latent` dimensions."""
    def layer(kind, filters, stride, **others):
        return {"type": kind, "filters": filters, "kernel": 3, "stride": stride, "padding": "same", **others}

    return {
        "family": "vae", "input": {"channels": 1, "height": size, "width": size}, "latent_dimension": latent,
        "encoder": [layer("convolution", filters, stride) for filters, stride in ((32, 1), (64, 2), (64, 2), (64, 1))],
        "decoder": [
            {"type": "dense", "units": 64 * (size // 4) ** 2, "activation": "none"},
            {"type": "reshape", "shape": [64, size // 4, size // 4]},
            *[layer("transposed_convolution", filters, stride) for filters, stride in ((64, 1), (64, 2), (32, 2))],
            layer("transposed_convolution", 1, 1, activation="none"),
        ],
        "activation": {"type": "leaky_relu", "slope": 0.3},
    }


def points(axis, values, batch):
    """The runs of one axis: the value (None where the rows tell), the configuration and the batch sizes."""
    if axis == "batch":
        return [(None, configuration(), values)]
    if axis == "latent":
        return [(value, configuration(latent=value), [batch]) for value in values]
    return [(value, configuration(size=value), [batch]) for value in values]


def measure(arguments):
    program, runs = str(pathlib.Path(arguments.latentd).resolve()), []
    for axis in arguments.axes:
        values = [value for value in AXES[axis] if value <= arguments.largest]
        for value, config, batches in points(axis, values, arguments.batch):
            print(f"{axis} {value or batches} ...", flush=True)
            with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
                json.dump(config, file)
                file.flush()
                document = sides.bench(program, "all", batches=batches, threads=arguments.threads,
                                       seconds=arguments.seconds, model=file.name)
            document["model"]["name"] = "mnist-2d" if value is None else f"mnist-2d with {axis} {value}"
            runs.append({"axis": axis, "value": value, "document": document})
    return runs


def rows(runs):
    for run in runs:
        model = run["document"]["model"]
        for row in run["document"]["rows"]:
            yield {
                "axis": run["axis"], "value": run["value"] or row["batch"], "work": row["work"], "batch": row["batch"],
                "latent_dimension": model["latent_dimension"], "image_size": model["input"]["height"],
                "threads": row["threads"], "images_per_second": row["images_per_second"],
                "microseconds_per_image": 1e6 / row["images_per_second"],
                "operations_per_image": model["operations_per_image"][row["work"]], "gflops": row["gflops"],
                "share_of_peak": row["share_of_peak"],
            }


def draw(table, note, path):
    """Two rows of panels: microseconds an image, and the share of the peak, which is flat where cost follows work."""
    import matplotlib
    matplotlib.use("svg")
    from matplotlib import pyplot
    from matplotlib.ticker import FuncFormatter

    matplotlib.rcParams.update({"svg.hashsalt": "latentd", "svg.fonttype": "none", "font.size": 9, "axes.grid": True,
                                "grid.alpha": 0.3})
    axes_names = [axis for axis in AXES if any(row["axis"] == axis for row in table)]
    figure, panels = pyplot.subplots(2, len(axes_names), figsize=(4 * len(axes_names), 6.5), squeeze=False,
                                     sharex="col", sharey="row")
    for column, axis in enumerate(axes_names):
        cost, share = panels[0][column], panels[1][column]
        for color, work in zip(("#b2182b", "#2166ac", "#1b7837"), WORKS):
            for threads in sorted({row["threads"] for row in table}):
                line = sorted((row["value"], row["microseconds_per_image"], row["share_of_peak"]) for row in table
                              if (row["axis"], row["work"], row["threads"]) == (axis, work, threads))
                if not line:
                    continue
                x, microseconds, shares = zip(*line)
                style = {"color": color, "marker": "o", "markersize": 3, "linestyle": "--" if threads == 1 else "-",
                         "label": f"{work}, {threads} thread{'s' * (threads > 1)}"}
                cost.plot(x, microseconds, **style)
                share.plot(x, [100 * value for value in shares], **style)
        cost.set(xscale="log", yscale="log")
        share.set(xlabel=LABELS[axis], ylim=(0, None))
        values = sorted({row["value"] for row in table if row["axis"] == axis})
        shown = values if len(values) < 9 else values[::2]
        share.set_xticks(shown, [str(value) for value in shown])
        share.minorticks_off()
        cost.minorticks_off()
        cost.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
    panels[0][0].set_ylabel("µs an image")
    panels[1][0].set_ylabel("% of a large matrix product's speed")
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="upper center", ncols=len(WORKS), frameon=False)
    figure.text(0.5, 0.005, note, ha="center", fontsize=7)
    figure.tight_layout(rect=(0, 0.02, 1, 0.91))
    figure.savefig(path, metadata={"Date": None})


def super_linear(table, bound=1.25):
    """Where an operation costs more than it did at the axis' smallest value."""
    found = []
    for key in sorted({(row["axis"], row["work"], row["threads"]) for row in table}):
        line = sorted((row["value"], row["microseconds_per_image"] / row["operations_per_image"]) for row in table
                      if (row["axis"], row["work"], row["threads"]) == key)
        best, best_at = line[0][1], line[0][0]
        for value, cost in line[1:]:
            if cost > bound * best:
                found.append(f"{key[1]}, {key[2]} threads: an operation at {key[0]} {value} costs {cost / best:.2f} "
                             f"times that at {best_at}")
            if cost < best:
                best, best_at = cost, value
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latentd", help="the program")
    parser.add_argument("--output", type=pathlib.Path, required=True, help="the directory to leave the results in")
    parser.add_argument("--axes", nargs="+", choices=AXES, default=list(AXES))
    parser.add_argument("--largest", type=int, default=4096, help="leave larger values of every axis out")
    parser.add_argument("--batch", type=int, default=128, help="images at once where the batch is not the axis")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--seconds", type=float, default=2, help="for each measurement")
    parser.add_argument("--plot-only", action="store_true")
    arguments = parser.parse_args()
    if not arguments.plot_only and not arguments.latentd:
        parser.error("--latentd is needed to measure")

    arguments.output.mkdir(parents=True, exist_ok=True)
    everything = arguments.output / "scaling.json"
    if not arguments.plot_only:
        everything.write_text(json.dumps(measure(arguments), indent=1) + "\n")
    runs = json.loads(everything.read_text())
    table = list(rows(runs))
    with open(arguments.output / "scaling.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(table)
    draw(table, sides.machine(runs[0]["document"]), arguments.output / "scaling.svg")
    print(f"{len(table)} measurements in {arguments.output}")
    for line in super_linear(table):
        print(line)


if __name__ == "__main__":
    main()
