"""Load by ab, in short batches, so that what it completed by any moment is known."""

import re
import subprocess
import threading
import time


class AbLoad:
    """Sends about `rate` requests a second to `url` until stopped.

    Each batch is one run of ab. What a batch completed is spread evenly between its
    begin and its end, which lie a fraction of a second apart.
    """

    BATCH_SECONDS = 0.5

    def __init__(self, url, rate):
        self._url = url
        self._batch = max(1, round(rate * self.BATCH_SECONDS))
        self._batches = []  # (begin, end, completed), Unix seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self._thread.start()

    def stop(self):
        self._stop.set()
        self._thread.join(timeout=30)

    def completed(self, begin, end):
        """Requests that ab completed between two moments."""
        total = 0.0
        for b, e, n in list(self._batches):
            overlap = min(e, end) - max(b, begin)
            total += n * max(0.0, overlap) / (e - b)
        return total

    def _run(self):
        due = time.time()
        while not self._stop.is_set():
            begin = time.time()
            done = self._ab()
            self._batches.append((begin, max(time.time(), begin + 1e-3), done))
            due = max(due + self.BATCH_SECONDS, time.time() - self.BATCH_SECONDS)
            self._stop.wait(max(0.0, due - time.time()))

    def _ab(self):
        command = ["ab", "-q", "-n", str(self._batch), "-c", "2", self._url]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        complete = re.search(r"Complete requests:\s+(\d+)", run.stdout)
        return int(complete.group(1)) if complete else 0
