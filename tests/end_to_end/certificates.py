"""Certificates made for a test, by an authority made for it: as a municipality with one of its own has them."""

import subprocess
from pathlib import Path
from typing import NamedTuple

EXTENSIONS = """\
[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name}
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = {subjects}
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout")


class Certificate(NamedTuple):
    """What a server shows, and what those who trust it look in."""

    authority: Path
    shown: Path
    key: Path


def made(directory: Path, name: str, subjects: str = "DNS:localhost, IP:127.0.0.1") -> Certificate:
    """A server's certificate, by an authority of its own."""
    settings, authority = directory / f"{name}.cnf", directory / f"{name}-ca.pem"
    made = Certificate(authority, directory / f"{name}.pem", directory / f"{name}.key")
    settings.write_text(EXTENSIONS.format(name=name, subjects=subjects))
    own, request = directory / f"{name}-ca.key", directory / f"{name}.csr"
    _openssl("req", "-x509", *NEW_KEY, own, "-out", authority, "-config", settings, "-extensions", "authority")
    _openssl("req", "-new", *NEW_KEY, made.key, "-out", request, "-config", settings)
    signing = ("-CA", authority, "-CAkey", own, "-CAcreateserial", "-extfile", settings, "-extensions", "server")
    _openssl("x509", "-req", "-in", request, "-out", made.shown, "-days", "2", *signing)
    return made


def _openssl(*words: str | Path) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)
