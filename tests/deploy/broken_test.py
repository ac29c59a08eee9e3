"""That manifests_test.py can fail: each line here breaks a copy of adapter/deploy, and the test
that is named must notice."""

import pathlib
import shutil
import tempfile
import unittest
from unittest import mock

import manifests
import manifests_test

# (test, file, text, what stands there instead)
BREAKS = [
    ("every_document_says_what_it_is", "base/service.yaml",
     "kind: Service\n", "kind: Service\nkind: Service\n"),
    ("every_document_says_what_it_is", "base/service.yaml", "apiVersion: v1\n", ""),
    ("every_document_says_what_it_is", "upstream/deployment.yaml",
     "  name: tacho-adapter\n  namespace", "  namespace"),
    ("a_kustomization_lists_every_file_of_its_folder", "base/kustomization.yaml",
     "- networkpolicy.yaml\n", ""),
    ("a_kustomization_lists_every_file_of_its_folder", "base/kustomization.yaml",
     "- service.yaml\n", "- service.yaml\n- gone.yaml\n"),
    ("only_api_services_are_left_out_before_the_switch", "base/apiservice.yaml",
     "component: registration", "component: api"),
    ("everything_is_in_one_namespace", "base/service.yaml",
     "namespace: kube-system", "namespace: default"),
    ("selectors_find_the_pods", "base/service.yaml",
     "selector: {app.kubernetes.io/name: tacho-adapter}", "selector: {app: tacho-adapter}"),
    ("selectors_find_the_pods", "base/networkpolicy.yaml",
     "    matchLabels: {app.kubernetes.io/name: tacho-adapter}",
     "    matchLabels: {app.kubernetes.io/name: tacho}"),
    ("selectors_find_the_pods", "base/poddisruptionbudget.yaml",
     "minAvailable: 1", "minAvailable: 2"),
    ("one_port_goes_all_the_way", "base/deployment.yaml",
     "--secure-port=6443", "--secure-port=6444"),
    ("one_port_goes_all_the_way", "base/service.yaml", "targetPort: https", "targetPort: http"),
    ("one_port_goes_all_the_way", "base/networkpolicy.yaml", "port: 6443", "port: 443"),
    ("one_port_goes_all_the_way", "base/deployment.yaml",
     "{scheme: HTTPS, port: https, path: /livez}", "{port: https, path: /livez}"),
    ("one_port_goes_all_the_way", "base/apiservice.yaml",
     "{name: tacho-adapter, namespace", "{name: tacho, namespace"),
    ("one_port_goes_all_the_way", "external-metrics/apiservice.yaml", "port: 443", "port: 6443"),
    ("the_flags_exist", "base/deployment.yaml", "--scrape-threads=", "--scraper-threads="),
    ("the_flags_exist", "upstream/deployment.yaml", "--prometheus-url=", "--prometheus-uri="),
    ("files_that_flags_name_are_mounted", "base/deployment.yaml",
     "mountPath: /etc/tacho/config", "mountPath: /etc/tacho"),
    ("files_that_flags_name_are_mounted", "base/configmap.yaml", "  rules.yaml: |", "  r.yaml: |"),
    ("every_config_map_is_used", "base/deployment.yaml",
     "configMap: {name: tacho-adapter-targets}", "configMap: {name: tacho-targets}"),
    ("the_database_fits_in_the_memory_limit", "base/deployment.yaml",
     "limits: {memory: 1280Mi}", "limits: {memory: 768Mi}"),
    ("containers_may_do_nothing_to_their_node", "base/deployment.yaml",
     "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false"),
    ("the_adapter_has_no_token", "base/deployment.yaml",
     "serviceAccountName: tacho-adapter", "serviceAccountName: tacho"),
    ("the_adapter_has_no_token", "base/rbac.yaml",
     "automountServiceAccountToken: false", "automountServiceAccountToken: true"),
    ("the_adapter_has_no_token", "pod-discovery/deployment.yaml",
     "      containers:\n",
     "      containers:\n      - name: tacho-adapter\n        volumeMounts:\n"
     "        - {name: account, mountPath: /token, readOnly: true}\n"),
    ("roles_are_bound_to_accounts_that_exist", "base/rbac.yaml",
     "name: horizontal-pod-autoscaler", "name: default"),
    ("roles_are_bound_to_accounts_that_exist", "base/rbac.yaml",
     "name: tacho-metrics-reader\nsubjects", "name: tacho-metrics\nsubjects"),
    ("roles_allow_reading_only", "pod-discovery/rbac.yaml", "verbs: [list]", "verbs: ['*']"),
    ("autoscalers_may_read_what_is_served", "base/rbac.yaml",
     "[custom.metrics.k8s.io, external.metrics.k8s.io]", "[external.metrics.k8s.io]"),
    ("names_of_api_services", "resource-metrics/apiservice.yaml",
     "version: v1beta1", "version: v1"),
    ("tachotool_finds_no_fault_in_the_configuration", "base/configmap.yaml",
     "metricsQuery: 'sum(", "metricsQuery: 'sum(("),
    ("tachotool_finds_no_fault_in_the_configuration", "base/configmap.yaml",
     "file_sd_configs:", "kubernetes_sd_configs:"),
]


class Broken(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(manifests_test.variants.cache_clear)
        self.copy = pathlib.Path(folder.name) / "deploy"

    def outcome(self, name, render):
        """That of a test on the copy, as it is and, where that is asked, rendered."""
        result = unittest.TestResult()
        with mock.patch.object(manifests, "DEPLOY", self.copy), \
                mock.patch.object(manifests_test, "has_kustomize", lambda: render):
            manifests_test.Manifests("test_" + name).run(result)
        return result

    def test_each_fault_is_noticed(self):
        for name, path, text, instead in BREAKS:
            render = not path.startswith("base/")
            if render and not manifests.has_kustomize():
                continue
            with self.subTest(name=name, path=path, instead=instead):
                manifests_test.variants.cache_clear()
                shutil.rmtree(self.copy, ignore_errors=True)
                shutil.copytree(manifests.DEPLOY, self.copy)
                whole = (self.copy / path).read_text(encoding="utf-8")
                self.assertIn(text, whole)
                (self.copy / path).write_text(whole.replace(text, instead), encoding="utf-8")
                result = self.outcome(name, render)
                self.assertTrue(result.skipped or not result.wasSuccessful())

    def test_without_a_fault_there_is_nothing_to_notice(self):
        manifests_test.variants.cache_clear()
        shutil.copytree(manifests.DEPLOY, self.copy)
        for name in {name for name, *_ in BREAKS}:
            self.assertTrue(self.outcome(name, manifests.has_kustomize()).wasSuccessful(), name)

    def test_every_test_is_broken_once(self):
        tests = {name.removeprefix("test_") for name in
                 unittest.TestLoader().getTestCaseNames(manifests_test.Manifests)}
        self.assertEqual(tests - {name for name, *_ in BREAKS},
                         {"rendered_is_what_the_plain_files_say",  # kustomize's own doing
                          "every_folder_is_known_to_these_tests"})

    def test_a_folder_that_no_test_knows_is_noticed(self):
        shutil.copytree(manifests.DEPLOY, self.copy)
        (self.copy / "new").mkdir()
        result = self.outcome("every_folder_is_known_to_these_tests", False)
        self.assertFalse(result.wasSuccessful())


if __name__ == "__main__":
    unittest.main()
