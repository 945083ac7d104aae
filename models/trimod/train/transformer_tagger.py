"""A pretrained transformer as a tagger.

The transformer is uncased, so each word's case enters as a learned "shape" vector.
"""

import re

import numpy as np
import torch
from torch import nn

import pretrained
from batching import target_of
from corpus import is_hashtag
from crf import CRF
from labels import LABELS

SHAPES = (
    "none lower title upper mixed digit mark user link #lower #title #upper #mixed opening".split()
)
SHAPE_ID = {shape: index for index, shape in enumerate(SHAPES)}
MAX_PIECES = 10  # of a token
MAX_CAPTION_PIECES = 40
# Where a hashtag's words begin: HelloWorld, Euro2016.
WORD_START = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Za-z])(?=[0-9])")


def is_link(keys):
    return keys[0] == "<url>"


def is_mention(keys):
    return keys[-1] == "<user>"


def case_of(text):
    if text.islower():
        return "lower"
    if text.istitle():
        return "title"
    if text.isupper():
        return "upper"
    if re.search(r"[^\W\d_]", text):
        return "mixed"
    return "digit" if any(character.isdigit() for character in text) else "mark"


def shape_of(token, keys, position):
    if is_link(keys):
        return SHAPE_ID["link"]
    if is_mention(keys):
        return SHAPE_ID["user"]
    if is_hashtag(token):
        return SHAPE_ID.get("#" + case_of(token[1:]), SHAPE_ID["#lower"])
    case = case_of(token)
    return SHAPE_ID["opening" if position == 0 and case == "title" else case]


class TransformerTagger(nn.Module):
    """Encoder -> mean of each token's pieces -> emissions -> CRF.

    If it `reads_captions`, the caption of a post's image stands behind its tokens."""

    def __init__(self, folder, dropout=0.1, reads_captions=False):
        super().__init__()
        self.reads_captions = reads_captions
        self.tokenizer, self.encoder = pretrained.load(folder)
        # The piece embeddings stay as they are: most pieces are too rare to be tuned.
        for parameter in self.encoder.embeddings.parameters():
            parameter.requires_grad_(False)
        size = self.encoder.config.hidden_size
        self.shape = nn.Embedding(len(SHAPES), size, padding_idx=0)
        nn.init.zeros_(self.shape.weight)
        self.dropout = nn.Dropout(dropout)
        self.emission = nn.Linear(size, len(LABELS))
        self.crf = CRF()
        self._pieces = {}

    def pieces(self, token, keys):
        """Piece ids of a token; links and mentions read as one word, hashtags as several."""
        if token not in self._pieces:
            text = "http" if is_link(keys) else "user" if is_mention(keys) else token
            if is_hashtag(token):
                text = WORD_START.sub(" ", token)
            ids = self.tokenizer(text, add_special_tokens=False)["input_ids"][:MAX_PIECES]
            self._pieces[token] = ids or [self.tokenizer.unk_token_id]
        return self._pieces[token]

    def caption_pieces(self, caption):
        """Piece ids of a caption, with the mark that keeps it apart from the tokens."""
        ids = self.tokenizer(caption, add_special_tokens=False)["input_ids"]
        return [self.tokenizer.sep_token_id, *ids[:MAX_CAPTION_PIECES]]

    def forward(self, batch):
        hidden = self.encoder.embeddings(input_ids=batch.ids) + self.shape(batch.shapes)
        bias = (1.0 - batch.attention[:, None, None, :].float()) * -1e4
        encoder = self.encoder.encoder
        # Products in bfloat16 are twice as fast where the processor has them; the weights, the
        # mean over pieces and the CRF stay in single precision.
        with torch.cpu.amp.autocast():
            hidden = encoder(hidden, attention_mask=bias, head_mask=[None] * len(encoder.layer))[0]
        return self.emission(self.dropout(batch.pooling @ hidden.float()))

    def loss(self, batch):
        return self.crf.loss(self(batch), batch.target, batch.mask).mean()


class TaggerBatch:
    """ids, shapes, attention [B, P] of the pieces; pooling [B, T, P] averages them to tokens;
    mask [B, T]."""

    def __init__(self, posts, tagger):
        self.posts = posts
        tokenizer = tagger.tokenizer
        rows = [self._row(post, tagger) for post in posts]
        width, tokens = max(len(ids) for ids, _, _ in rows), max(len(post.tokens) for post in posts)
        self.ids = torch.full((len(rows), width), tokenizer.pad_token_id)
        self.shapes = torch.zeros(len(rows), width, dtype=torch.long)
        self.attention = torch.zeros(len(rows), width, dtype=torch.long)
        self.pooling = torch.zeros(len(rows), tokens, width)
        self.target = torch.zeros(len(rows), tokens, len(LABELS))
        for row, (ids, shapes, owners) in enumerate(rows):
            self.ids[row, : len(ids)] = torch.tensor(ids)
            self.shapes[row, : len(ids)] = torch.tensor(shapes)
            self.attention[row, : len(ids)] = 1
            self.pooling[row, owners, torch.arange(1, len(owners) + 1)] = 1
            if posts[row].tags is not None:
                self.target[row, : len(posts[row].tags)] = torch.from_numpy(target_of(posts[row]))
        self.pooling /= self.pooling.sum(2, keepdim=True).clamp(min=1)
        self.mask = (
            torch.arange(tokens)[None] < torch.tensor([len(post.tokens) for post in posts])[:, None]
        )

    @staticmethod
    def _row(post, tagger):
        ids, shapes, owners = [tagger.tokenizer.cls_token_id], [0], []
        for position, (token, keys) in enumerate(zip(post.tokens, post.word_keys)):
            pieces = tagger.pieces(token, keys)
            ids += pieces
            shapes += [shape_of(token, keys, position)] * len(pieces)
            owners += [position] * len(pieces)
        if tagger.reads_captions and post.caption:
            pieces = tagger.caption_pieces(post.caption)
            ids += pieces
            shapes += [0] * len(pieces)
        return [*ids, tagger.tokenizer.sep_token_id], [*shapes, 0], torch.tensor(owners)


def batches_of(posts, size, rng=None):
    lengths = np.array([len(post.tokens) for post in posts], float)
    if rng is not None:
        lengths += rng.uniform(-2, 2, len(lengths))
    order = np.argsort(lengths, kind="stable")
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    if rng is not None:
        rng.shuffle(groups)
    return [[posts[index] for index in group] for group in groups]
