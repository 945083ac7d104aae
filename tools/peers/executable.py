"""The whole program, from JSON lines to entities in JSON lines: the compiled executable."""

import json
import resource
import subprocess
import threading
import time
from pathlib import Path

from measuring import Timing
from memory import peak_of


def children_cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Whole:
    """Passes of the executable over a file. Process start and end are in the time."""

    def __init__(self, files, records, work, size, threads):
        self.threads = threads
        self.input = work / "posts.jsonl"
        with open(self.input, "w", encoding="utf-8") as file:
            for record in records:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        switches = [f"--threads={threads}", f"--batch={size}"]
        self.command = [str(files.tagger), *switches, str(self.input)]
        self.timing = Timing(size, len(records))

    def __call__(self):
        wall, cpu = time.perf_counter(), children_cpu()
        subprocess.run(self.command, stdout=subprocess.DEVNULL, check=True)
        self.timing.add({"wall": time.perf_counter() - wall, "cpu": children_cpu() - cpu})


def tags(files, path):
    """Of every post."""
    done = subprocess.run([str(files.tagger), str(path)], stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["tags"] for line in done.stdout.decode("utf-8").split("\n") if line]


def peak_mib(files, path):
    """Memory of the executable when it has tagged a file, weights included. It is asked while the
    process still waits for more: what wait4 tells begins with the parent's own memory."""
    lines = Path(path).read_bytes().splitlines(keepends=True)
    with subprocess.Popen(
        [str(files.tagger), "--threads=1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:

        def feed():
            process.stdin.writelines(lines)
            process.stdin.flush()

        writer = threading.Thread(target=feed)
        writer.start()
        for _ in lines:
            process.stdout.readline()
        writer.join()
        status = Path(f"/proc/{process.pid}/status").read_text()
        process.stdin.close()
    return peak_of(status)
