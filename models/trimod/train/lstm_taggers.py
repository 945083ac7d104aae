"""The two LSTM taggers: words and their characters -> BiLSTM -> CRF. They read no context.

Parameter names are those of the exported safetensors.
"""

import torch
from torch import nn

from labels import LABELS
from model import BiLSTM, Tagger, Variant
from vocabulary import PAD


class LSTMTagger(Tagger):
    """Others say how they encode characters."""

    WORD_DIM = 100

    def __init__(self, words, chars, char_dim, char_features, hidden, variant):
        super().__init__(words, variant)
        self.char_embedding = nn.Embedding(chars, char_dim, padding_idx=PAD)
        self.word_lstm = BiLSTM(self.WORD_DIM + char_features, hidden)
        self.emission = nn.Linear(2 * hidden, len(LABELS))

    def encode_chars(self, embedded, lengths):
        """[U, L, char_dim] -> [U, char_features]"""
        raise NotImplementedError

    def emissions(self, batch):
        # Every distinct character form is encoded once a batch.
        embedded = self.dropout(self.char_embedding(batch.forms))
        chars = self.encode_chars(embedded, batch.form_lengths)[batch.form_of_token]
        tokens = torch.cat([self.embed_words(batch.words), chars], 2)
        return self.emission(self.state_dropout(self.word_lstm(tokens, batch.lengths)[0]))


class BiLSTMCRF(LSTMTagger):
    """Lample et al. 2016: the characters of a word through a BiLSTM, the last state of each
    direction."""

    CHAR_DIM, CHAR_HIDDEN, HIDDEN = 25, 25, 100

    def __init__(self, words, chars, variant=Variant()):
        super().__init__(
            words, chars, self.CHAR_DIM, 2 * self.CHAR_HIDDEN, self.HIDDEN, variant
        )
        self.char_lstm = BiLSTM(self.CHAR_DIM, self.CHAR_HIDDEN)

    def encode_chars(self, embedded, lengths):
        return self.char_lstm(embedded, lengths)[1]


class CnnBiLSTMCRF(LSTMTagger):
    """Ma and Hovy 2016: the characters of a word through a convolution of width 3 and the maximum
    over the word."""

    CHAR_DIM, FILTERS, HIDDEN = 30, 30, 150

    def __init__(self, words, chars, variant=Variant()):
        super().__init__(words, chars, self.CHAR_DIM, self.FILTERS, self.HIDDEN, variant)
        self.char_conv = nn.Conv1d(self.CHAR_DIM, self.FILTERS, 3, padding=1)

    def encode_chars(self, embedded, lengths):
        # The embedding of padding is 0, so a word's end reads zeros, as the convolution's own padding.
        features = torch.tanh(self.char_conv(embedded.transpose(1, 2)))
        inside = torch.arange(features.shape[2]) < lengths[:, None]
        return features.masked_fill(~inside[:, None], -torch.inf).amax(2)
