"""A real Prometheus in a folder of its own, on a loopback port; ended on leaving the
with block."""

import http.client
import json
import os
import signal
import socket
import subprocess
import time
import urllib.parse

import remote_write

IDLE = "scrape_configs: []\n"  # a configuration that scrapes nothing
REMOTE_WRITE = "--web.enable-remote-write-receiver"


class Unavailable(Exception):
    """There is no Prometheus here to compare with."""


def binary(peers, name):
    path = os.path.join(peers, "usr", "bin", name)
    try:
        subprocess.run([path, "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Unavailable(f"{path} does not run ({error}); "
                          "scripts/setup --peers gets it") from error
    return path


def rfc3339(ms):
    """As a query's time: exact, where a float of seconds is cut to a wrong millisecond."""
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000)) + f".{ms % 1000:03d}Z"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    def __init__(self, peers, folder, config, flags=()):
        self._binary, self._folder, self._flags = binary(peers, "prometheus"), folder, list(flags)
        self._log_path = os.path.join(folder, "prometheus.log")
        self._config = os.path.join(folder, "prometheus.yml")
        with open(self._config, "w", encoding="utf-8") as out:
            out.write(config)
        self._process = self._connection = None

    def __enter__(self):
        # The port was free a moment ago; somebody may have been faster.
        for _ in range(5):
            self._port = _free_port()
            self._start()
            if self._wait_until_ready():
                return self
            self.stop()
        raise RuntimeError(f"Prometheus does not start; see {self._log_path}")

    def __exit__(self, *_):
        self.stop()

    @property
    def address(self):
        return f"127.0.0.1:{self._port}"

    def _start(self):
        with open(self._log_path, "ab") as log:
            self._process = subprocess.Popen(
                [self._binary, f"--config.file={self._config}",
                 f"--storage.tsdb.path={os.path.join(self._folder, 'data')}",
                 f"--web.listen-address=127.0.0.1:{self._port}", "--log.level=warn",
                 "--storage.tsdb.retention.time=100y", *self._flags],
                stdout=log, stderr=log, cwd=self._folder)
        self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)

    def _wait_until_ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self._get("/-/ready")[0] == 200:
                    return True
            except OSError:
                pass
            time.sleep(0.1)
        return False

    def stop(self):
        if self._process is None:
            return
        self._connection.close()
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()
        self._process = None

    def _get(self, path):
        try:
            self._connection.request("GET", path)
            reply = self._connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise OSError(f"no answer from Prometheus: {error}") from error

    def _post(self, path, body, headers):
        """(status, body) of the reply."""
        try:
            self._connection.request("POST", path, body, headers)
            reply = self._connection.getresponse()
            return reply.status, reply.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise OSError(f"no answer from Prometheus: {error}") from error

    def ask(self, endpoint, **parameters):
        """The whole reply of "query" or "query_range", errors too."""
        _, body = self._post(f"/api/v1/{endpoint}", urllib.parse.urlencode(parameters),
                             {"Content-Type": "application/x-www-form-urlencoded"})
        return json.loads(body)

    def write(self, samples):
        """Stores {labels: [(time_ms, value)]} by remote write, staleness markers too; needs
        REMOTE_WRITE among the flags. All in one request, series by series: Prometheus then
        knows them in this order."""
        status, body = self._post("/api/v1/write", remote_write.request(samples),
                                  remote_write.HEADERS)
        if status != 204:
            raise RuntimeError(f"Prometheus refuses samples: {body.decode()}")

    def query(self, promql, time_ms):
        """The "result" list of an instant query."""
        path = "/api/v1/query?" + urllib.parse.urlencode(
            {"query": promql, "time": rfc3339(time_ms)})
        reply = json.loads(self._get(path)[1])
        if reply["status"] != "success":
            raise RuntimeError(f"Prometheus on {promql}: {reply['error']}")
        return reply["data"]["result"]

    def vector(self, promql, time_ms):
        """{labels: value} of an instant query."""
        return {tuple(sorted(s["metric"].items())): float(s["value"][1])
                for s in self.query(promql, time_ms)}

    def raw(self, selector, time_ms, range_ms):
        """{labels: [(time_ms, value)]}: the samples as they are stored, markers left out."""
        return {tuple(sorted(s["metric"].items())):
                [(round(t * 1000), float(v)) for t, v in s["values"]]
                for s in self.query(f"{selector}[{range_ms}ms]", time_ms)}
