"""The driver's side of worker.py."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

WORKER = Path(__file__).resolve().parent / "worker.py"


class EngineError(RuntimeError):
    pass


def environment(threads):
    """Thread pools read these when their library is loaded. Settings of OpenBLAS that some
    machines carry are left out: they would slow numpy's down."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    return {**kept, "OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}


def command(name, options, *more):
    return [
        sys.executable,
        str(WORKER),
        name,
        "--build",
        options.build,
        "--work",
        options.work,
        *more,
    ]


class Worker:
    def __init__(self, name, options, threads=1, callers=1):
        self.name = name
        self.process = subprocess.Popen(
            command(name, options, f"--threads={threads}", f"--callers={callers}"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=options.log,
            encoding="utf-8",
            env=environment(threads),
        )
        try:
            self.version = self._reply()["version"]
        except EngineError:
            self.close()
            raise

    def _reply(self):
        line = self.process.stdout.readline()
        if not line:
            raise EngineError(f"{self.name} ended with exit code {self.process.wait()}")
        reply = json.loads(line)
        if "error" in reply:
            raise EngineError(reply["error"])
        return reply

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return self._reply()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def seconds_to_first_line(arguments, threads, log):
    """From the start of a process until its first line of output."""
    started = time.perf_counter()
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=log, env=environment(threads)
    )
    line = process.stdout.readline()
    took = time.perf_counter() - started
    process.stdout.close()
    if process.wait() != 0 or not line or b'"error"' in line[:20]:
        raise EngineError(f"{arguments[0]}: {line.decode('utf-8', 'replace').strip()}")
    return took


def start_up(name, options):
    return seconds_to_first_line(command(name, options, "--first-post"), 1, options.log)
