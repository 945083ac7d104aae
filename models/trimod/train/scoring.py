"""Entity-level precision, recall and F1 (exact span and class, micro average)."""

from collections import Counter

from labels import CLASSES, entities


class Score:
    """Counts of one class (or of all): gold, predicted and correct entities."""

    def __init__(self, gold, predicted, correct):
        self.gold, self.predicted, self.correct = gold, predicted, correct

    @property
    def precision(self):
        return 100 * self.correct / max(self.predicted, 1)

    @property
    def recall(self):
        return 100 * self.correct / max(self.gold, 1)

    @property
    def f1(self):
        return 200 * self.correct / max(self.gold + self.predicted, 1)


def score(gold_tags, predicted_tags):
    """Lists of tag sequences -> {'all': Score, 'PER': Score, ...}."""
    gold, predicted, correct = Counter(), Counter(), Counter()
    for gold_sequence, predicted_sequence in zip(gold_tags, predicted_tags):
        if len(gold_sequence) != len(predicted_sequence):
            raise ValueError(f"expected {len(gold_sequence)} tags, found {len(predicted_sequence)}")
        gold_entities, predicted_entities = entities(gold_sequence), entities(predicted_sequence)
        gold.update(kind for _, _, kind in gold_entities)
        predicted.update(kind for _, _, kind in predicted_entities)
        correct.update(kind for _, _, kind in gold_entities & predicted_entities)
    by_class = {kind: Score(gold[kind], predicted[kind], correct[kind]) for kind in CLASSES}
    total = Score(sum(gold.values()), sum(predicted.values()), sum(correct.values()))
    return {"all": total, **by_class}


def table(scores):
    """The scores as an aligned text table."""
    lines = [f"{'class':6} {'P':>6} {'R':>6} {'F1':>6} {'gold':>6} {'found':>6} {'right':>6}"]
    for name, s in scores.items():
        lines.append(
            f"{name:6} {s.precision:6.2f} {s.recall:6.2f} {s.f1:6.2f} "
            f"{s.gold:6} {s.predicted:6} {s.correct:6}"
        )
    return "\n".join(lines)
