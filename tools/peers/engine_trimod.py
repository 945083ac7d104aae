"""Our artefact: the function `tag` of the compiled library, without padding."""

import numpy as np

from artefact import Artefact, aligned

LABELS = 9


def offsets(rows):
    return np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)


def joined(rows):
    return np.array([item for row in rows for item in row], np.int32)


class Prepared:
    """The calls of a batch, in order, and their results."""

    def __init__(self, calls, outputs):
        self.calls, self.outputs = calls, outputs
        self.workspace_bytes = max(call.workspace_bytes for call in calls)


class Engine:
    """A call uses one thread; several callers may call at once."""

    def __init__(self, files, threads, callers):
        if threads != 1:
            raise ValueError("a call of our artefact uses one thread")
        artefact = Artefact(files.library)
        self.tag = artefact.entry("tag")
        # What a token alone decides is a function of its own, if the compiler split it off.
        self.tokens = artefact.entry("tag.tokens") if artefact.has("tag.tokens") else None

    @property
    def version(self):
        return f"x86-64-v{self.tag.function.isa_level}"

    def prepare(self, batch):
        hashtags = [ids.hashtags for ids in batch]
        words = [word for ids in batch for word in ids.words]
        forms = [form for ids in batch for form in ids.forms]
        inputs = {
            "tokens.offsets": offsets(batch),
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
        if self.tokens is None:
            call = self.tag.bind({**inputs, **token_ids(words, forms)}, outputs)
            return Prepared([call], outputs)
        return self._prepare_split(words, forms, inputs, outputs)

    def _prepare_split(self, words, forms, inputs, outputs):
        """Every distinct token is computed once a batch, as the runtime does it; here no row is
        kept from batch to batch."""
        pairs = list(zip(words, forms))
        index = {pair: row for row, pair in enumerate(dict.fromkeys(pairs))}
        rows = np.empty((len(index), self.tokens.outputs[0].shape[1]), np.float32)
        tokens = np.array([index[pair] for pair in pairs], np.int32)
        calls = [
            self.tokens.bind(token_ids(*zip(*index)), {"token_rows": rows}),
            self.tag.bind({**inputs, "tokens": tokens, "token_rows": rows}, outputs),
        ]
        return Prepared(calls, outputs)

    def caller(self):
        """A function that runs prepared batches on a workspace of its own."""
        address, memory, size = 0, None, 0

        def run(prepared):
            nonlocal address, memory, size
            if prepared.workspace_bytes > size:
                size = prepared.workspace_bytes
                address, memory = aligned(size)
            for call in prepared.calls:
                call.run(address)
            return prepared

        return run

    def labels(self, prepared, lengths):
        return of_posts(prepared.outputs["labels"].tolist(), lengths)

    def emissions(self, prepared, lengths):
        return of_posts(prepared.outputs["emissions"].copy(), lengths)


def token_ids(words, forms):
    return {
        "words": np.array(words, np.int32),
        "chars": joined(forms),
        "chars.item_offsets": offsets(forms),
    }


def of_posts(tokens, lengths):
    ends = np.cumsum(lengths)
    return [tokens[end - length : end] for length, end in zip(lengths, ends)]
