"""The two ways to train: Adam with a falling rate (ours), and the paper's gradient descent."""

import torch


class Optimizer:
    """Steps over the dense parameters and, at a share of the rate, over the sparse word table.

    "adam": the rate rises for WARM_UP steps, then falls linearly to a twentieth.
    "sgd": rate / (1 + decay * epoch).
    Gradients of `accumulate` batches are summed before a step, and clipped if clip > 0.
    """

    WARM_UP = 50
    LOWEST = 0.05

    def __init__(self, model, options, rate, batches, epochs):
        table = model.word_embedding.weight
        self.options, self.batches = options, batches
        self.steps = -(-batches // options.accumulate) * epochs
        self.dense = [p for p in model.parameters() if p is not table and p.requires_grad]
        dense, sparse = {
            "adam": (torch.optim.Adam, torch.optim.SparseAdam),
            "sgd": (torch.optim.SGD, torch.optim.SGD),
        }[options.optimizer]
        self.rates = [rate, rate * options.table_rate]
        self.parts = [dense(self.dense, self.rates[0]), sparse([table], self.rates[1])]
        self.step_count, self.waiting = 0, 0

    def rate_factor(self, epoch):
        if self.options.optimizer == "sgd":
            return 1 / (1 + self.options.decay * (epoch - 1))
        fall = max(self.LOWEST, 1 - self.step_count / self.steps)
        return fall * min(1.0, self.step_count / self.WARM_UP)

    def add_penalties(self):
        """Gradients of l1 * sum |w| + l2 * sum w^2 over the weight matrices but the word table."""
        for parameter in self.dense:
            if parameter.dim() > 1 and parameter.grad is not None:
                if self.options.l1:
                    parameter.grad += self.options.l1 * parameter.detach().sign()
                if self.options.l2:
                    parameter.grad += 2 * self.options.l2 * parameter.detach()

    def add(self, losses, epoch, last):
        """One batch's losses [B]; a step is made when enough batches, or the epoch's last, came."""
        (losses.sum() if self.options.reduction == "sum" else losses.mean()).backward()
        self.waiting += 1
        if self.waiting == self.options.accumulate or last:
            self._step(epoch)

    def _step(self, epoch):
        self.add_penalties()
        if self.options.clip:
            torch.nn.utils.clip_grad_norm_(self.dense, self.options.clip)
        self.step_count += 1
        for part, rate in zip(self.parts, self.rates):
            part.param_groups[0]["lr"] = rate * self.rate_factor(epoch)
            part.step()
            part.zero_grad()
        self.waiting = 0

    def state(self):
        return {"parts": [part.state_dict() for part in self.parts], "step_count": self.step_count}

    def load_state(self, state):
        for part, content in zip(self.parts, state["parts"]):
            part.load_state_dict(content)
        self.step_count = state["step_count"]
