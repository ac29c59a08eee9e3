"""docs/migrate.md: what it tells the reader to write and to give works."""

import os
import re
import subprocess
import unittest

from manifests import ROOT, container, flags_of, kustomized, named, needs_kustomize, of_kind

ADAPTER = os.environ["TACHO_ADAPTER"]
GUIDE = (ROOT / "docs" / "migrate.md").read_text(encoding="utf-8")
# What nobody who comes from prometheus-adapter may miss in the table.
WANTED = ["config", "prometheus-url", "prometheus-auth-config", "prometheus-auth-incluster",
          "prometheus-ca-file", "prometheus-client-tls-cert-file",
          "prometheus-client-tls-key-file", "prometheus-token-file", "prometheus-header",
          "prometheus-verb", "metrics-relist-interval", "metrics-max-age", "secure-port",
          "bind-address", "cert-dir", "tls-cert-file", "tls-private-key-file",
          "client-ca-file", "requestheader-client-ca-file", "lister-kubeconfig", "v"]


def names(text):
    return re.findall(r"`--([\w.-]+\w|\w)[`=]", text)


def table():
    """(flags, what becomes of them) of each row of the table of flags."""
    section = GUIDE.split("## Flag by flag\n")[1].split("\n## ")[0]
    for row in section.splitlines():
        if row.startswith("| `--"):
            left, right = row.strip("| ").split(" | ")
            yield names(left), right


class Guide(unittest.TestCase):
    @needs_kustomize
    def test_its_kustomization_takes_the_users_rules(self):
        mine = re.search(r"<!-- test: kustomization -->\n```yaml\n(.*?)```", GUIDE, re.DOTALL)[1]
        found = kustomized(mine, {"rules.yaml": "rules: []\n"})
        self.assertEqual(len(of_kind(found, "APIService")), 4)
        self.assertEqual(named(found, "ConfigMap", "tacho-adapter-config")["data"],
                         {"rules.yaml": "rules: []\n"})
        self.assertEqual(container(found)["image"], "registry.example/tacho-adapter:0.1.0")

    def test_flags_are_as_its_table_says(self):
        known = flags_of(ADAPTER)
        listed = [name for row, _ in table() for name in row]
        self.assertEqual(len(listed), len(set(listed)))
        self.assertLessEqual(set(WANTED), set(listed))
        for row, becomes in table():
            for name in row:
                self.assertEqual(name in known, not becomes.startswith("no effect"), name)
                run = subprocess.run([ADAPTER, f"--{name}=1", "--check"], capture_output=True,
                                     text=True, timeout=20, check=False)
                self.assertNotIn("unknown", run.stderr.lower(), name)

    def test_all_other_flags_that_it_names_exist(self):
        listed = {name for row, _ in table() for name in row}
        self.assertLessEqual(set(names(GUIDE)) - listed, flags_of(ADAPTER))

    def test_an_unknown_flag_would_be_noticed(self):
        run = subprocess.run([ADAPTER, "--no-such-flag=1", "--check"], capture_output=True,
                             text=True, timeout=20, check=False)
        self.assertIn("unknown", run.stderr.lower())


if __name__ == "__main__":
    unittest.main()
