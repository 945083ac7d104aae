#!/usr/bin/python3
"""What a compiled tagger reaches on tagged posts, and the proof that its own count (`--eval`) is that
of seqeval on the same tags: every precision, recall and F1 has the same digits."""

import json
import subprocess

from tagger_options import parse_tagger_options

EXAMPLES = """examples:
  # the dev split, with captions in place of images
  python3 models/trimod/train/evaluate.py --tagger build/demo/tagger \\
      --captions DATA/twitter2015/captions.tsv DATA/twitter2015/valid.txt
  # a model in a library
  python3 models/trimod/train/evaluate.py --tagger "build/bin/trimod-run model.so" DATA/valid.txt
"""


def run(options, *switches):
    command = [*options.tagger, *switches, str(options.gold)]
    if options.captions:
        command += ["--captions", str(options.captions)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout


def read_columns(text):
    """Gold and predicted tags of the tagger's CoNLL output. The class OTHER is the model's MISC."""
    gold, predicted = [[]], [[]]
    for line in text.split("\n"):
        columns = line.split("\t")
        if len(columns) == 3:
            gold[-1].append(columns[1].replace("-OTHER", "-MISC"))
            predicted[-1].append(columns[2])
        elif gold[-1]:
            gold.append([])
            predicted.append([])
    return gold, predicted


def seqeval_figures(gold, predicted):
    """(class, figure) -> value; the class of all together is 'all'."""
    from seqeval.metrics import classification_report

    report = classification_report(gold, predicted, output_dict=True, zero_division=0)
    names = {"precision": "precision", "recall": "recall", "f1": "f1-score", "gold": "support"}
    return {
        ("all" if kind == "micro avg" else kind, ours): float(row[theirs])
        for kind, row in report.items()
        if kind not in ("macro avg", "weighted avg")
        for ours, theirs in names.items()
    }


def compare(found, expected):
    rows = {"all": found, **found["classes"]}
    wrong = [
        f"{kind} {figure}: expected {value!r}, found {rows[kind][figure]!r}"
        for (kind, figure), value in expected.items()
        if float(rows[kind][figure]) != value
    ]
    if wrong:
        raise ValueError("the tagger and seqeval differ: " + "; ".join(wrong))
    return len(expected)


def main():
    options = parse_tagger_options(__doc__, EXAMPLES)
    print(run(options, "--eval"))
    expected = seqeval_figures(*read_columns(run(options, "--format=conll")))
    count = compare(json.loads(run(options, "--eval", "--json")), expected)
    print(f"seqeval gives the same {count} figures, every digit")


if __name__ == "__main__":
    try:
        main()
    except (OSError, ValueError, ImportError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"evaluate.py: {error}")
