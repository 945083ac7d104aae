"""The file of labelled tweets: tokens and a distribution over the labels for each."""

import json

import numpy as np

from corpus import Post
from features import add_features


def write_pseudo_posts(path, posts, marginals):
    path.parent.mkdir(parents=True, exist_ok=True)
    tokens = json.dumps([post.tokens for post in posts], ensure_ascii=False)
    np.savez(path, marginals=np.concatenate(marginals).astype(np.float16), tokens=np.array(tokens))


def read_pseudo_posts(path, command):
    """Posts with soft labels and features."""
    content = np.load(path, allow_pickle=False)
    marginals, start, posts = content["marginals"].astype(np.float32), 0, []
    for index, tokens in enumerate(json.loads(str(content["tokens"]))):
        post = Post(f"pseudo{index}", tokens)
        post.soft_labels = marginals[start : start + len(tokens)]
        start += len(tokens)
        posts.append(post)
    if start != len(marginals):
        raise ValueError(f"{path}: expected labels of {start} tokens, found {len(marginals)}")
    return add_features(posts, command)
