"""A certificate authority of our own, with a certificate for a server on this machine and one for its client."""

import shutil
import subprocess
from pathlib import Path

from tests.components.missing import Failed, Missing, last_words
from tests.components.ports import LOOPBACK

DAYS = "30"


class Certificates:
    """PEM files in a folder: the authority `ca` vouches for `server` and `client`, and `stranger` for neither."""

    def __init__(self, folder: Path) -> None:
        """Raises Missing where there is no openssl."""
        folder.mkdir(parents=True)
        self._folder = folder
        self.ca, self.stranger = folder / "ca.pem", folder / "stranger.pem"
        self.server, self.server_key = folder / "server.pem", folder / "server.key"
        self.client, self.client_key = folder / "client.pem", folder / "client.key"
        for authority in (self.ca, self.stranger):
            self._make(authority, "-addext", "basicConstraints=critical,CA:TRUE")
        own = ("-CA", str(self.ca), "-CAkey", str(self.ca.with_suffix(".key")))
        name = f"subjectAltName=IP:{LOOPBACK},DNS:localhost"
        self._make(self.server, *own, "-addext", name)
        self._make(self.client, *own)
        # What Kafka wants in one file.
        self.server_store = folder / "server-store.pem"
        self.server_store.write_text(self.server_key.read_text() + self.server.read_text())

    def _make(self, certificate: Path, *how: str) -> None:
        program = shutil.which("openssl")
        if program is None:
            raise Missing("openssl", "it is not on the PATH", "On Debian: apt-get install openssl")
        command = [program, "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-sha256", "-days", DAYS]
        command += ["-subj", f"/CN={certificate.stem}", "-out", str(certificate)]
        command += ["-keyout", str(certificate.with_suffix(".key")), *how]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failed(f"openssl made no certificate: {last_words(done.stderr)}")
