"""Two sides measured in turn, so that a busy moment of the machine meets both; only their ratio means something."""
import json
import statistics
import subprocess


def last_line(command, timeout=600):
    """The JSON object on the last line that a command prints."""
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=timeout, text=True)
    return json.loads(run.stdout.strip().splitlines()[-1])


def bench(program, work, *, batches, threads, seconds, model=None, timeout=3600):
    """The document of `latentd bench`, which warms up first; `seconds` are for each combination.

    They are cut into repetitions of half a second, between which the program samples the machine's peak.
    """
    repetitions = max(1, round(seconds / 0.5))
    command = [program, "bench", work, "--batch-sizes", ",".join(map(str, batches)),
               "--threads", ",".join(map(str, threads)), "--seconds", f"{seconds / repetitions:.6f}",
               "--repetitions", str(repetitions), "--json", *(["--model", str(model)] if model else [])]
    run = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=timeout, text=True)
    return json.loads(run.stdout)


def machine(document):
    facts = document["machine"]
    return (f"{facts['processor']}, {facts['cores']} cores, {' '.join(facts['vector_instructions'])}; backend "
            f"{document['backend']}, oneDNN {document.get('onednn_version', 'none')}; {document['measured_at']}")


def ratio(ours, theirs):
    """Of the medians, with the lowest and the highest of single rounds."""
    rounds = sorted(a / b for a, b in zip(ours, theirs))
    return statistics.median(ours) / statistics.median(theirs), rounds[0], rounds[-1]
