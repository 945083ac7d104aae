"""The label set, in the order of the emission matrix, and the BIO rules."""

LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG", "I-ORG", "B-MISC", "I-MISC"]
CLASSES = ["PER", "LOC", "ORG", "MISC"]
LABEL_ID = {label: index for index, label in enumerate(LABELS)}


def split_tag(tag):
    """'B-PER' -> ('B', 'PER'); 'O' -> ('O', '')."""
    prefix, _, kind = tag.partition("-")
    return prefix, kind


def may_follow(previous, tag):
    """BIO2: I-X continues only B-X or I-X. `previous` is None before the first token."""
    prefix, kind = split_tag(tag)
    if prefix != "I":
        return True
    return previous is not None and split_tag(previous)[1] == kind


def repair_bio(tags):
    """Turns every I-X that continues nothing into B-X; returns the tags and how many were so."""
    repaired, repairs, previous = [], 0, None
    for tag in tags:
        if not may_follow(previous, tag):
            tag = "B" + tag[1:]
            repairs += 1
        repaired.append(tag)
        previous = tag
    return repaired, repairs


def entities(tags):
    """The set of (start, end, class). As conlleval and seqeval's default mode read tags: an I-X
    that continues no X opens an entity, a change of class closes one."""
    found, start, open_kind = set(), None, None
    for position, tag in enumerate([*tags, "O"]):
        prefix, kind = split_tag(tag)
        if start is not None and (prefix in ("O", "B") or kind != open_kind):
            found.add((start, position, open_kind))
            start = None
        if prefix != "O" and start is None:
            start, open_kind = position, kind
    return found
