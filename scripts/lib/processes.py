"""Processes of a demo or test: started together, and ended whatever happens."""

import os
import signal
import subprocess
import sys
import time


class Processes:
    """Use as a context manager; ends what it started, by process id."""

    def __init__(self):
        self._running = []

    def __enter__(self):
        # SystemExit unwinds the stack, and __exit__ runs.
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))
        return self

    def __exit__(self, *_):
        for process in self._running:
            process.terminate()
        for process in self._running:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, command, **kwargs):
        process = subprocess.Popen(command, **kwargs)
        self._running.append(process)
        return process


def wait_for_file(path, process, seconds=20):
    """The text of a file that a process writes when it is ready."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if os.path.exists(path):
            with open(path, encoding="ascii") as file:
                return file.read().strip()
        if process.poll() is not None:
            break
        time.sleep(0.02)
    raise RuntimeError(f"{process.args[0]} did not get ready: no {path}")
