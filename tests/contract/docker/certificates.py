"""Certificates for tests of TLS, made by openssl: an authority, and what it signs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = "20200101000000Z"
_CONFIG = """
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
unique_subject = no
default_md = sha256
policy = any
[any]
commonName = supplied
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[server]
subjectAltName = {name}
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
"""


class Authority:
    """An authority of one's own. Its methods run openssl, so call them in a thread.

    Args:
        folder: Is made; its key and certificate go there.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        (folder / "index.txt").touch()
        self._configure("IP:127.0.0.1")
        self._run(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ddc-test"),
            *("-config", "config", "-extensions", "authority", "-keyout", "ca-key.pem", "-out", "ca.pem"),
        )

    def server(self, folder: Path, *, name: str = "IP:127.0.0.1", expired: bool = False) -> Path:
        """Make what a server has: `ca.pem`, `server.pem`, `server-key.pem`."""
        return self._make(folder, "server", ("server.pem", "server-key.pem"), name, expired=expired)

    def client(self, folder: Path, *, expired: bool = False) -> Path:
        """Make what DOCKER_CERT_PATH holds: `ca.pem`, `cert.pem`, `key.pem`."""
        return self._make(folder, "client", ("cert.pem", "key.pem"), expired=expired)

    def _make(
        self, folder: Path, kind: str, names: tuple[str, str], name: str = "IP:127.0.0.1", *, expired: bool
    ) -> Path:
        folder.mkdir(parents=True)
        self._configure(name)
        certificate, key = (str(folder / one) for one in names)
        self._run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={kind}", "-keyout", key, "-out", "request.pem")
        dates = ("-startdate", LONG_AGO, "-enddate", "20210101000000Z") if expired else ("-days", "2")
        self._run(
            *("ca", "-batch", "-notext", "-config", "config", "-extensions", kind, *dates),
            *("-cert", "ca.pem", "-keyfile", "ca-key.pem", "-in", "request.pem", "-out", certificate),
        )
        (folder / "ca.pem").write_bytes((self._folder / "ca.pem").read_bytes())
        return folder

    def _configure(self, name: str) -> None:
        (self._folder / "config").write_text(
            "[req]\ndistinguished_name = none\n[none]\n" + _CONFIG.format(folder=self._folder, name=name)
        )

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(
            ["openssl", *arguments], cwd=self._folder, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
