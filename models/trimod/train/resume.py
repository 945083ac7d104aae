"""The state of an unfinished run."""

import os

import torch

from reporting import report


class Resume:
    """The state after each epoch, in one file that a finished run deletes. It is used only by a
    run with the same settings."""

    def __init__(self, path, settings):
        self.path, self.settings = path, settings

    def read(self):
        if not self.path.exists():
            return None
        content = torch.load(self.path)
        if content["settings"] != self.settings:
            report(f"{self.path}: of a run with other settings, not used")
            return None
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
