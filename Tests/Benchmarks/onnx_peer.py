"""How many images a second ONNX Runtime encodes or decodes with the preset mnist-2d on this CPU.

  python onnx_peer.py export encode|decode MODEL.onnx --batch 128    # from PyTorch, for this batch size
  python onnx_peer.py run MODEL.onnx --threads 2 [--seconds 3]

`run` prints {"batch", "threads", "images_per_second"}. It is ONNX Runtime at its best: shapes fixed in the graph, every
optimisation, inputs and outputs bound to memory that is there already.
"""
import argparse
import json
import time

NAMES = {"encode": (["images"], ["mean", "log_variance"]), "decode": (["latents"], ["images"])}


def export(work, path, batch):
    import torch

    import mnist_2d

    torch.manual_seed(0)
    model, example = ((mnist_2d.Encode(), torch.rand(batch, 1, 28, 28)) if work == "encode"
                      else (mnist_2d.Decode(), torch.randn(batch, 2)))
    inputs, outputs = NAMES[work]
    torch.onnx.export(model.eval(), (example,), path, input_names=inputs, output_names=outputs, dynamo=False)


def run(path, threads, seconds):
    import numpy
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    generator, binding = numpy.random.default_rng(0), session.io_binding()
    for node in session.get_inputs():
        binding.bind_ortvalue_input(
            node.name, onnxruntime.OrtValue.ortvalue_from_numpy(generator.random(node.shape, dtype=numpy.float32)))
        batch = node.shape[0]
    for node in session.get_outputs():
        binding.bind_ortvalue_output(
            node.name, onnxruntime.OrtValue.ortvalue_from_shape_and_type(node.shape, numpy.float32))

    for _ in range(3):
        session.run_with_iobinding(binding)
    runs, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        session.run_with_iobinding(binding)
        runs += 1
    return {"batch": batch, "threads": threads, "images_per_second": runs * batch / elapsed}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("export")
    command.add_argument("work", choices=NAMES)
    command.add_argument("model")
    command.add_argument("--batch", type=int, default=128)
    command = commands.add_parser("run")
    command.add_argument("model")
    command.add_argument("--threads", type=int, default=1)
    command.add_argument("--seconds", type=float, default=3)
    arguments = parser.parse_args()
    if arguments.command == "export":
        export(arguments.work, arguments.model, arguments.batch)
    else:
        print(json.dumps(run(arguments.model, arguments.threads, arguments.seconds)))


if __name__ == "__main__":
    main()
