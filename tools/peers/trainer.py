"""Makes the modules of models/trimod/train importable: labels, vocabulary, features, model."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "models" / "trimod"

sys.path.append(str(MODEL / "train"))
