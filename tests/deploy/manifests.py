"""The manifests of adapter/deploy, as Kubernetes would get them."""

import functools
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "adapter" / "deploy"
FRONT_PROXY_CONFIG = "extension-apiserver-authentication"  # Kubernetes' own ConfigMap


class _StrictLoader(yaml.SafeLoader):
    """Refuses a key that is given twice, as the API server does."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{twice} given twice",
                                                    node.start_mark)
        return super().construct_mapping(node, deep)


def documents(text):
    return [document for document in yaml.load_all(text, _StrictLoader) if document is not None]


def read(path):
    return documents((DEPLOY / path).read_text(encoding="utf-8"))


def plain(folder="base"):
    """The files of a folder, kustomize's own left out."""
    return [document for path in sorted((DEPLOY / folder).glob("*.yaml"))
            if path.name != "kustomization.yaml" for document in read(path)]


@functools.cache
def has_kustomize():
    """Whether kubectl is there and so new that it knows components as we write them."""
    if not shutil.which("kubectl"):
        return False
    run = subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True,
                         timeout=20, check=False)
    version = re.search(r"Kustomize Version: v(\d+)", run.stdout)
    return version is not None and int(version[1]) >= 5


needs_kustomize = unittest.skipUnless(has_kustomize(), "needs kubectl 1.27 or newer")


def kustomized(kustomization, files=()):
    """What kubectl makes of a folder in adapter/deploy with this in it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "deploy"
        shutil.copytree(DEPLOY, copy)
        (copy / "mine").mkdir()
        for name, text in {**dict(files), "kustomization.yaml": kustomization}.items():
            (copy / "mine" / name).write_text(text, encoding="utf-8")
        run = subprocess.run(["kubectl", "kustomize", str(copy / "mine")], capture_output=True,
                             text=True, timeout=60, check=False)
        assert run.returncode == 0, run.stderr
        return documents(run.stdout)


def rendered(resource, components=()):
    """One of the folders, with components."""
    return kustomized(yaml.safe_dump({"resources": [f"../{resource}"],
                                      "components": [f"../{name}" for name in components]}))


def of_kind(found, kind):
    return [document for document in found if document["kind"] == kind]


def named(found, kind, name):
    return next(d for d in of_kind(found, kind) if d["metadata"]["name"] == name)


def pod(found):
    return of_kind(found, "Deployment")[0]["spec"]["template"]


def containers(found):
    return pod(found)["spec"]["containers"]


def container(found, name="tacho-adapter"):
    return next(c for c in containers(found) if c["name"] == name)


def flags(found):
    """name -> value of the container's arguments."""
    return dict(re.fullmatch(r"--([\w.-]+)=(.*)", arg).groups()
                for arg in container(found)["args"])


def flags_of(program):
    """The names of the flags that its --help lists."""
    text = subprocess.run([program, "--help"], capture_output=True, text=True, timeout=20,
                          check=True).stdout
    return set(re.findall(r"^  --([\w.-]+)", text, re.MULTILINE))


def config_maps(found):
    """volume -> the ConfigMap that it shows."""
    return {volume["name"]: volume["configMap"] for volume in pod(found)["spec"]["volumes"]
            if "configMap" in volume}


def mounted(found, proxy_ca="", name="tacho-adapter"):
    """path -> text of every file that the container sees of ConfigMaps."""
    volumes = config_maps(found)
    files = {}
    for mount in container(found, name)["volumeMounts"]:
        if mount["name"] not in volumes:
            continue
        source = volumes[mount["name"]]
        if source["name"] == FRONT_PROXY_CONFIG:
            data = {"requestheader-client-ca-file": proxy_ca}
        else:
            data = named(found, "ConfigMap", source["name"])["data"]
        items = source.get("items") or [{"key": key, "path": key} for key in data]
        for item in items:
            files[f"{mount['mountPath']}/{item['path']}"] = data[item["key"]]
    return files


def apis(found):
    """(group, version) of each APIService."""
    return {(api["spec"]["group"], api["spec"]["version"])
            for api in of_kind(found, "APIService")}


def bytes_of(quantity):
    number, suffix = re.fullmatch(r"(\d+)(Mi|MiB|Gi|GiB)", quantity).groups()
    return int(number) * 1024 ** {"M": 2, "G": 3}[suffix[0]]
