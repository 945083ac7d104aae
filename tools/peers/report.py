"""The results as Markdown tables and as JSON."""

from dataclasses import asdict

from engines import OURS
from measuring import ONE, SPLIT_CALL, TWO_CALLS


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def microseconds(seconds):
    return f"{1e6 * seconds:,.0f}"


def rate(timing):
    return f"{timing.posts_per_second:,.0f}"


def faster_by(theirs, ours):
    """In wall time, and in process CPU time, which a busy machine disturbs less."""
    wall = theirs.wall_per_post / ours.wall_per_post
    return f"{wall:.2f} ({theirs.cpu_per_post / ours.cpu_per_post:.2f})"


def failed(name, result, width):
    return [name, f"fails: {result.error}", *[""] * (width - 2)]


def one_thread(results):
    head = [
        "one thread",
        "one post: µs",
        "CPU µs",
        "ours is faster by (CPU)",
        "bulk: posts/s",
        "batch",
        "CPU µs a post",
        "ours is faster by (CPU)",
        "posts with other tags",
    ]
    ours = results[OURS]
    rows = []
    for name, result in results.items():
        if result.error:
            rows.append(failed(name, result, len(head)))
            continue
        single, bulk = result.single, result.bulk
        rows.append(
            [
                f"{name} {result.version}",
                microseconds(single.wall_per_post),
                microseconds(single.cpu_per_post),
                faster_by(single, ours.single),
                rate(bulk),
                bulk.size,
                microseconds(bulk.cpu_per_post),
                faster_by(bulk, ours.bulk),
                result.agreement,
            ]
        )
    return table(head, rows)


def usable(results, setup, name):
    result = results.get(setup, {}).get(name)
    return result if result is not None and not result.error else None


def best_bulk(results, name):
    """(setup, timing) of the faster way to use two cores, or None."""
    found = [
        (setup, result.bulk)
        for setup in (SPLIT_CALL, TWO_CALLS)
        if (result := usable(results, setup, name))
    ]
    return max(found, key=lambda pair: pair[1].posts_per_second, default=None)


def two_threads(results):
    head = [
        "two threads",
        "one post: µs",
        "CPU µs",
        "bulk: posts/s",
        "batch",
        "CPU µs a post",
        "how",
        "gain over one thread",
        "ours is faster by (CPU)",
    ]
    ours = best_bulk(results, OURS)
    rows = []
    for name, alone in results[ONE].items():
        best = best_bulk(results, name)
        if best is None:
            continue
        setup, bulk = best
        split = usable(results, SPLIT_CALL, name)
        gain = f"{bulk.posts_per_second / alone.bulk.posts_per_second:.2f}" if alone.bulk else ""
        rows.append(
            [
                name,
                microseconds(split.single.wall_per_post) if split else "a call uses one",
                microseconds(split.single.cpu_per_post) if split else "",
                rate(bulk),
                bulk.size,
                microseconds(bulk.cpu_per_post),
                setup,
                gain,
                faster_by(bulk, ours[1]) if ours else "",
            ]
        )
    return table(head, rows)


def start_and_memory(starts, peaks):
    head = ["start and memory", "process start to first tags: ms", "peak memory: MiB"]
    rows = []
    for name, seconds in starts.items():
        took = f"{1e3 * seconds:,.0f}" if isinstance(seconds, float) else f"fails: {seconds}"
        peak = peaks.get(name)
        rows.append([name, took, f"{peak:,.0f}" if peak else ""])
    return table(head, rows)


def whole(runs, results):
    """runs: of the executable (executable.Whole)."""
    head = [
        "whole program, JSON to JSON",
        "threads",
        "posts/s",
        "CPU µs a post",
        "fastest peer, its network alone: posts/s",
        "CPU µs a post",
        "ours is faster by (CPU)",
    ]
    rows = []
    for run in runs:
        timing = run.timing
        peer, fastest = fastest_peer(results, run.threads, timing.size == 1)
        row = [f"batches of {timing.size}", run.threads, rate(timing)]
        row.append(microseconds(timing.cpu_per_post))
        if fastest:
            row += [f"{rate(fastest)} ({peer})", microseconds(fastest.cpu_per_post)]
            row.append(faster_by(fastest, timing))
        rows.append(row + [""] * (len(head) - len(row)))
    return table(head, rows)


def fastest_peer(results, threads, single):
    """(name, timing) of posts one by one, or of batches."""
    timings = {}
    for name, result in results[ONE].items():
        if name == OURS or result.error:
            continue
        if threads == 1:
            timings[name] = result.single if single else result.bulk
        elif best := best_bulk(results, name):
            timings[name] = best[1]
    name = min(timings, key=lambda peer: timings[peer].wall_per_post, default=None)
    return name, timings.get(name)


def as_json(results, starts, peaks, wholes, probes, machine):
    return {
        "machine": machine,
        "network": {
            str(setup): {name: asdict(result) for name, result in by_name.items()}
            for setup, by_name in results.items()
        },
        "start_seconds": starts,
        "peak_mib": peaks,
        "whole": [{"threads": run.threads, **asdict(run.timing)} for run in wholes],
        "probes": dict(probes),
    }
