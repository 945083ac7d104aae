#!/usr/bin/env python3
"""One engine in a process of its own, so that no engine's threads or memory are another's.

Reads requests and writes replies, one JSON object a line (workers.py is the other side):
  {"size": 32}                     runs all posts once     -> {"wall": s, "cpu": s, "calls": [s]}
  {"size": 1, "posts": 300}        only the first 300
  {"size": 32, "labels": true}     the labels              -> {"labels": [[...], ...]}
  {"size": 32, "emissions": true}  the same of emissions, if the engine gives them
  {"memory": true}                                         -> {"peak_mib": ...}
With --first-post it tags the post of one-post.json, writes its labels and ends.
"""

import argparse
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import posts
from engines import Files, load
from memory import peak_of


class Runner:
    """Posts of one engine in prepared batches."""

    def __init__(self, engine, encoded, callers):
        self.engine, self.encoded = engine, encoded
        self.callers = [engine.caller() for _ in range(callers)]
        self.pool = ThreadPoolExecutor(callers) if callers > 1 else None
        self.prepared = {}

    def batches(self, size, count):
        """[(positions, inputs)]; made once."""
        key = size, count
        if key not in self.prepared:
            chosen = self.encoded[:count]
            self.prepared[key] = [
                (group, self.engine.prepare([chosen[position] for position in group]))
                for group in posts.groups(chosen, size)
            ]
        return self.prepared[key]

    def run_all(self, batches):
        """Seconds of each call, in the batches' order. Callers take the next batch as they become
        free."""
        seconds = [0.0] * len(batches)
        left = iter(enumerate(batches))

        def take(run):
            for position, (_, inputs) in left:
                started = time.perf_counter()
                run(inputs)
                seconds[position] = time.perf_counter() - started

        if self.pool is None:
            take(self.callers[0])
        else:
            list(self.pool.map(take, self.callers))
        return seconds

    def measure(self, size, count):
        batches = self.batches(size, count)
        wall, cpu = time.perf_counter(), time.process_time()
        calls = self.run_all(batches)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return {"wall": wall, "cpu": cpu, "calls": calls}

    def results(self, read, size, count):
        """read(outputs, lengths) of every batch -> one value a post, in the posts' order."""
        found = [None] * len(self.encoded[:count])
        for group, inputs in self.batches(size, count):
            outputs = self.callers[0](inputs)
            lengths = [len(self.encoded[position]) for position in group]
            for position, value in zip(group, read(outputs, lengths)):
                found[position] = value
        return found


def answer(runner, request):
    size, count = request.get("size", 1), request.get("posts")
    if "memory" in request:
        return {"peak_mib": peak_of(Path("/proc/self/status").read_text())}
    if "labels" in request:
        return {"labels": runner.results(runner.engine.labels, size, count)}
    if "emissions" in request:
        rows = runner.results(runner.engine.emissions, size, count)
        return {"emissions": [row.tolist() for row in rows]}
    return runner.measure(size, count)


def answer_or_error(runner, request):
    try:
        return answer(runner, request)
    except Exception as error:  # whatever an engine throws is a result here
        return {"error": f"{type(error).__name__}: {error}"}


def serve(runner, replies):
    for line in sys.stdin:
        print(json.dumps(answer_or_error(runner, json.loads(line))), file=replies, flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("engine")
    parser.add_argument("--build", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--first-post", action="store_true")
    return parser.parse_args()


def main():
    options = arguments()
    # Engines write to standard output as they like; replies have a descriptor of their own.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    files = Files(options.build, options.work)
    try:
        engine = load(options.engine, files, options.threads, options.callers)
        encoded = posts.load(files.one_post if options.first_post else files.ids)
    except Exception as error:
        print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=replies, flush=True)
        return
    runner = Runner(engine, encoded, options.callers)
    if options.first_post:
        print(json.dumps(answer_or_error(runner, {"labels": True})), file=replies, flush=True)
        return
    print(json.dumps({"version": engine.version}), file=replies, flush=True)
    serve(runner, replies)


if __name__ == "__main__":
    main()
