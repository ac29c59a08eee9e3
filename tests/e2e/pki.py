"""Certificates made on the spot, with the openssl command."""

import pathlib
import ssl
import subprocess

EC = ("ec", "-pkeyopt", "ec_paramgen_curve:P-256")


def openssl(*args):
    run = subprocess.run(["openssl", *map(str, args)], capture_output=True, text=True, timeout=60,
                         check=False)
    assert run.returncode == 0, (args, run.stderr)
    return run.stdout


class Pair:
    """A certificate with its key. `chain` is the file that a client or server sends."""

    def __init__(self, folder, name):
        self.crt = pathlib.Path(folder) / f"{name}.crt"
        self.key = pathlib.Path(folder) / f"{name}.key"
        self.chain = self.crt


class Pki:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self._number = 0

    def _name(self, name):
        self._number += 1
        return f"{self._number:02}-{name}"

    def ca(self, name, issuer=None):
        """A CA of its own, or one below `issuer`."""
        return self.issue(issuer, f"/CN={name}", "basicConstraints=critical,CA:TRUE\n"
                          "keyUsage=critical,keyCertSign,cRLSign\n", file=name)

    def issue(self, issuer, subject, extensions="extendedKeyUsage=clientAuth\n", file="leaf",
              newkey=EC, digest="sha256", dates=None, more=()):
        """A pair that `issuer` vouches for; None: it vouches for itself. `dates` are openssl's
        (from, to); `more` is given to the request."""
        pair = Pair(self.folder, self._name(file))
        request, config = pair.crt.with_suffix(".csr"), pair.crt.with_suffix(".ext")
        config.write_text(extensions)
        openssl("req", "-new", "-nodes", "-newkey", *newkey, "-keyout", pair.key, "-out", request,
                "-subj", subject, "-multivalue-rdn", f"-{digest}", *more)
        signer = issuer or pair
        if dates is None:
            who = ["-signkey", pair.key] if issuer is None else [
                "-CA", issuer.crt, "-CAkey", issuer.key, "-CAcreateserial"]
            openssl("x509", "-req", "-in", request, "-out", pair.crt, "-days", 2, f"-{digest}",
                    "-extfile", config, *who)
        else:
            self._issue_dated(signer, pair, request, config, dates)
        return pair

    # `openssl x509` of OpenSSL 3.0 knows no dates; `openssl ca` does.
    def _issue_dated(self, issuer, pair, request, config, dates):
        folder = pair.crt.with_suffix(".ca")
        folder.mkdir()
        (folder / "index.txt").write_text("")
        (folder / "ca.cnf").write_text(
            f"[ca]\ndefault_ca=d\n[d]\ndatabase={folder}/index.txt\nnew_certs_dir={folder}\n"
            "rand_serial=yes\ndefault_md=sha256\npolicy=p\nunique_subject=no\n"
            "[p]\ncommonName=supplied\norganizationName=optional\n")
        openssl("ca", "-batch", "-notext", "-config", folder / "ca.cnf", "-cert", issuer.crt,
                "-keyfile", issuer.key, "-in", request, "-out", pair.crt, "-extfile", config,
                "-startdate", dates[0], "-enddate", dates[1])

    def server(self, ca, name="server"):
        return self.issue(ca, f"/CN={name}", "extendedKeyUsage=serverAuth\n"
                          "subjectAltName=IP:127.0.0.1,DNS:localhost\n", file=name)


def client_context(ca=None, pair=None, version=None, alpn=("http/1.1",)):
    """For clients. Without a CA the server's certificate is not checked; `pair` is shown."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if ca is not None:
        context.load_verify_locations(ca.crt)
        context.verify_mode = ssl.CERT_REQUIRED
    if pair is not None:
        # What a client may send is for the server to judge.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(pair.chain, pair.key)
    if version is not None:
        context.minimum_version = version
        context.maximum_version = version
    if alpn:
        context.set_alpn_protocols(list(alpn))
    return context
