"""The training loop, which can be killed and goes on from the last finished epoch."""

import time
from dataclasses import dataclass

import numpy as np
import torch

from batching import batches, predict
from optimizer import Optimizer
from reporting import progress, report
from scoring import score


@dataclass
class Stage:
    name: str
    posts: list
    epochs: int
    rate: float


class Average:
    """Running mean of the weights, sampled every EVERY batches and at the end of an epoch."""

    EVERY = 25

    def __init__(self):
        self.count, self.state = 0, {}

    def add(self, model):
        self.count += 1
        for name, value in model.state_dict().items():
            if name not in self.state or not value.is_floating_point():
                self.state[name] = value.clone()
            else:
                self.state[name].lerp_(value, 1 / self.count)

    def content(self):
        return {"count": self.count, "state": self.state}

    def load(self, content):
        self.count, self.state = content["count"], content["state"]


def train_epoch(model, stage, epoch, optimizer, average, options, rng):
    model.train()
    total, label = 0.0, f"{stage.name} {epoch}/{stage.epochs}"
    for number, batch in enumerate(
        progress(batches(stage.posts, options.batch, rng), optimizer.batches, label), 1
    ):
        last = number == optimizer.batches
        losses = model.loss(batch)
        optimizer.add(losses, epoch, last)
        total += losses.mean().item()
        if average is not None and (last or number % average.EVERY == 0):
            average.add(model)
    return total / optimizer.batches


def dev_score(model, dev):
    return score([e.post.tags for e in dev], predict(model, dev))["all"]


class Best:
    """The weights of the epoch with the best dev F1."""

    def __init__(self):
        self.f1, self.epoch, self.state = -1.0, 0, None

    def offer(self, f1, epoch, model):
        if f1 > self.f1:
            self.f1, self.epoch = f1, epoch
            self.state = {name: value.clone() for name, value in model.state_dict().items()}


def fit(model, stages, dev, options, resume):
    """Trains through the stages. The last one leaves the weights that options.keep names: those of
    the best dev epoch, those of the last one, or the mean over the last options.average_epochs."""
    rng = np.random.default_rng(options.seed)
    saved = resume.read()
    names = [stage.name for stage in stages]
    for stage in stages[names.index(saved["stage"]) if saved else 0 :]:
        count = -(-len(stage.posts) // options.batch)
        optimizer = Optimizer(model, options, stage.rate, count, stage.epochs)
        average, best, done = Average(), Best(), 0
        first_averaged = stage.epochs - options.average_epochs + 1
        averaging = stage is stages[-1] and options.keep == "average"
        if saved:
            model.load_state_dict(saved["model"])
            optimizer.load_state(saved["optimizer"])
            average.load(saved["average"])
            best.f1, best.epoch, best.state = saved["best"]
            rng.bit_generator.state = saved["rng"]
            done, saved = saved["epoch"], None
        for epoch in range(done + 1, stage.epochs + 1):
            started = time.monotonic()
            sampled = average if averaging and epoch >= first_averaged else None
            loss = train_epoch(model, stage, epoch, optimizer, sampled, options, rng)
            result = dev_score(model, dev)
            report(
                f"{stage.name} epoch {epoch:2}/{stage.epochs}: loss {loss:.3f}, dev F1 "
                f"{result.f1:.2f} (P {result.precision:.2f} R {result.recall:.2f}), "
                f"{time.monotonic() - started:.0f} s"
            )
            best.offer(result.f1, epoch, model)
            resume.write(
                stage=stage.name,
                epoch=epoch,
                model=model.state_dict(),
                optimizer=optimizer.state(),
                average=average.content(),
                best=(best.f1, best.epoch, best.state),
                rng=rng.bit_generator.state,
            )
    if options.keep == "best":
        model.load_state_dict(best.state)
        report(f"kept epoch {best.epoch}, dev F1 {best.f1:.2f}")
    elif options.keep == "average":
        model.load_state_dict(average.state)
        report(f"mean of {average.count} weights, dev F1 {dev_score(model, dev).f1:.2f}")
