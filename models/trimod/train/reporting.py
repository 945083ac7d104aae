"""Lines and progress bars on standard error."""

import sys

from tqdm import tqdm


def report(line):
    tqdm.write(line, file=sys.stderr)


def progress(iterable, total=None, label=None):
    """A bar with the time left. In a log file it is written once a minute."""
    pause = {} if sys.stderr.isatty() else {"mininterval": 60, "delay": 60}
    return tqdm(iterable, desc=label, total=total, leave=False, **pause)
