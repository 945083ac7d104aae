"""Do two engines give the same labels? If not, are the two paths equally good but for rounding?"""

from dataclasses import dataclass, field

import numpy as np

# Two paths whose scores are nearer than this may change places with the order of a sum. Emissions
# of two engines differ by up to 1e-5 a token, scores of a post are sums of some 20 of them.
TIE = 1e-3


@dataclass
class Agreement:
    compared: int = 0
    ties: list = field(default_factory=list)  # (post, by how much ours scores better)
    wrong: list = field(default_factory=list)

    @property
    def differing(self):
        return len(self.ties) + len(self.wrong)

    def __str__(self):
        if self.wrong:
            post, gap = self.wrong[0]
            return f"{len(self.wrong)} of {self.compared} WRONG (post {post}: {gap:.3g} below ours)"
        return f"{len(self.ties)} ties" if self.ties else "0"


def path_score(emissions, labels, state):
    """Of one post in double precision: start + emissions + moves + end."""
    emissions = np.asarray(emissions, np.float64)
    moves = state["crf.transitions"].astype(np.float64)[labels[:-1], labels[1:]].sum()
    ends = state["crf.start_transitions"][labels[0]] + state["crf.end_transitions"][labels[-1]]
    return emissions[np.arange(len(labels)), labels].sum() + moves + float(ends)


def differing_posts(ours, theirs):
    if len(ours) != len(theirs):
        raise ValueError(f"expected labels of {len(ours)} posts, found {len(theirs)}")
    return [post for post, (a, b) in enumerate(zip(ours, theirs)) if a != b]


def compare(ours, emissions, theirs, state):
    """ours, theirs: labels of each post. emissions: ours, [T, 9] of each post."""
    result = Agreement(compared=len(ours))
    for post in differing_posts(ours, theirs):
        if len(ours[post]) != len(theirs[post]):
            result.wrong.append((post, float("inf")))
            continue
        scores = [path_score(emissions[post], labels[post], state) for labels in (ours, theirs)]
        gap = scores[0] - scores[1]
        (result.ties if abs(gap) < TIE else result.wrong).append((post, gap))
    return result
