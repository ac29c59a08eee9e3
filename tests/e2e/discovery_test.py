"""Target files that come, go, change and break while the adapter runs."""

import json
import unittest

from harness import AdapterTest, eventually, target_entry


class DiscoveryTest(AdapterTest):
    def setUp(self):
        super().setUp()
        self.entries = {pod: target_entry(self.counter(10).port, pod) for pod in ("a", "b")}

    def wait_for_pods(self, adapter, *pods):
        def these_are_up():
            return {pod for pod, up in adapter.up().items() if up == 1} == set(pods)
        eventually(these_are_up)

    def test_targets_come_and_go_with_the_file(self):
        self.write_targets([self.entries["a"]])
        adapter = self.start()
        self.wait_for_pods(adapter, "a")
        self.write_targets(list(self.entries.values()))
        self.wait_for_pods(adapter, "a", "b")
        self.write_targets([self.entries["b"]])
        self.wait_for_pods(adapter, "b")
        self.assertEqual(adapter.query('http_requests_total{pod="a"}'), [])
        self.write_targets(list(self.entries.values()))
        self.wait_for_pods(adapter, "a", "b")

    def test_a_broken_file_keeps_its_targets_and_is_counted(self):
        self.write_targets([self.entries["a"]])
        adapter = self.start()
        self.wait_for_pods(adapter, "a")
        (self.path / "targets.json").write_text('[{"targets": ["127.0.0.1:')

        def counted():
            return adapter.metric("tacho_discovery_problems_total") == 1
        eventually(counted)
        self.assertEqual(adapter.metric("tacho_targets"), 1)
        self.assertRegex(adapter.log(), r"target file not read.*targets\.json")
        self.write_targets(list(self.entries.values()))
        self.wait_for_pods(adapter, "a", "b")

    def test_a_swapped_symlink_is_another_file(self):
        for name in ("a", "b"):
            (self.path / f"{name}.json").write_text(json.dumps([self.entries[name]]))
        (self.path / "targets.json").symlink_to("a.json")
        adapter = self.start()
        self.wait_for_pods(adapter, "a")
        (self.path / "next").symlink_to("b.json")
        (self.path / "next").rename(self.path / "targets.json")
        self.wait_for_pods(adapter, "b")

    def test_a_deleted_file_takes_its_targets_along(self):
        self.write_targets([self.entries["a"]])
        adapter = self.start()
        self.wait_for_pods(adapter, "a")
        (self.path / "targets.json").unlink()
        self.wait_for_pods(adapter)
        self.write_targets([self.entries["b"]])
        self.wait_for_pods(adapter, "b")


if __name__ == "__main__":
    unittest.main()
