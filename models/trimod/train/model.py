"""What taggers share, and TriMod (design section 2): words and characters -> BiGRU -> attention
pooling with context -> CRF.

Parameter names are those of the exported safetensors. Every variant exports to the same form, so
that one model file describes them all.
"""

import math
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from crf import CRF
from labels import LABELS
from vocabulary import PAD, UNK

CHAR_DIM = 30
CHAR_HIDDEN = 30
HIDDEN = 150


@dataclass(frozen=True)
class Variant:
    """What may differ between two trainings of one model."""

    dropout: float = 0.55  # on embeddings
    state_dropout: float = 0.3  # on the text encoder's states and on what fusion made of them
    word_dropout: float = 0.0  # words turned to <unk>
    modality_dropout: float = 0.0  # posts that lose all visual words; the same for hashtag words
    own_bias: float = 0.0  # by how much a token's own score in fusion begins above the context's
    share_projection: bool = False  # one projection for visual and hashtag words
    batch_norm: bool = False  # on what fusion made of the states
    characters: bool = True
    crf: bool = True  # else each label is predicted by itself


class BothDirections:
    """states [B, T, 2H] = [forward; backward], and the last states [B, 2H] (backward's is at
    position 0). Rows stand by falling length; no step is made on padding."""

    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden, batch_first=True, bidirectional=True)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        states, last = super().forward(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
        hidden = last[0] if isinstance(self, nn.LSTM) else last  # an LSTM gives its cells too
        return states, torch.cat([hidden[0], hidden[1]], 1)


class BiGRU(BothDirections, nn.GRU):
    pass


class BiLSTM(BothDirections, nn.LSTM):
    pass


class Fusion(nn.Linear):
    """Seed equations 11 and 12: gamma_i = exp(u . tanh(W f_i + b)), normalised over token and
    context."""

    def __init__(self, size):
        super().__init__(size, size)
        self.u = nn.Parameter(torch.empty(size).uniform_(-0.1, 0.1))

    def score(self, features):
        return torch.tanh(super().forward(features)) @ self.u

    def forward(self, tokens, context, present):
        """tokens [B, T, d], context [B, K, d], present [B, K] -> [B, T, d]."""
        token_score = self.score(tokens)
        context_score = self.score(context).masked_fill(~present, -1e9)
        top = torch.maximum(token_score, context_score.max(1, keepdim=True).values)
        token_weight = torch.exp(token_score - top)
        context_weight = torch.exp(context_score[:, None] - top[:, :, None])
        total = token_weight + context_weight.sum(2)
        return (token_weight[:, :, None] * tokens + context_weight @ context) / total[:, :, None]

    @torch.no_grad()
    def favour_tokens(self, advantage, projections):
        """Lowers the score of context words by `advantage` at the start, inside the equations:
        the projections' biases point along one direction, and W turns that direction against u."""
        direction = torch.full((self.in_features,), self.in_features**-0.5)
        reach = self.u.abs().sum().item()
        if advantage >= reach:
            raise ValueError(f"expected an own bias below {reach:.1f}, found {advantage}")
        self.weight -= math.atanh(advantage / reach) * torch.outer(self.u.sign(), direction)
        for projection in projections:
            projection.bias += direction


class Tagger(nn.Module):
    """What every tagger has: word embeddings, a CRF, loss and decoding. Others give `emissions`."""

    WORD_DIM: int

    def __init__(self, words, variant):
        super().__init__()
        self.variant = variant
        # Dense gradients of the table would cost more than the rest of the model.
        self.word_embedding = nn.Embedding(words, self.WORD_DIM, padding_idx=PAD, sparse=True)
        self.crf = CRF(variant.crf)
        self.dropout = nn.Dropout(variant.dropout)
        self.state_dropout = nn.Dropout(variant.state_dropout)

    def embed_words(self, ids):
        if self.training and self.variant.word_dropout:
            dropped = (torch.rand(ids.shape) < self.variant.word_dropout) & (ids != PAD)
            ids = ids.masked_fill(dropped, UNK)
        return self.dropout(self.word_embedding(ids))

    def emissions(self, batch):
        """[B, T, labels]"""
        raise NotImplementedError

    def loss(self, batch):
        """[B]"""
        return self.crf.loss(self.emissions(batch), batch.target, batch.mask)

    @torch.no_grad()
    def predict(self, batch):
        """Label names of each post of the batch, in the batch's order."""
        paths, _ = self.crf.viterbi(self.emissions(batch), batch.mask)
        return [
            [LABELS[label] for label in path[:length]]
            for path, length in zip(paths.tolist(), batch.lengths.tolist())
        ]

    def exported_state(self):
        """The state dict in the form of the model file. Each tensor has memory of its own."""
        if self.variant.crf:
            self.crf.forbid_invalid_moves()
        return {name: value.detach().clone() for name, value in self.state_dict().items()}


class TriMod(Tagger):
    WORD_DIM = 200

    def __init__(self, words, chars, variant=Variant()):
        super().__init__(words, variant)
        self.char_embedding = nn.Embedding(chars, CHAR_DIM, padding_idx=PAD)
        self.char_gru = BiGRU(CHAR_DIM, CHAR_HIDDEN)
        self.word_gru = BiGRU(self.WORD_DIM + 2 * CHAR_HIDDEN, HIDDEN)
        self.visual = nn.Linear(self.WORD_DIM, 2 * HIDDEN)
        self.hashtag = (
            self.visual if variant.share_projection else nn.Linear(self.WORD_DIM, 2 * HIDDEN)
        )
        self.fusion = Fusion(2 * HIDDEN)
        self.emission = nn.Linear(2 * HIDDEN, len(LABELS))
        self.norm = nn.BatchNorm1d(2 * HIDDEN) if variant.batch_norm else None
        if variant.own_bias:
            self.fusion.favour_tokens(variant.own_bias, {self.visual, self.hashtag})

    def encode_chars(self, batch):
        """Every distinct character form is encoded once a batch."""
        return self.char_gru(self.dropout(self.char_embedding(batch.forms)), batch.form_lengths)[1]

    def encode_tokens(self, batch):
        words = self.embed_words(batch.words)
        chars = self.encode_chars(batch)[batch.form_of_token]
        if not self.variant.characters:
            chars = torch.zeros_like(chars)
        return self.word_gru(torch.cat([words, chars], 2), batch.lengths)[0]

    def kept(self, ids):
        """Drops a modality of whole posts, in training alone."""
        if not self.training or not self.variant.modality_dropout:
            return ids
        dropped = torch.rand(len(ids), 1) < self.variant.modality_dropout
        return ids.masked_fill(dropped, PAD)

    def normalise(self, states, mask):
        if self.norm is None:
            return states
        normalised = torch.zeros_like(states)
        normalised[mask] = self.norm(states[mask])
        return normalised

    def emissions(self, batch):
        states = self.state_dropout(self.encode_tokens(batch))
        visual, hashtags = self.kept(batch.visual), self.kept(batch.hashtags)
        context = torch.cat(
            [self.visual(self.embed_words(visual)), self.hashtag(self.embed_words(hashtags))], 1
        )
        fused = self.fusion(states, context, torch.cat([visual, hashtags], 1) != PAD)
        return self.emission(self.state_dropout(self.normalise(fused, batch.mask)))

    def exported_state(self):
        """Batch norm becomes part of the emission; unread characters get weight 0."""
        state = super().exported_state()
        if self.norm is not None:
            scale = state["norm.weight"] / (state["norm.running_var"] + self.norm.eps).sqrt()
            shift = state["norm.bias"] - scale * state["norm.running_mean"]
            state["emission.bias"] += state["emission.weight"] @ shift
            state["emission.weight"] *= scale
            state = {name: value for name, value in state.items() if not name.startswith("norm.")}
        if not self.variant.characters:
            for direction in ("", "_reverse"):
                state[f"word_gru.weight_ih_l0{direction}"][:, self.WORD_DIM :] = 0
        return state
