#!/usr/bin/python3
"""What each part of the model brings: trains variants of it, compiles each one, and measures the
compiled binary on dev.

Each row of a table is one variant, trained with several seeds. A run that has finished is kept in
--out and not repeated, so a study that was stopped goes on where it was. The tables are Markdown:
mean of the entity F1 over the seeds, and their standard deviation.
"""

import argparse
import json
import os
import shlex
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List

EXAMPLES = """examples:
  # every table with three seeds (hours on one core)
  python3 models/trimod/train/study.py --data DATA --out build/study

  # only what fusion brings, one seed
  python3 models/trimod/train/study.py --data DATA --out build/study --tables fusion --seeds 1

  # the tables of what has been run so far
  python3 models/trimod/train/study.py --data DATA --out build/study --print
"""

HERE = Path(__file__).resolve().parent
CLASSES = ("PER", "LOC", "ORG", "MISC")
# Without a teacher and with fewer epochs than the shipped weights: rows are compared with each
# other, not with those.
BASE = ["--recipe", "plain", "--epochs", "6"]


@dataclass
class Row:
    """A variant: what is said of it, and what it changes in the base."""

    title: str
    arguments: List[str] = field(default_factory=list)
    has_captions: bool = True

    def key(self):
        return "_".join(part.lstrip("-") for part in self.arguments) or "base"


TABLES: Dict[str, List[Row]] = {
    # The paper's Table IV.
    "regularisation": [
        Row("base: dropout 0.55"),
        Row("no dropout", ["--dropout", "0", "--state-dropout", "0"]),
        Row("dropout 0.3", ["--dropout", "0.3"]),
        Row("with L1 1e-6", ["--l1", "1e-6"]),
        Row("with L2 1e-5", ["--l2", "1e-5"]),
        Row("with batch norm", ["--batch-norm"]),
    ],
    "ablation": [
        Row("base: everything"),
        Row("without image words", ["--without", "captions"], has_captions=False),
        Row("without hashtag words", ["--without", "hashtags"]),
        Row("without both", ["--without", "captions", "hashtags"], has_captions=False),
        Row("without characters", ["--without", "characters"]),
        Row("without CRF", ["--without", "crf"]),
    ],
    "visual-words": [Row(f"k = {k}", ["--visual-words", str(k)]) for k in (1, 2)]
    + [Row("base: k = 4")],
    "fusion": [
        Row("base"),
        Row("own feature first (advantage 3)", ["--fusion-own-bias", "3"]),
        Row("modalities dropped (0.3)", ["--modality-dropout", "0.3"]),
        Row("one projection for both", ["--share-projection"]),
        Row(
            "own feature first, modalities dropped",
            ["--fusion-own-bias", "3", "--modality-dropout", "0.3"],
        ),
    ],
}


class StudyError(Exception):
    pass


def run(command, log):
    with open(log, "ab") as file:
        done = subprocess.run(command, stdout=file, stderr=file, check=False)
    if done.returncode != 0:
        raise StudyError(f"{shlex.join(map(str, command))}: exit code {done.returncode}; see {log}")


class Study:
    def __init__(self, options):
        self.options = options
        self.data = options.data / "twitter2015"

    def folder(self, row, seed):
        return self.options.out / f"{row.key()}-{seed}"

    def result_file(self, row, seed):
        return self.folder(row, seed) / "result.json"

    def result(self, row, seed):
        path = self.result_file(row, seed)
        return json.loads(path.read_text()) if path.exists() else None

    def train(self, row, seed, log):
        command = [sys.executable, HERE / "train.py", "--data", self.options.data, *BASE]
        command += ["--work", self.options.work, "--out", self.folder(row, seed)]
        command += ["--runtime", str(self.options.bin / "trimod-run")]
        run([*command, "--seed", str(seed), *row.arguments], log)

    def compile(self, folder, log):
        """For one instruction level only, which takes a few seconds."""
        command = [self.options.bin / "trimod-compile", HERE.parent / "trimod.mlir", "--emit=so"]
        command += ["--weights", folder / "trimod.safetensors"]
        command += ["--vocabulary", folder / "vocabulary.json", "--isa=x86-64-v3"]
        run([*command, "--quiet", "-o", folder / "tagger.so"], log)

    def evaluate(self, row, folder):
        command = [self.options.bin / "trimod-run", folder / "tagger.so", "--json"]
        command += ["--eval", self.data / "valid.txt"]
        if row.has_captions:
            command += ["--captions", self.data / "captions.tsv"]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
        if done.returncode != 0:
            raise StudyError(f"{shlex.join(map(str, command))}: exit code {done.returncode}")
        return json.loads(done.stdout)

    def measure(self, row, seed):
        folder = self.folder(row, seed)
        folder.mkdir(parents=True, exist_ok=True)
        log, started = folder / "log", time.monotonic()
        self.train(row, seed, log)
        self.compile(folder, log)
        result = self.evaluate(row, folder)
        result["seconds"] = round(time.monotonic() - started)
        # The library holds the weights once more.
        (folder / "tagger.so").unlink()
        unfinished = folder / "result.part.json"
        unfinished.write_text(json.dumps(result))
        os.replace(unfinished, self.result_file(row, seed))

    def rows(self):
        """Each variant once, however many tables show it; all variants with one seed before the
        next seed."""
        seen = {}
        for name in self.options.tables:
            for row in TABLES[name]:
                seen.setdefault(row.key(), row)
        return [(row, seed) for seed in self.options.seeds for row in seen.values()]

    def run_all(self):
        rows = self.rows()
        for number, (row, seed) in enumerate(rows, 1):
            if self.result(row, seed):
                continue
            print(f"[{number}/{len(rows)}] {row.title}, seed {seed}", file=sys.stderr, flush=True)
            self.measure(row, seed)


def mean_and_spread(values):
    """In percent."""
    values = [100 * value for value in values]
    if len(values) == 1:
        return f"{values[0]:.2f}"
    return f"{statistics.mean(values):.2f} ± {statistics.stdev(values):.2f}"


def table(study, name):
    lines = [
        f"| {name} | F1 (mean ± standard deviation) | less the base, seed by seed | seeds | "
        + " | ".join(CLASSES)
        + " |",
        "|---|---|---|---|" + "---|" * len(CLASSES),
    ]
    for row in TABLES[name]:
        by_seed = {seed: study.result(row, seed) for seed in study.options.seeds}
        results = {seed: result for seed, result in by_seed.items() if result}
        if not results:
            continue
        f1 = mean_and_spread([result["f1"] for result in results.values()])
        base = {seed: study.result(Row("base"), seed) for seed in results}
        differences = [results[seed]["f1"] - base[seed]["f1"] for seed in results if base[seed]]
        difference = mean_and_spread(differences) if row.arguments and differences else ""
        classes = [
            f"{100 * statistics.mean(result['classes'][c]['f1'] for result in results.values()):.2f}"
            for c in CLASSES
        ]
        cells = [row.title, f1, difference, str(len(results)), *classes]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLES, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the data sets")
    parser.add_argument("--out", type=Path, required=True, help="a folder for each run")
    parser.add_argument("--work", type=Path, default=Path("build/train"), help="train.py's --work")
    parser.add_argument("--bin", type=Path, default=Path("build/bin"), help="the compiler's tools")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--print", action="store_true", help="only print what there is")
    return parser.parse_args()


def main():
    study = Study(arguments())
    if not study.options.print:
        study.run_all()
    print("\n\n".join(table(study, name) for name in study.options.tables))


if __name__ == "__main__":
    try:
        main()
    except (OSError, StudyError) as error:
        raise SystemExit(f"study.py: {error}")
