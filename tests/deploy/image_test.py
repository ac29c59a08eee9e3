"""The image: what the Containerfile copies and builds exists, and its root file system runs the
adapter without anything else."""

import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile
import unittest

from manifests import DEPLOY, ROOT, pod, plain

ADAPTER = os.environ["TACHO_ADAPTER"]
# As instructions of one line each.
CONTAINERFILE = re.sub(r"\\\n *", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"))


def instructions(name):
    return re.findall(rf"^{name} (.*)$", CONTAINERFILE, re.MULTILINE)


def sources():
    """What is copied from the tree."""
    for copy in instructions("COPY"):
        if not copy.startswith("--from"):
            yield from copy.split()[:-1]


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
        run = subprocess.run([str(DEPLOY / "rootfs"), ADAPTER, str(self.root)], timeout=60,
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)

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

    @unittest.skipUnless(os.geteuid() == 0, "chroot is root's")
    def test_the_program_runs_on_it_alone(self):
        self.root.chmod(0o755)
        run = subprocess.run(["chroot", "--userspec=65532:65532", str(self.root),
                              "/usr/bin/tacho-adapter", "--version"], capture_output=True,
                             text=True, timeout=60, check=False)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        self.assertTrue(run.stdout.startswith("tacho-adapter "), run.stdout)

    def test_a_binary_that_is_not_there_is_an_error(self):
        run = subprocess.run([str(DEPLOY / "rootfs"), str(self.root / "none"), str(self.root)],
                             timeout=60, capture_output=True, check=False)
        self.assertNotEqual(run.returncode, 0)


if __name__ == "__main__":
    unittest.main()
