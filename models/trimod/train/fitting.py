"""The training loop."""

import copy
import time

import torch

from batching import batches, predict
from scoring import score


class Optimizer:
    """Adam with clipped gradients for the dense parameters, sparse Adam at a smaller rate for
    the word table."""

    CLIP = 5.0
    WARM_UP = 50

    def __init__(self, model, rate, table_share, steps):
        table = model.word_embedding.weight
        self.dense = [parameter for parameter in model.parameters() if parameter is not table]
        self.parts = [
            (torch.optim.Adam(self.dense, lr=rate), rate),
            (torch.optim.SparseAdam([table], lr=rate * table_share), rate * table_share),
        ]
        self.steps, self.step_count = steps, 0

    def step(self, loss):
        for part, _ in self.parts:
            part.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.dense, self.CLIP)
        self.step_count += 1
        factor = max(0.05, 1 - self.step_count / self.steps) * min(
            1.0, self.step_count / self.WARM_UP
        )
        for part, rate in self.parts:
            part.param_groups[0]["lr"] = rate * factor
            part.step()


def fit(model, train, dev, epochs, rate, options, rng, report, progress, name="train"):
    """Trains with a linearly falling rate and leaves the weights of the best dev epoch in the
    model."""
    steps = -(-len(train) // options.batch) * epochs
    optimizer = Optimizer(model, rate, options.table_rate, steps)
    gold = [e.post.tags for e in dev]
    best_f1, best_state, best_epoch = -1.0, None, 0
    for epoch in range(1, epochs + 1):
        model.train()
        started, total, count = time.monotonic(), 0.0, 0
        for batch in progress(
            batches(train, options.batch, rng), total=steps // epochs, desc=f"{name} {epoch}"
        ):
            loss = model.loss(batch)
            optimizer.step(loss)
            total, count = total + loss.item(), count + 1
        result = score(gold, predict(model, dev))["all"]
        report(
            f"{name} epoch {epoch:2}/{epochs}: loss {total / count:.3f}, dev F1 {result.f1:.2f} "
            f"(P {result.precision:.2f} R {result.recall:.2f}), {time.monotonic() - started:.0f} s"
        )
        if result.f1 > best_f1:
            best_f1, best_state, best_epoch = result.f1, copy.deepcopy(model.state_dict()), epoch
    model.load_state_dict(best_state)
    report(f"{name}: kept epoch {best_epoch}, dev F1 {best_f1:.2f}")
    return best_f1
