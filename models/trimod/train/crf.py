"""Linear-chain CRF (seed equations 13 to 16)."""

import torch
from torch import nn

from labels import LABELS, may_follow

FORBIDDEN = -torch.inf


class CRF(nn.Module):
    """Scores of a path: start + emissions + transitions[from, to] + end. Without moves all but
    the emissions stays 0, and each label has a softmax of its own."""

    def __init__(self, moves=True):
        super().__init__()
        count = len(LABELS)
        self.start_transitions = nn.Parameter(torch.zeros(count))
        self.transitions = nn.Parameter(torch.empty(count, count).uniform_(-0.1, 0.1))
        self.end_transitions = nn.Parameter(torch.zeros(count))
        if not moves:
            nn.init.zeros_(self.transitions)
            self.requires_grad_(False)

    def log_partition(self, emissions, mask):
        alpha = self.start_transitions + emissions[:, 0]
        for t in range(1, emissions.shape[1]):
            following = torch.logsumexp(alpha[:, :, None] + self.transitions, 1) + emissions[:, t]
            alpha = torch.where(mask[:, t, None], following, alpha)
        return torch.logsumexp(alpha + self.end_transitions, 1)

    def expected_score(self, emissions, target, mask):
        """Mean path score when every token's label is drawn from target[B, T, labels] by
        itself; of the one path if target is one-hot."""
        weight = mask.float()
        last = target[torch.arange(len(target)), mask.sum(1) - 1]
        moves = torch.einsum(
            "bti,ij,btj,bt->b", target[:, :-1], self.transitions, target[:, 1:], weight[:, 1:]
        )
        return (
            target[:, 0] @ self.start_transitions
            + last @ self.end_transitions
            + moves
            + (emissions * target * weight[:, :, None]).sum((1, 2))
        )

    def loss(self, emissions, target, mask):
        """Negative log-likelihood; for soft targets the cross-entropy with them."""
        return self.log_partition(emissions, mask) - self.expected_score(emissions, target, mask)

    def marginals(self, emissions, mask):
        """p(label of token t): the gradient of the log partition by the emissions."""
        with torch.enable_grad():
            emissions = emissions.detach().requires_grad_()
            return torch.autograd.grad(self.log_partition(emissions, mask).sum(), emissions)[0]

    @torch.no_grad()
    def forbid_invalid_moves(self):
        """Writes the BIO constraints into the parameters, so that decoding needs no rule of its
        own."""
        for to, tag in enumerate(LABELS):
            if not may_follow(None, tag):
                self.start_transitions[to] = FORBIDDEN
            for source, previous in enumerate(LABELS):
                if not may_follow(previous, tag):
                    self.transitions[source, to] = FORBIDDEN

    @torch.no_grad()
    def viterbi(self, emissions, mask):
        """Best path of each row as [B, T] labels (repeating the last one past its end) and its
        score."""
        score, choices = self.start_transitions + emissions[:, 0], []
        stay = torch.arange(emissions.shape[2])
        for t in range(1, emissions.shape[1]):
            best, choice = (score[:, :, None] + self.transitions).max(1)
            inside = mask[:, t, None]
            score = torch.where(inside, best + emissions[:, t], score)
            choices.append(torch.where(inside, choice, stay))
        best, label = (score + self.end_transitions).max(1)
        path = [label]
        for choice in reversed(choices):
            label = choice.gather(1, label[:, None])[:, 0]
            path.append(label)
        return torch.stack(path[::-1], 1), best
