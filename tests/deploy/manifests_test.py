"""The manifests fit together, and fit the programs that were built."""

import functools
import os
import pathlib
import subprocess
import tempfile
import unittest

import manifests
from manifests import (config_maps, container, containers, flags, has_kustomize, mounted, named,
                       needs_kustomize, of_kind, plain, pod, read, rendered)

ADAPTER = os.environ["TACHO_ADAPTER"]
TOOL = os.environ.get("TACHO_TOOL", "")
CLUSTER_WIDE = {"APIService", "ClusterRole", "ClusterRoleBinding"}
APIS = ("external-metrics", "resource-metrics")
FOLDERS = ("base", "upstream", "pod-discovery", *APIS)


@functools.cache
def variants():
    found = [("base", plain())]
    if has_kustomize():
        found += [("base, rendered", rendered("base")),
                  ("upstream, rendered", rendered("upstream", APIS)),
                  ("pod discovery, rendered", rendered("base", ("pod-discovery", *APIS)))]
    return found


def each_variant(test):
    """A test that gets the manifests, tried on every variant of them."""
    @functools.wraps(test)
    def run(self):
        for name, found in variants():
            with self.subTest(variant=name):
                test(self, found)
    return run


class Manifests(unittest.TestCase):
    def test_every_document_says_what_it_is(self):
        for path in sorted(manifests.DEPLOY.rglob("*.yaml")):
            with self.subTest(path=path.name):
                found = read(path.relative_to(manifests.DEPLOY))
                self.assertTrue(found)
                for document in found:
                    self.assertTrue(document["apiVersion"] and document["kind"])
                    if path.name != "kustomization.yaml":
                        self.assertTrue(document["metadata"]["name"])

    def test_a_kustomization_lists_every_file_of_its_folder(self):
        for folder in FOLDERS:
            with self.subTest(folder=folder):
                mine = read(f"{folder}/kustomization.yaml")[0]
                listed = [*mine.get("resources", []),
                          *(patch["path"] for patch in mine.get("patches", []) if "path" in patch),
                          *(file for maker in mine.get("configMapGenerator", [])
                            for file in maker["files"])]
                there = {path.name for path in (manifests.DEPLOY / folder).iterdir()}
                self.assertEqual(len(listed), len(set(listed)))
                self.assertEqual({file for file in listed if not file.startswith("../")},
                                 there - {"kustomization.yaml"})

    def test_every_folder_is_known_to_these_tests(self):
        self.assertEqual({path.name for path in manifests.DEPLOY.iterdir() if path.is_dir()},
                         set(FOLDERS))

    @needs_kustomize
    def test_rendered_is_what_the_plain_files_say(self):
        def by_name(found):
            return {(d["kind"], d["metadata"]["name"]): d for d in found}
        self.assertEqual(by_name(rendered("base")), by_name(plain()))

    @each_variant
    def test_only_api_services_are_left_out_before_the_switch(self, found):
        for document in found:
            component = document["metadata"]["labels"].get("app.kubernetes.io/component")
            self.assertEqual(component == "registration", document["kind"] == "APIService")

    @each_variant
    def test_everything_is_in_one_namespace(self, found):
        kinds = {document["kind"] for document in found}
        self.assertLessEqual({"Deployment", "Service", "APIService", "ConfigMap",
                              "ServiceAccount", "ClusterRole", "ClusterRoleBinding",
                              "PodDisruptionBudget", "NetworkPolicy"}, kinds)
        for document in found:
            space = document["metadata"].get("namespace")
            wanted = None if document["kind"] in CLUSTER_WIDE else "kube-system"
            self.assertEqual(space, wanted, document["metadata"]["name"])

    @each_variant
    def test_selectors_find_the_pods(self, found):
        labels = pod(found)["metadata"]["labels"].items()
        deployment = of_kind(found, "Deployment")[0]["spec"]
        selectors = [
            deployment["selector"]["matchLabels"],
            of_kind(found, "Service")[0]["spec"]["selector"],
            of_kind(found, "PodDisruptionBudget")[0]["spec"]["selector"]["matchLabels"],
            of_kind(found, "NetworkPolicy")[0]["spec"]["podSelector"]["matchLabels"],
            *(c["labelSelector"]["matchLabels"]
              for c in pod(found)["spec"]["topologySpreadConstraints"])]
        for selector in selectors:
            self.assertTrue(selector)
            self.assertLessEqual(selector.items(), labels)
        budget = of_kind(found, "PodDisruptionBudget")[0]["spec"]["minAvailable"]
        self.assertLess(budget, deployment["replicas"], "no pod could ever be drained")

    @each_variant
    def test_one_port_goes_all_the_way(self, found):
        ports = {port["name"]: port["containerPort"] for port in container(found)["ports"]}
        self.assertEqual(ports, {"https": int(flags(found)["secure-port"])})
        service = of_kind(found, "Service")[0]
        self.assertEqual(service["spec"]["ports"],
                         [{"name": "https", "port": 443, "targetPort": "https"}])
        for probe in ("livenessProbe", "readinessProbe"):
            self.assertEqual(container(found)[probe]["httpGet"]["port"], "https")
            self.assertEqual(container(found)[probe]["httpGet"]["scheme"], "HTTPS")
        policy = of_kind(found, "NetworkPolicy")[0]["spec"]
        self.assertEqual(policy["ingress"][0]["ports"],
                         [{"protocol": "TCP", "port": ports["https"]}])
        for api in of_kind(found, "APIService"):
            self.assertEqual(api["spec"]["service"],
                             {"name": service["metadata"]["name"], "port": 443,
                              "namespace": service["metadata"]["namespace"]})

    @each_variant
    def test_the_flags_exist(self, found):
        self.assertLessEqual(flags(found).keys(), manifests.flags_of(ADAPTER))
        self.assertEqual(len(container(found)["args"]), len(flags(found)))

    @each_variant
    def test_files_that_flags_name_are_mounted(self, found):
        files = mounted(found)
        for name, value in flags(found).items():
            if value.startswith("/"):
                self.assertIn(value, files, name)
        volumes = {volume["name"] for volume in pod(found)["spec"]["volumes"]}
        used = {mount["name"] for c in containers(found) for mount in c["volumeMounts"]}
        self.assertEqual(volumes, used)
        self.assertTrue(all(mount["readOnly"] for mount in container(found)["volumeMounts"]))

    @each_variant
    def test_every_config_map_is_used(self, found):
        made = {document["metadata"]["name"] for document in of_kind(found, "ConfigMap")}
        used = {source["name"] for source in config_maps(found).values()}
        self.assertEqual(made, used - {manifests.FRONT_PROXY_CONFIG})

    @each_variant
    def test_the_database_fits_in_the_memory_limit(self, found):
        limit = manifests.bytes_of(container(found)["resources"]["limits"]["memory"])
        if "max-memory" in flags(found):  # of the process's other bounds, too
            buffers = 256 << 20
            self.assertGreaterEqual(
                limit, manifests.bytes_of(flags(found)["max-memory"]) + buffers)

    @each_variant
    def test_containers_may_do_nothing_to_their_node(self, found):
        for one in containers(found):
            self.assertEqual(one["securityContext"],
                             {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                              "capabilities": {"drop": ["ALL"]}})
            self.assertIn("memory", one["resources"]["limits"])
        self.assertEqual(pod(found)["spec"]["securityContext"],
                         {"runAsNonRoot": True, "runAsUser": 65532, "runAsGroup": 65532,
                          "seccompProfile": {"type": "RuntimeDefault"}})

    @each_variant
    def test_the_adapter_has_no_token(self, found):
        spec = pod(found)["spec"]
        account = named(found, "ServiceAccount", spec["serviceAccountName"])
        self.assertIs(spec["automountServiceAccountToken"], False)
        self.assertIs(account["automountServiceAccountToken"], False)
        tokens = {volume["name"] for volume in spec["volumes"] if "projected" in volume}
        self.assertFalse(tokens & {mount["name"] for mount in container(found)["volumeMounts"]})

    @each_variant
    def test_roles_are_bound_to_accounts_that_exist(self, found):
        accounts = {(a["metadata"]["namespace"], a["metadata"]["name"])
                    for a in of_kind(found, "ServiceAccount")}
        accounts.add(("kube-system", "horizontal-pod-autoscaler"))  # Kubernetes' own
        for binding in of_kind(found, "ClusterRoleBinding"):
            self.assertTrue(named(found, binding["roleRef"]["kind"], binding["roleRef"]["name"]))
            for subject in binding["subjects"]:
                self.assertEqual(subject["kind"], "ServiceAccount")
                self.assertIn((subject["namespace"], subject["name"]), accounts)

    @each_variant
    def test_roles_allow_reading_only(self, found):
        for role in of_kind(found, "ClusterRole"):
            for rule in role["rules"]:
                self.assertLessEqual(set(rule["verbs"]), {"get", "list"}, role["metadata"])

    @each_variant
    def test_autoscalers_may_read_what_is_served(self, found):
        role = named(found, "ClusterRole", "tacho-metrics-reader")
        groups = {group for rule in role["rules"] for group in rule["apiGroups"]}
        self.assertLessEqual({group for group, _ in manifests.apis(found)}, groups)
        binding = named(found, "ClusterRoleBinding", "tacho-metrics-reader-hpa")
        self.assertEqual(binding["roleRef"]["name"], "tacho-metrics-reader")
        self.assertEqual([subject["name"] for subject in binding["subjects"]],
                         ["horizontal-pod-autoscaler"])

    def test_names_of_api_services(self):
        found = [api for folder in ("base", *APIS)
                 for api in of_kind(plain(folder), "APIService")]
        names = [api["metadata"]["name"] for api in found]
        self.assertEqual(sorted(names), [
            "v1beta1.custom.metrics.k8s.io", "v1beta1.external.metrics.k8s.io",
            "v1beta1.metrics.k8s.io", "v1beta2.custom.metrics.k8s.io"])
        for api, name in zip(found, names):
            self.assertEqual(name, f"{api['spec']['version']}.{api['spec']['group']}")

    @unittest.skipUnless(TOOL, "built without tachotool")
    def test_tachotool_finds_no_fault_in_the_configuration(self):
        data = named(plain(), "ConfigMap", "tacho-adapter-config")["data"]
        self.assertEqual(set(data), {"rules.yaml", "scrape.yaml"})
        with tempfile.TemporaryDirectory() as folder:
            for name, what in (("rules.yaml", "rules"), ("scrape.yaml", "scrape-config")):
                path = pathlib.Path(folder) / name
                path.write_text(data[name], encoding="utf-8")
                run = subprocess.run([TOOL, "check", what, str(path)], capture_output=True,
                                     text=True, timeout=20, check=False)
                self.assertEqual(run.returncode, 0, run.stderr)


if __name__ == "__main__":
    unittest.main()
