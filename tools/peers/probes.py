"""What the peers cannot do, tried with the versions that are installed. One sentence each."""

import subprocess
import sys
from pathlib import Path

from workers import EngineError, Worker

TORCH = """
import sys, warnings
sys.path.insert(0, {folder!r})
warnings.simplefilter("ignore")
import torch, trainer
from model import BiGRU
layer, inputs = BiGRU(4, 3), (torch.zeros(2, 5, 4), torch.tensor([5, 3]))
{action}
"""
TORCH_ACTIONS = {
    "torch.onnx.export of a GRU on packed sequences": (
        "torch.onnx.export(layer, inputs, {work!r} + '/packed.onnx', verbose=False)"
    ),
    "torch.compile of a GRU on packed sequences": "torch.compile(layer, dynamic=True)(*inputs)",
}


def last_error(text):
    """The line that names the exception, without its module."""
    lines = [line for line in text.splitlines() if "Error" in line and not line.startswith(" ")]
    return lines[-1].strip()[:200] if lines else "no message"


def probe_torch(action, options):
    code = TORCH.format(
        folder=str(Path(__file__).resolve().parent), action=action.format(work=options.work)
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    return "works" if done.returncode == 0 else f"fails: {last_error(done.stderr)}"


def probe_sequence_lens(reference, options):
    """How many posts get other labels from ONNX's GRU with sequence_lens."""
    try:
        worker = Worker("OpenVINO, sequence_lens", options)
    except EngineError as error:
        return f"fails: {error}"
    try:
        found = []
        for size in (1, 32):
            labels = worker.ask(size=size, labels=True)["labels"]
            differ = sum(ours != theirs for ours, theirs in zip(reference, labels))
            found.append(f"{differ} of {len(labels)} posts in batches of {size}")
        return "other labels for " + " and ".join(found)
    except EngineError as error:
        return f"fails: {error}"
    finally:
        worker.close()


def probe(reference, options):
    """[(what was tried, what came of it)]"""
    found = [
        (
            "OpenVINO with sequence_lens of ONNX's GRU, dynamic dimensions",
            probe_sequence_lens(reference, options),
        )
    ]
    return found + [(what, probe_torch(action, options)) for what, action in TORCH_ACTIONS.items()]
