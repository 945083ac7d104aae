"""Interleaved passes of engines that run beside each other in processes of their own."""

import statistics
from dataclasses import dataclass, field

from agreement import Agreement, compare
from engines import OURS
from workers import EngineError, Worker

SIZES = (8, 16, 32, 64, 128)
TUNING_POSTS = 400


@dataclass(frozen=True)
class Setup:
    threads: int  # inside a call
    callers: int  # calls at once

    @property
    def cores(self):
        return self.threads * self.callers

    def __str__(self):
        if self.cores == 1:
            return "one thread"
        return "two calls at once" if self.callers > 1 else "two threads in a call"


ONE = Setup(1, 1)
SPLIT_CALL = Setup(2, 1)
TWO_CALLS = Setup(1, 2)


@dataclass
class Timing:
    """Seconds of passes over `posts` posts in batches of `size`, and of each call of a pass if
    there is one call at a time."""

    size: int
    posts: int
    wall: list = field(default_factory=list)
    cpu: list = field(default_factory=list)
    calls: list = field(default_factory=list)

    def add(self, measured, one_at_a_time=False):
        self.wall.append(measured["wall"])
        self.cpu.append(measured["cpu"])
        if one_at_a_time:
            self.calls.append(measured["calls"])

    @property
    def wall_per_post(self):
        """Every call by its median over the passes where calls are known: one that another process
        interrupted is left out, not averaged in."""
        if self.calls:
            return sum(map(statistics.median, zip(*self.calls))) / self.posts
        return statistics.median(self.wall) / self.posts

    @property
    def cpu_per_post(self):
        return statistics.median(self.cpu) / self.posts

    @property
    def posts_per_second(self):
        return 1 / self.wall_per_post


@dataclass
class Result:
    """Of one engine in one setup."""

    version: str = ""
    single: Timing = None
    bulk: Timing = None
    agreement: Agreement = None
    peak_mib: float = None
    error: str = None


def best_size(worker, sizes):
    """The fastest batch size for bulk, by the second pass of each over some of the posts."""
    if len(sizes) == 1:
        return sizes[0]
    took = {}
    for size in sizes:
        for _ in range(2):
            took[size] = worker.ask(size=size, posts=TUNING_POSTS)
    return min(took, key=lambda size: took[size]["cpu"])


class Field:
    """All engines in one setup. One that fails is left out from then on, and says how it failed."""

    def __init__(self, names, setup, options, counts):
        """counts: (posts of the single passes, posts of the bulk passes)"""
        self.setup, self.counts = setup, counts
        self.results = {name: Result() for name in names}
        self.workers = {}
        for name in names:
            self._guard(name, lambda: self._start(name, options))

    def _start(self, name, options):
        worker = Worker(name, options, self.setup.threads, self.setup.callers)
        self.workers[name] = worker
        self.results[name].version = worker.version

    def _guard(self, name, action):
        try:
            action()
        except (EngineError, OSError) as error:
            self.results[name].error = str(error)
            if name in self.workers:
                self.workers.pop(name).close()

    def each(self, action, first=0):
        """action(worker, result) of every engine that still works, beginning with another one each
        time."""
        names = list(self.workers)
        turn = first % max(len(names), 1)
        for name in names[turn:] + names[:turn]:
            self._guard(name, lambda: action(self.workers[name], self.results[name]))

    def warm(self, sizes_of):
        """sizes_of: for each engine, the batch sizes to try."""

        def one(worker, result):
            single, bulk = self.counts
            if self.setup.callers == 1:  # one post at a time has one caller
                worker.ask(size=1, posts=single)
                result.single = Timing(1, single)
            result.bulk = Timing(best_size(worker, sizes_of[worker.name]), bulk)
            worker.ask(size=result.bulk.size)

        self.each(one)

    def measure(self, rounds, beside=None):
        """beside: what else is measured in each round."""

        def one(worker, result):
            if result.single:
                result.single.add(worker.ask(size=1, posts=result.single.posts), True)
            result.bulk.add(worker.ask(size=result.bulk.size), self.setup.callers == 1)

        for turn in range(rounds):
            self.each(one, turn)
            if beside is not None:
                beside()

    def reference(self):
        """Labels and emissions of each post, from our engine."""
        ours = self.workers[OURS]
        return (
            ours.ask(size=1, labels=True)["labels"],
            ours.ask(size=1, emissions=True)["emissions"],
        )

    def compare(self, reference, state):
        """Labels of both batch sizes with the reference."""

        def one(worker, result):
            for size in (1, result.bulk.size):
                labels = worker.ask(size=size, labels=True)["labels"]
                result.agreement = compare(*reference, labels, state)
                if result.agreement.wrong:
                    return

        self.each(one)

    def finish(self):
        def one(worker, result):
            result.peak_mib = worker.ask(memory=True)["peak_mib"]

        self.each(one)
        for worker in self.workers.values():
            worker.close()
        return self.results
