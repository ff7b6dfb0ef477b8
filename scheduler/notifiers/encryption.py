"""TLS with the peer's certificate checked, for every way out of the house."""

import ssl
from pathlib import Path

from scheduler.notifiers.faults import Fault
from scheduler.notifiers.net import BoundedTls


def context(directory: Path, ca_file: str) -> ssl.SSLContext:
    """What a certificate is checked against: our own authorities' where there is a file with them, else the machine's.

    Raises ValueError when the file cannot be used.
    """
    try:
        made = ssl.create_default_context(cafile=str(directory / ca_file) if ca_file else None)
    except OSError as error:
        raise ValueError("no usable certificates in ca_file") from error
    made.sslsocket_class = BoundedTls
    return made


def fault(error: OSError) -> Fault:
    """The code of what went wrong between us and a peer; also for what happened before and besides encryption."""
    # smtplib says of a time-out that the server hung up.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return Fault.TIMEOUT
    if isinstance(error, ssl.SSLCertVerificationError):
        return Fault.BAD_CERTIFICATE
    hung_up = isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
    return Fault.NOT_ENCRYPTED if isinstance(error, ssl.SSLError) and not hung_up else Fault.UNREACHABLE
