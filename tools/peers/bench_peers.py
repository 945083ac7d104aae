#!/usr/bin/env python3
"""Our compiled tagger beside PyTorch, ONNX Runtime and OpenVINO, on the same weights and posts.

Compared is the network alone, from ids to labels: the text rules are ours in every case. Each
engine runs in a process of its own; passes are interleaved, figures are medians. Padded batches
are made beforehand and not timed. Exit status: 0 if every engine gave our labels (but for ties by
rounding), 1 if not.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path

import executable
import onnx_graph
import posts
import probes
import report
import weights
from engines import ENGINES, OURS, Files
from measuring import ONE, SIZES, SPLIT_CALL, TWO_CALLS, Field
from workers import EngineError, seconds_to_first_line, start_up

EXAMPLES = """example:
  make bench-peers DATA=DATA
  build/peers-venv/bin/python tools/peers/bench_peers.py --posts DATA/twitter2015/valid.txt \\
      --captions DATA/twitter2015/captions.tsv --json peers.json
"""


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--posts", type=Path, required=True, help="JSON Lines, or CoNLL (.txt)")
    parser.add_argument("--captions", type=Path, help="IMGID<TAB>caption lines for CoNLL posts")
    parser.add_argument("--build", default="build", help="folder of `make build` [%(default)s]")
    parser.add_argument("--work", help="folder for graphs and logs [BUILD/peers]")
    parser.add_argument("--rounds", type=int, default=5, help="[%(default)s]")
    parser.add_argument(
        "--single-posts",
        type=int,
        default=200,
        metavar="N",
        help="posts of a pass one by one [%(default)s]",
    )
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=SIZES,
        metavar="N",
        help="batch sizes tried [8 16 32 64 128]",
    )
    parser.add_argument("--threads", type=int, default=2, choices=[1, 2], help="at most [2]")
    parser.add_argument(
        "--engines", nargs="+", default=list(ENGINES), choices=list(ENGINES), metavar="NAME"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    options = parser.parse_args()
    options.work = options.work or str(Path(options.build) / "peers")
    options.engines = list(dict.fromkeys([OURS, *options.engines]))
    return options


def machine():
    info = Path("/proc/cpuinfo").read_text()
    name = next(line for line in info.splitlines() if line.startswith("model name"))
    return f"{name.partition(':')[2].strip()}, {os.cpu_count()} cores"


def check_executable(reference, labels, files, path):
    """The ids that engines get must be those that the executable uses."""
    named = [[labels[label] for label in post] for post in reference]
    wrong = [
        n for n, pair in enumerate(zip(executable.tags(files, path), named)) if pair[0] != pair[1]
    ]
    if wrong:
        raise ValueError(f"the executable gives other tags than its library for posts {wrong[:10]}")


def measure_start(names, options, files, one_record):
    """Medians of process start to first tags. Ours begins with a JSON line, peers with ids."""
    line = Path(options.work) / "one-post.jsonl"
    line.write_text(json.dumps(one_record) + "\n", encoding="utf-8")
    actions = {name: (lambda name=name: start_up(name, options)) for name in names if name != OURS}
    actions = {
        OURS: lambda: seconds_to_first_line([str(files.tagger), str(line)], 1, options.log),
        **actions,
    }
    starts = {}
    for name, action in actions.items():
        try:
            action()
            starts[name] = statistics.median(action() for _ in range(3))
        except EngineError as error:
            starts[name] = str(error)
    return starts


def run_field(setup, options, state, sizes_of, reference=None, beside=None):
    """Results of the engines that `sizes_of` names, and the reference: our labels and emissions."""
    names = [name for name in sizes_of if not (name == OURS and setup.threads > 1)]
    field = Field(names, setup, options, (min(options.single_posts, options.count), options.count))
    field.warm(sizes_of)
    field.measure(options.rounds, beside)
    if reference is None:
        reference = field.reference()
    field.compare(reference, state)
    return field.finish(), reference


def prepare(options):
    """Writes what the engines read. Returns files, records, label names and weights."""
    work = Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    options.log = open(work / "engines.log", "w", encoding="utf-8")
    files = Files(options.build, work)
    records = posts.read_records(options.posts, options.captions)
    encoded, labels = posts.encode(records, files.tagger, files.vocabulary)
    posts.save(encoded, files.ids)
    posts.save(encoded[:1], files.one_post)
    options.count = len(encoded)
    state = weights.load(files.weight_file)
    for form, path in files.onnx.items():
        onnx_graph.write(state, form, path)
    print(f"{machine()}; {len(encoded)} posts, {sum(map(len, encoded))} tokens\n", flush=True)
    return files, records, labels, state


def run_two_threads(results, options, state, reference, whole):
    """Adds both ways to use two cores, with the batch sizes that were best on one."""
    working = {name: result for name, result in results[ONE].items() if not result.error}
    sizes_of = {name: [result.bulk.size] for name, result in working.items()}
    for setup, beside in ((SPLIT_CALL, None), (TWO_CALLS, whole)):
        results[setup], _ = run_field(setup, options, state, sizes_of, reference, beside)


def wrong_engines(results):
    return [
        f"{name}, {setup}: {result.agreement}"
        for setup, by_name in results.items()
        for name, result in by_name.items()
        if result.agreement and result.agreement.wrong
    ]


def show(*tables):
    for text in tables:
        print(text, "\n", flush=True)


def main():
    options = arguments()
    files, records, labels, state = prepare(options)
    wholes = [
        executable.Whole(files, records, Path(options.work), size, threads)
        for size, threads in ((1, 1), (32, 1), (32, 2))
        if threads <= options.threads
    ]
    results = {}
    results[ONE], reference = run_field(
        ONE,
        options,
        state,
        {name: options.sizes for name in options.engines},
        beside=lambda: [whole() for whole in wholes if whole.threads == 1],
    )
    check_executable(reference[0], labels, files, wholes[0].input)
    show(report.one_thread(results[ONE]))
    if options.threads > 1:
        run_two_threads(results, options, state, reference, wholes[-1])
        show(report.two_threads(results))
    show(report.whole(wholes, results))
    starts = measure_start(options.engines, options, files, records[0])
    # Ours without Python: the executable's.
    peaks = {name: result.peak_mib for name, result in results[ONE].items()}
    peaks[OURS] = executable.peak_mib(files, wholes[0].input)
    show(report.start_and_memory(starts, peaks))
    tried = probes.probe(reference[0], options)
    show(report.table(["tried", "found"], tried))
    if options.json:
        content = report.as_json(results, starts, peaks, wholes, tried, machine())
        options.json.write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")
    return wrong_engines(results)


if __name__ == "__main__":
    try:
        found = main()
    except (OSError, RuntimeError, ValueError) as error:
        raise SystemExit(f"bench_peers.py: {error}")
    if found:
        sys.exit("bench_peers.py: other tags than ours: " + "; ".join(found))
