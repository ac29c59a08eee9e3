"""The same requests to tacho-adapter and to Prometheus 2.42, both of which scrape the same
targets. Replies are compared byte by byte, then field by field; every difference that
remains must be one that a rule of http_api_rules.py excuses, by name."""

import http.client
import http.server
import json
import os
import shutil
import sys
import threading
import time
import urllib.parse

import http_api_rules
import prometheus

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "scripts", "lib"))

from processes import Processes, wait_for_file  # noqa: E402  (the path comes first)

SKIPPED = 77
# Values that do not change: whenever a scrape comes, it finds the same.
BODIES = ["""\
# HELP requests_total Requests, "all" of them\\nand <more>.
# TYPE requests_total counter
requests_total{code="200",path="/<a>&b"} 12
requests_total{code="500",path="/"} 3
# TYPE temperature gauge
temperature{place="attic"} -0.5
temperature{place="cellar"} 1e-7
temperature{place="oven"} 1e21
temperature{place="sun"} +Inf
temperature{place="void"} NaN
# HELP latency_seconds Time.
# TYPE latency_seconds histogram
latency_seconds_bucket{le="0.1"} 3
latency_seconds_bucket{le="1"} 7
latency_seconds_bucket{le="+Inf"} 9
latency_seconds_sum 12.5
latency_seconds_count 9
bare 7
""", """\
# HELP requests_total Other words.
# TYPE requests_total counter
requests_total{code="200",path="/"} 100
# TYPE temperature gauge
temperature{place="attic"} 20.25
"""]
CONFIG = """\
global: {scrape_interval: 1s, scrape_timeout: 900ms}
scrape_configs:
- job_name: first
  static_configs: [{targets: ['127.0.0.1:%d'], labels: {zone: a}}]
- job_name: second
  static_configs: [{targets: ['127.0.0.1:%d'], labels: {zone: b}}]
"""
RULES = "rules: []\n"


class Body(http.server.ThreadingHTTPServer):
    """Serves one body for ever."""

    daemon_threads = True

    def __init__(self, body):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                """Quiet."""
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Reply:
    def __init__(self, status, content_type, body):
        self.status, self.content_type, self.text = status, content_type, body
        self.json = json.loads(body) if content_type == "application/json" else None


def ask(address, request):
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        target, body, headers = request.path, None, {}
        form = urllib.parse.urlencode(request.params, doseq=True)
        if request.method == "POST":
            body, headers = form, {"Content-Type": "application/x-www-form-urlencoded"}
        elif form:
            target += "?" + form
        connection.request(request.method, target, body, headers)
        reply = connection.getresponse()
        text = reply.read().decode()
        return Reply(reply.status, reply.headers.get_content_type(), text)
    finally:
        connection.close()


def count(address, promql):
    reply = ask(address, http_api_rules.Request("GET", "/api/v1/query", {"query": promql}))
    return len(reply.json["data"]["result"]) if reply.status == 200 else 0


def wait_until_scraped(address):
    deadline = time.monotonic() + 60
    # Long enough for the windows of the queries.
    while (count(address, "up == 1") < 2 or
           count(address, "count_over_time(requests_total[1m]) >= 6") < 3):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{address} does not scrape")
        time.sleep(0.1)


def start_adapter(processes, binary, folder, config):
    for name, text in (("rules.yaml", RULES), ("scrape.yaml", config)):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(text)
    address = os.path.join(folder, "address")
    with open(os.path.join(folder, "adapter.log"), "wb") as log:
        process = processes.start(
            [binary, "--config", os.path.join(folder, "rules.yaml"), "--scrape-config",
             os.path.join(folder, "scrape.yaml"), "--listen", "127.0.0.1:0", "--address-file",
             address], stderr=log)
    return wait_for_file(address, process)


def compare(ours_at, theirs_at):
    """(problems, number of equal replies, rules used)."""
    problems, equal, used = [], 0, {}
    now = int(time.time())
    for request in http_api_rules.requests(now):
        ours, theirs = ask(ours_at, request), ask(theirs_at, request)
        if (ours.status, ours.content_type, ours.text) == (theirs.status, theirs.content_type,
                                                           theirs.text):
            equal += 1
            continue
        rules, difference = http_api_rules.excuse(request, ours, theirs)
        for rule in rules:
            used[rule] = used.get(rule, 0) + 1
        if difference:
            problems.append(f"{request}\n  {difference}\n  tacho      {ours.status} {ours.text}"
                            f"  Prometheus {theirs.status} {theirs.text}")
    return problems, equal, used


def main(binary, peers, folder):
    shutil.rmtree(folder, ignore_errors=True)  # an earlier run's samples are there
    os.makedirs(folder)
    try:
        prometheus.binary(peers, "prometheus")
    except prometheus.Unavailable as reason:
        print(f"skipped: {reason}")
        return SKIPPED
    servers = [Body(body) for body in BODIES]
    config = CONFIG % tuple(server.server_address[1] for server in servers)
    with Processes() as processes, prometheus.Prometheus(peers, folder, config) as server:
        ours = start_adapter(processes, binary, folder, config)
        wait_until_scraped(ours)
        wait_until_scraped(server.address)
        problems, equal, used = compare(ours, server.address)
    print(f"{equal} replies are equal to the byte; rules used: {used or 'none'}")
    unused = set(http_api_rules.RULES) - set(used) - http_api_rules.BY_CHANCE
    problems += [f"the rule {rule!r} excuses nothing: delete it" for rule in sorted(unused)]
    for problem in problems:
        print(f"FAILED {problem}")
    return 1 if problems or equal < 20 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
