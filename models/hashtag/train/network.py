"""The hashtag segmenter (design section 2): characters -> embedding -> convolutions -> BiLSTM ->
two-way linear per character.

Parameter names, with `segmenter.` before them, are those of the exported safetensors.
"""

import torch
from torch import nn

CHAR_DIM = 32
WIDTHS = (96, 128)
KERNELS = (5, 3)
HIDDEN = 128


class Segmenter(nn.Module):
    """All hashtags of a batch are equally long: nothing is padded but the convolutions' edges."""

    def __init__(self, characters, dropout=0.0):
        super().__init__()
        self.embedding = nn.Embedding(characters, CHAR_DIM)
        self.conv1 = nn.Conv1d(CHAR_DIM, WIDTHS[0], KERNELS[0], padding="same")
        self.conv2 = nn.Conv1d(WIDTHS[0], WIDTHS[1], KERNELS[1], padding="same")
        self.lstm = nn.LSTM(WIDTHS[1], HIDDEN, batch_first=True, bidirectional=True)
        self.output = nn.Linear(2 * HIDDEN, 2)
        self.dropout = nn.Dropout(dropout)

    def forward(self, characters):
        """ids [B, T] -> scores [B, T, 2] of going on and of ending a word."""
        x = self.embedding(characters).transpose(1, 2)
        x = torch.relu(self.conv1(x))
        x = self.dropout(torch.relu(self.conv2(x)))
        states, _ = self.lstm(x.transpose(1, 2))
        return self.output(self.dropout(states))

    def probabilities(self, characters):
        """P(a word ends after this character), [B, T]."""
        return torch.softmax(self(characters), 2)[:, :, 1]

    def loss(self, characters, targets, present):
        """Targets [B, A, T] are accepted segmentations, of which present [B, A] is 1. Minus the
        logarithm of their total probability, a character."""
        scores = torch.log_softmax(self(characters).float(), 2)[:, None].expand(
            -1, targets.shape[1], -1, -1
        )
        chosen = scores.gather(3, targets[..., None])[..., 0].sum(2)
        return -torch.logsumexp(chosen + present.log(), 1).mean() / characters.shape[1]
