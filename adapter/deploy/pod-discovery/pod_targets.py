"""Keeps a file of targets for file_sd_configs: the running pods that ask to be scraped.

usage: pod_targets.py --file=FILE [--every=SECONDS] [--api=URL] [--account=FOLDER]

A pod asks by its annotations, as is the custom with Prometheus:

    prometheus.io/scrape: "true"
    prometheus.io/port: "8080"          needed
    prometheus.io/path: /metrics        the default
    prometheus.io/scheme: http          the default

It is listed by its address, with the labels `namespace` and `pod` and its own labels for selectors.
All pods are listed again every --every seconds (10). A list that fails changes nothing, and the log
says why. The file is replaced, never written to, and only when it says something new.
"""

import argparse
import http.client
import json
import os
import pathlib
import signal
import ssl
import sys
import time
import urllib.parse

PAGE = 250  # pods; some megabytes, which is what memory is needed for
TIMEOUT = 10
ASK = "prometheus.io/"


def target(pod):
    """The entry of a pod, or None."""
    about = pod["metadata"]
    asks = {name.removeprefix(ASK): value for name, value in
            (about.get("annotations") or {}).items() if name.startswith(ASK)}
    address, port = pod["status"].get("podIP"), asks.get("port", "")
    if asks.get("scrape") != "true" or not address or not port.isdecimal():
        return None
    host = f"[{address}]" if ":" in address else address
    labels = {"namespace": about["namespace"], "pod": about["name"]}
    if "path" in asks:
        labels["__metrics_path__"] = asks["path"]
    if "scheme" in asks:
        labels["__scheme__"] = asks["scheme"]
    for name, value in (about.get("labels") or {}).items():
        labels[f"__meta_kubernetes_pod_label_{name}"] = value
    return {"targets": [f"{host}:{port}"], "labels": labels}


class Kubernetes:
    """`account` is a folder with a service account's token and the API server's CA."""

    def __init__(self, api, account):
        self._api, self._account = urllib.parse.urlsplit(api), pathlib.Path(account)

    def _connect(self):
        if self._api.scheme == "http":
            return http.client.HTTPConnection(self._api.hostname, self._api.port, timeout=TIMEOUT)
        context = ssl.create_default_context(cafile=self._account / "ca.crt")
        return http.client.HTTPSConnection(self._api.hostname, self._api.port, timeout=TIMEOUT,
                                           context=context)

    def _get(self, path):
        # Token and CA are read each time: both are renewed.
        token = (self._account / "token").read_text(encoding="ascii").strip()
        connection = self._connect()
        try:
            connection.request("GET", path, headers={
                "Authorization": f"Bearer {token}", "Accept": "application/json",
                "User-Agent": "tacho-pod-targets"})
            reply = connection.getresponse()
            body = reply.read()
        finally:
            connection.close()
        if reply.status != 200:  # a redirect, too: the token goes nowhere else
            raise OSError(f"{path}: {reply.status} {body[:200].decode(errors='replace')}")
        return json.loads(body)

    def running_pods(self):
        query = {"fieldSelector": "status.phase=Running", "limit": PAGE}
        while True:
            page = self._get("/api/v1/pods?" + urllib.parse.urlencode(query))
            yield from page["items"]
            query["continue"] = page["metadata"].get("continue")
            if not query["continue"]:
                return


def replace(path, text):
    """Whether the file said something else before."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
    return True


def write_targets(kubernetes, path):
    found = [entry for entry in map(target, kubernetes.running_pods()) if entry]
    found.sort(key=lambda entry: (entry["labels"]["namespace"], entry["labels"]["pod"]))
    if replace(path, json.dumps(found) + "\n"):
        print(f"{len(found)} targets", file=sys.stderr)


def in_cluster():
    host = os.environ.get("KUBERNETES_SERVICE_HOST", "")
    port = os.environ.get("KUBERNETES_SERVICE_PORT", "443")
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=pathlib.Path, required=True)
    parser.add_argument("--every", type=float, default=10)
    parser.add_argument("--api", default=in_cluster())
    parser.add_argument("--account", default="/var/run/secrets/kubernetes.io/serviceaccount")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as process 1 it would be ignored
    kubernetes = Kubernetes(options.api, options.account)
    while True:
        try:
            write_targets(kubernetes, options.file)
        except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
            print(f"targets stay as they are: {error!r}", file=sys.stderr)
        time.sleep(options.every)


if __name__ == "__main__":
    main()
