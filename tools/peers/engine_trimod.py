"""Our artefact: the function `tag` of the compiled library, without padding."""

import numpy as np

from artefact import Artefact, aligned

LABELS = 9


def offsets(rows):
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)


def joined(rows):
    return np.array([item for row in rows for item in row], np.int32)


class Engine:
    """A call uses one thread; several callers may call at once."""

    def __init__(self, files, threads, callers):
        if threads != 1:
            raise ValueError("a call of our artefact uses one thread")
        self.artefact = Artefact(files.library, "tag")

    @property
    def version(self):
        return f"x86-64-v{self.artefact.function.isa_level}"

    def prepare(self, batch):
        forms = [form for ids in batch for form in ids.forms]
        hashtags = [ids.hashtags for ids in batch]
        words = joined([ids.words for ids in batch])
        inputs = {
            "words": words,
            "tokens.offsets": offsets(batch),
            "chars": joined(forms),
            "chars.item_offsets": offsets(forms),
            "visual": joined([ids.visual for ids in batch]),
            "visual.offsets": offsets([ids.visual for ids in batch]),
            # The network reads hashtags as one list of words, so each word may be a hashtag.
            "hashtags": joined(hashtags),
            "hashtags.item_offsets": np.arange(sum(map(len, hashtags)) + 1, dtype=np.int64),
            "hashtags.offsets": offsets(hashtags),
        }
        outputs = {
            "labels": np.empty(len(words), np.int32),
            "score": np.empty(len(batch), np.float32),
            "emissions": np.empty((len(words), LABELS), np.float32),
        }
        return self.artefact.bind(inputs, outputs)

    def caller(self):
        """A function that runs prepared batches on a workspace of its own."""
        address, memory, size = 0, None, 0

        def run(call):
            nonlocal address, memory, size
            if call.workspace_bytes > size:
                size = call.workspace_bytes
                address, memory = aligned(size)
            call.run(address)
            return call

        return run

    def labels(self, call, lengths):
        labels = call.alive[1]["labels"].tolist()
        ends = np.cumsum(lengths)
        return [labels[end - length : end] for length, end in zip(lengths, ends)]

    def emissions(self, call, lengths):
        ends = np.cumsum(lengths)
        found = call.alive[1]["emissions"]
        return [found[end - length : end].copy() for length, end in zip(lengths, ends)]
