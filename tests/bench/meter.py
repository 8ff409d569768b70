"""Run one command and print its exit code, CPU seconds, wall seconds and peak memory in KiB.

Run as `python -I -S meter.py TIMEOUT LOG PROGRAM ARGUMENTS…`. It is a process of its own, and a small one,
because Linux counts the memory of the process that starts a command as the command's own peak.
"""

import os
import signal
import sys
import time

_LOOK_EVERY = 0.005


def main(timeout: float, log: str, argv: list[str]) -> None:
    """Run `argv` with both outputs in `log`, killing it after `timeout` seconds; a signal's exit code is negative."""
    started = time.monotonic()
    pid = os.posix_spawnp(
        argv[0],
        argv,
        os.environ,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
    )
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() - started > timeout:
            os.kill(pid, signal.SIGKILL)
        time.sleep(_LOOK_EVERY)
    wall = time.monotonic() - started
    print(os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:])
