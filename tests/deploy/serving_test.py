"""tacho-adapter, run with the Deployment's arguments and files, serves what the APIServices
register, to a client with the front proxy's certificate and to nobody else."""

import json
import pathlib
import sys
import unittest

import manifests
from manifests import ROOT, apis, flags, mounted, needs_kustomize, plain, rendered

sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from harness import ADAPTER, eventually  # noqa: E402  (the path comes first)
from pki import client_context  # noqa: E402
from processes import wait_for_file  # noqa: E402
from secure_harness import FRONT_PROXY, SecurePort, SecureTest  # noqa: E402

RESOURCE_RULE = """
    containerQuery: 'sum(rate(seconds{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
    nodeQuery: 'sum(rate(seconds{<<.LabelMatchers>>}[2m])) by (<<.GroupBy>>)'
    resources:
      overrides:
        node: {resource: node}
        namespace: {resource: namespace}
        pod: {resource: pod}
    containerLabel: container"""
# What a user adds to the rules with the components.
MORE_RULES = f"""
externalRules:
- seriesQuery: 'queue_length{{namespace!=""}}'
  resources: {{overrides: {{namespace: {{resource: namespace}}}}}}
  metricsQuery: 'sum(<<.Series>>{{<<.LabelMatchers>>}})'
resourceRules:
  cpu: {RESOURCE_RULE}
  memory: {RESOURCE_RULE}
  window: 2m
"""


class DeployedAdapter(SecurePort):
    """The container's process in a folder that takes the place of its mounts."""

    def __init__(self, processes, path, found, proxy_ca, more=""):
        self.path = path
        for name, text in mounted(found, proxy_ca).items():
            file = self._here(name)
            file.parent.mkdir(parents=True, exist_ok=True)
            extra = more if name == flags(found)["config"] else ""
            file.write_text(text.replace("/etc/tacho", str(path / "etc/tacho")) + extra)
        # Another address and port, as tests share the machine; nothing else is other.
        here = {**flags(found), "secure-port": "0", "bind-address": "127.0.0.1",
                "address-file": str(path / "address")}
        with open(path / "log", "wb") as log:
            self.process = processes.start(
                [ADAPTER, *(f"--{name}={self._here(value)}" if value.startswith("/etc/") else
                            f"--{name}={value}" for name, value in here.items())], stderr=log)
        address = wait_for_file(str(path / "address"), self.process)
        super().__init__(int(address.rsplit(":", 1)[1]))

    def _here(self, name):
        return pathlib.Path(str(self.path) + name)


class Serving(SecureTest):
    def deploy(self, found, more=""):
        return DeployedAdapter(self.processes, self.path, found, self.proxy_ca.crt.read_text(),
                               more)

    def ask(self, adapter, path):
        status, body = adapter.ask(path, [("X-Remote-User", "kube-aggregator")],
                                   client_context(pair=self.proxy))
        self.assertEqual(status, 200, body)
        return json.loads(body)

    def check_apis(self, adapter, registered):
        listed = self.ask(adapter, "/apis")
        served = {tuple(version["groupVersion"].split("/"))
                  for group in listed["groups"] for version in group["versions"]}
        # Of the custom metrics API the list names one version, as prometheus-adapter's does.
        self.assertEqual(served | {("custom.metrics.k8s.io", "v1beta2")}, registered)
        for group, version in sorted(registered):
            document = self.ask(adapter, f"/apis/{group}/{version}")
            self.assertEqual(document["groupVersion"], f"{group}/{version}")

    def test_what_is_registered_is_served(self):
        adapter = self.deploy(plain())
        self.check_apis(adapter, apis(plain()))

    def test_the_targets_of_the_config_map_are_scraped(self):
        adapter = self.deploy(plain())

        def pods():
            found = self.ask(adapter, "/api/v1/targets")["data"]["activeTargets"]
            return sorted(target["labels"]["pod"] for target in found)
        eventually(lambda: pods() == ["web-0", "web-1"])

    def test_probes_need_no_credentials_and_metrics_do(self):
        adapter = self.deploy(plain())
        probes = manifests.container(plain())
        for probe in ("livenessProbe", "readinessProbe"):
            path = probes[probe]["httpGet"]["path"]
            eventually(lambda path=path: adapter.ask(path) == (200, "ok"))
        self.assertEqual(adapter.ask("/apis/custom.metrics.k8s.io/v1beta1")[0], 403)
        self.assertEqual(flags(plain())["requestheader-allowed-names"], FRONT_PROXY)

    @needs_kustomize
    def test_with_the_components_and_their_rules(self):
        found = rendered("base", ("external-metrics", "resource-metrics"))
        self.assertEqual(len(apis(found)), 4)
        self.check_apis(self.deploy(found, MORE_RULES), apis(found))

    @needs_kustomize
    def test_upstream(self):
        found = rendered("upstream")
        adapter = self.deploy(found)
        self.check_apis(adapter, apis(found))
        # Without an answer from there it is alive, and not ready.
        self.assertEqual(adapter.ask("/livez"), (200, "ok"))
        status, body = adapter.ask("/readyz")
        self.assertEqual(status, 500)
        self.assertIn("[-]upstream failed", body)


if __name__ == "__main__":
    unittest.main()
