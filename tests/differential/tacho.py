"""tacho's side: writes the script for the driver, runs it, reads what it printed."""

import json
import os
import struct
import subprocess


def bits(value):
    return struct.pack(">d", value).hex()


class Script:
    """The driver's commands, in a file; driver.cc says what they mean."""

    def __init__(self, path, retention_ms, lookback_ms):
        self.path = path
        self._out = open(path, "w", encoding="utf-8")
        self.add("options", retention_ms, lookback_ms)
        self._questions = 0

    def add(self, *fields):
        self._out.write("\t".join(str(f) for f in fields) + "\n")

    def target(self, name, labels, honor_labels=False, honor_timestamps=False):
        self.add("target", name, int(honor_labels), int(honor_timestamps),
                 *(f"{k}={v}" for k, v in labels.items()))

    def play(self, events, plan, lag_ms):
        """Adds the events, (time_ms, command) in order of time, and asks each group as soon
        as the samples up to its time are stored, which is lag_ms later: prepared queries
        then live through the births and deaths of series. The late groups come last.
        Returns the groups in the order in which they are asked."""
        early = sorted((g for g in plan if not g.late), key=lambda g: g.inner.time_ms)
        late = [g for g in plan if g.late]
        asked = 0
        for time_ms, command in events:
            while asked < len(early) and early[asked].inner.time_ms + lag_ms < time_ms:
                self._ask(early[asked])
                asked += 1
            self.add(*command)
        for group in early[asked:] + late:
            self._ask(group)
        return early + late

    def _ask(self, group):
        for text in group.texts():
            self.add("query", self._questions, group.inner.time_ms, text)
            self._questions += 1

    def run(self, driver):
        """Runs the driver over the script; its answers go to a file beside it."""
        self._out.close()
        answers = self.path + ".answers"
        with open(self.path, "rb") as script, open(answers, "wb") as out:
            code = subprocess.run([driver], stdin=script, stdout=out, check=False).returncode
        return Answers(answers, code)


class Answers:
    """The answers, in the order of the questions."""

    def __init__(self, path, exit_code):
        self._in = open(path, encoding="utf-8")
        self._labels = []
        self._exit_code = exit_code
        self.problems = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._in.close()

    def next(self):
        """{labels: value} of the next query."""
        for line in self._in:
            kind, rest = line[0], line[2:].rstrip("\n")
            if kind == "L":
                labels = json.loads(rest.split(" ", 1)[1])
                self._labels.append(tuple(sorted(labels.items())))
            elif kind == "Q":
                return self._read_vector(int(rest.split(" ")[1]))
            else:
                self.problems.append(f"tacho: {line.rstrip()}")
                if kind == "E":
                    return {}
        raise RuntimeError(f"the driver stopped with code {self._exit_code}; " +
                           os.linesep.join(self.problems[:20]))

    def finish(self):
        """What went wrong apart from answers: refused commands, ad hoc against prepared."""
        for line in self._in:
            self.problems.append(f"tacho: {line.rstrip()}")
        self._in.close()
        if self._exit_code != 0:
            self.problems.append(f"the driver stopped with code {self._exit_code}")
        return self.problems

    def _read_vector(self, count):
        vector = {}
        for _ in range(count):
            _, index, value, _ = next(self._in).split(" ")
            vector[self._labels[int(index)]] = struct.unpack(">d", bytes.fromhex(value))[0]
        return vector
