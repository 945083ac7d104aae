"""Peak memory of a process, from the text of its /proc/PID/status."""


def peak_of(status):
    """MiB"""
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
