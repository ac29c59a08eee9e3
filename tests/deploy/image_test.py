"""The image: what the Containerfile copies and builds exists, and its root file system runs the
adapter without anything else."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

from manifests import DEPLOY, ROOT, flags, mounted, plain, pod

sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from harness import ADAPTER, eventually  # noqa: E402  (the path comes first)
from pki import client_context  # noqa: E402
from processes import wait_for_file  # noqa: E402
from secure_harness import SecurePort, SecureTest  # noqa: E402

# As instructions of one line each.
CONTAINERFILE = re.sub(r"\\\n *", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))


def instructions(name):
    return re.findall(rf"^{name} (.*)$", CONTAINERFILE, re.MULTILINE)


def sources():
    """What is copied from the tree."""
    for copy in instructions("COPY"):
        if not copy.startswith("--from"):
            yield from copy.split()[:-1]


def make_root(binary, folder):
    run = subprocess.run([str(DEPLOY / "rootfs"), binary, str(folder)], timeout=60,
                         capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


class Containerfile(unittest.TestCase):
    def test_what_is_copied_is_there(self):
        for source in sources():
            self.assertTrue((ROOT / source).exists(), source)

    def test_what_is_built_is_known(self):
        preset = re.search(r"cmake --preset (\S+)", CONTAINERFILE)[1]
        presets = json.loads((ROOT / "CMakePresets.json").read_text(encoding="utf-8"))
        self.assertIn(preset, [p["name"] for p in presets["configurePresets"]])
        options = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
        for option in re.findall(r"-D(\w+)=", CONTAINERFILE):
            self.assertIn(f"option({option} ", options)
        setup = (ROOT / "scripts" / "setup").read_text(encoding="utf-8")
        for flag in re.findall(r"scripts/setup (--\w+)", CONTAINERFILE):
            self.assertIn(f"{flag})", setup)

    def test_it_runs_as_the_deployment_does(self):
        context = pod(plain())["spec"]["securityContext"]
        self.assertEqual(instructions("USER"),
                         [f"{context['runAsUser']}:{context['runAsGroup']}"])
        self.assertEqual(instructions("ENTRYPOINT"), ['["/usr/bin/tacho-adapter"]'])
        self.assertEqual(instructions("FROM")[-1], "scratch")

    @unittest.skipUnless(shutil.which("cmake"), "needs cmake")
    def test_what_is_copied_can_be_configured(self):
        with tempfile.TemporaryDirectory() as folder:
            for source in sources():
                if (ROOT / source).is_dir():
                    shutil.copytree(ROOT / source, pathlib.Path(folder) / source)
                else:
                    shutil.copy(ROOT / source, folder)
            command = re.search(r"cmake --preset \S+(?: -D\S+)*", CONTAINERFILE)[0].split()
            run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100,
                                 check=False)
            self.assertEqual(run.returncode, 0, run.stderr)


class RootFileSystem(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        make_root(ADAPTER, self.root)

    def files(self):
        return [path for path in self.root.rglob("*") if path.is_file()]

    def test_one_program_and_its_libraries(self):
        for path in self.files():
            inside = str(path.relative_to(self.root))
            self.assertRegex(inside, r"^(usr/bin/tacho-adapter|etc/(passwd|group|nsswitch\.conf)|"
                                     r"etc/ssl/certs/ca-certificates\.crt|.*/lib[^/]*\.so[.\d]*|"
                                     r"lib.*/ld-linux[^/]*)$")
            self.assertFalse(path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWOTH))

    def test_its_user_is_the_deployments(self):
        uid = pod(plain())["spec"]["securityContext"]["runAsUser"]
        self.assertIn(f":{uid}:{uid}:", (self.root / "etc" / "passwd").read_text())

    def test_a_binary_that_is_not_there_is_an_error(self):
        run = subprocess.run([str(DEPLOY / "rootfs"), str(self.root / "none"), str(self.root)],
                             timeout=60, capture_output=True, check=False)
        self.assertNotEqual(run.returncode, 0)


@unittest.skipUnless(os.geteuid() == 0, "chroot is root's")
class OnItsRootFileSystem(SecureTest):
    """The Deployment's command on the image's files and nothing else, as its user."""

    def setUp(self):
        super().setUp()
        self.root = self.path / "root"
        make_root(ADAPTER, self.root)
        user = pod(plain())["spec"]["securityContext"]
        self.command = ["chroot", f"--userspec={user['runAsUser']}:{user['runAsGroup']}",
                        str(self.root), "/usr/bin/tacho-adapter"]
        self.path.chmod(0o755)

    def write(self, name, text):
        file = self.root / name.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def start_deployed(self):
        """Under other addresses than in a cluster; the kubelet's files are written before."""
        (self.root / "run").mkdir(mode=0o777)
        (self.root / "run").chmod(0o777)
        here = {**flags(plain()), "secure-port": "0", "bind-address": "127.0.0.1",
                "address-file": "/run/address"}
        process = self.processes.start(
            [*self.command, *(f"--{name}={value}" for name, value in here.items())],
            stderr=subprocess.DEVNULL)
        address = wait_for_file(str(self.root / "run" / "address"), process)
        return SecurePort(int(address.rsplit(":", 1)[1]))

    def test_the_program_says_its_version(self):
        run = subprocess.run([*self.command, "--version"], capture_output=True, text=True,
                             timeout=60, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertTrue(run.stdout.startswith("tacho-adapter "), run.stdout)

    def test_it_serves_tls_finds_hosts_and_scrapes(self):
        for name, text in mounted(plain(), self.proxy_ca.crt.read_text()).items():
            self.write(name, text.replace("web-0.web.shop.svc:8080",
                                          f"web-0.web.shop.svc:{self.counter(1).port}"))
        self.write("/etc/hosts", "127.0.0.1 web-0.web.shop.svc\n")
        adapter = self.start_deployed()
        eventually(lambda: adapter.ask("/readyz") == (200, "ok"))

        def health():
            status, body = adapter.ask("/api/v1/targets", [("X-Remote-User", "somebody")],
                                       client_context(pair=self.proxy))
            self.assertEqual(status, 200, body)
            return {target["labels"]["pod"]: target["health"]
                    for target in json.loads(body)["data"]["activeTargets"]}
        eventually(lambda: health().get("web-0") == "up", seconds=40)


if __name__ == "__main__":
    unittest.main()
