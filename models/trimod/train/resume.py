"""The state of an unfinished run."""

import os

import torch

from reporting import report


class Resume:
    """The state after each epoch, in one file that a finished run deletes. A run with other
    settings does not begin: it would overwrite it."""

    def __init__(self, path, settings):
        self.path, self.settings = path, settings

    def read(self):
        if not self.path.exists():
            return None
        content = torch.load(self.path)
        if content["settings"] != self.settings:
            names = sorted(
                name
                for name in content["settings"].keys() | self.settings.keys()
                if content["settings"].get(name) != self.settings.get(name)
            )
            raise ValueError(
                f"{self.path}: expected the unfinished run to have the same settings, found other "
                f"{', '.join(names)}; finish it, delete the file, or give another folder"
            )
        torch.set_rng_state(content["torch_rng"])
        report(f"{self.path}: going on after {content['stage']} epoch {content['epoch']}")
        return content

    def write(self, **content):
        unfinished = self.path.with_suffix(".part")
        torch.save(
            {**content, "settings": self.settings, "torch_rng": torch.get_rng_state()}, unfinished
        )
        os.replace(unfinished, self.path)

    def finish(self):
        if self.path.exists():
            self.path.unlink()
