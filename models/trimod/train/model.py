"""TriMod (design section 2): words and characters -> BiGRU -> attention pooling with context ->
CRF.

Parameter names are those of the exported safetensors.
"""

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from crf import CRF
from labels import LABELS
from vocabulary import PAD, UNK

WORD_DIM = 200
CHAR_DIM = 30
CHAR_HIDDEN = 30
HIDDEN = 150


class BiGRU(nn.GRU):
    """states [B, T, 2H] = [forward; backward], and the last states [B, 2H] (backward's is at
    position 0). Rows stand by falling length; no step is made on padding."""

    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden, batch_first=True, bidirectional=True)

    def forward(self, x, lengths):
        packed = pack_padded_sequence(x, lengths, batch_first=True)
        states, last = super().forward(packed)
        states, _ = pad_packed_sequence(states, batch_first=True, total_length=x.shape[1])
        return states, torch.cat([last[0], last[1]], 1)


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


class TriMod(nn.Module):
    def __init__(self, words, chars, dropout=0.55, state_dropout=0.3, word_dropout=0.0):
        super().__init__()
        # Dense gradients of the table would cost more than the rest of the model.
        self.word_embedding = nn.Embedding(words, WORD_DIM, padding_idx=PAD, sparse=True)
        self.char_embedding = nn.Embedding(chars, CHAR_DIM, padding_idx=PAD)
        self.char_gru = BiGRU(CHAR_DIM, CHAR_HIDDEN)
        self.word_gru = BiGRU(WORD_DIM + 2 * CHAR_HIDDEN, HIDDEN)
        self.visual = nn.Linear(WORD_DIM, 2 * HIDDEN)
        self.hashtag = nn.Linear(WORD_DIM, 2 * HIDDEN)
        self.fusion = Fusion(2 * HIDDEN)
        self.emission = nn.Linear(2 * HIDDEN, len(LABELS))
        self.crf = CRF()
        self.dropout = nn.Dropout(dropout)
        self.state_dropout = nn.Dropout(state_dropout)
        self.word_dropout = word_dropout

    def embed_words(self, ids):
        if self.training and self.word_dropout:
            dropped = (torch.rand(ids.shape) < self.word_dropout) & (ids != PAD)
            ids = ids.masked_fill(dropped, UNK)
        return self.dropout(self.word_embedding(ids))

    def encode_chars(self, batch):
        """Every distinct character form is encoded once a batch."""
        return self.char_gru(self.dropout(self.char_embedding(batch.forms)), batch.form_lengths)[1]

    def emissions(self, batch):
        chars = self.encode_chars(batch)[batch.form_of_token]
        tokens = torch.cat([self.embed_words(batch.words), chars], 2)
        states = self.state_dropout(self.word_gru(tokens, batch.lengths)[0])
        context = torch.cat(
            [
                self.visual(self.embed_words(batch.visual)),
                self.hashtag(self.embed_words(batch.hashtags)),
            ],
            1,
        )
        present = torch.cat([batch.visual, batch.hashtags], 1) != PAD
        return self.emission(self.state_dropout(self.fusion(states, context, present)))

    def loss(self, batch):
        return self.crf.loss(self.emissions(batch), batch.target, batch.mask).mean()

    @torch.no_grad()
    def predict(self, batch):
        """Label names of each post of the batch, in the batch's order."""
        paths, _ = self.crf.viterbi(self.emissions(batch), batch.mask)
        return [
            [LABELS[label] for label in path[:length]]
            for path, length in zip(paths.tolist(), batch.lengths.tolist())
        ]
