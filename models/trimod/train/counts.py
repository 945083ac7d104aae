"""Counts of the data set in the form of the paper's Table I, beside those of its publishers."""

from corpus import is_hashtag, read_twitter2015
from labels import CLASSES, entities
from reporting import report

# As Yu et al. 2020 (Improving Multimodal Named Entity Recognition) print them for this data set;
# its test split is not here.
PUBLISHED = {
    "posts": (4000, 1000),
    "PER": (2217, 552),
    "LOC": (2091, 522),
    "ORG": (928, 247),
    "MISC": (940, 225),
    "entities": (6176, 1546),
}


def counts_of(posts):
    found = [kind for post in posts for _, _, kind in entities(post.tags)]
    hashtags = [sum(is_hashtag(token) for token in post.tokens) for post in posts]
    return {
        "posts": len(posts),
        **{kind: found.count(kind) for kind in CLASSES},
        "entities": len(found),
        "tokens": sum(len(post.tokens) for post in posts),
        "hashtags": sum(hashtags),
        "posts with hashtags": sum(count > 0 for count in hashtags),
        "posts with a caption": sum(bool(post.caption) for post in posts),
    }


def print_counts(data):
    train, dev = map(counts_of, read_twitter2015(data, report))
    print(f"{'':20} {'train':>15} {'dev':>15}")
    print(f"{'':20} {'there':>7} {'here':>7} {'there':>7} {'here':>7}")
    for name in train:
        published = PUBLISHED.get(name, ("", ""))
        print(f"{name:20} {published[0]:>7} {train[name]:>7} {published[1]:>7} {dev[name]:>7}")
