"""A secure way to an engine, out of the files that Docker's own client uses. Reads files: call it in a thread."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def tls_context(folder: Path) -> ssl.SSLContext:
    """Make what a connection is secured with.

    As with Docker's client, the bot's own certificate may be left out: a proxy may not ask for one, an engine refuses.

    Args:
        folder: Has `ca.pem`, the authority that the engine's certificate must be from, and the bot's own certificate
            in `cert.pem` and `key.pem`.

    Raises:
        OSError: A file can't be read.
        ssl.SSLError: A file is none of these, or the two don't belong together.
    """
    folder = folder.expanduser()
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    # Python 3.13 asks more of certificates than Docker's own client does, and than those have that its manual makes.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if (folder / "cert.pem").exists() or (folder / "key.pem").exists():
        # A key with a pass phrase would ask for it on the console; the bot has none.
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem", password=lambda: b"")
    return context
