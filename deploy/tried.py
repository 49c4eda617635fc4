"""Tries, while the image is built, what was made lighter: all modules of ours, and packages with compiled parts."""

from __future__ import annotations

import importlib
import io
import pkgutil
import sys

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from matplotlib.figure import Figure
from PIL import Image


def main() -> str | None:
    """Import what we have, draw a chart, encrypt a word.

    Returns:
        What does not work; None when all does.
    """
    for room in ("utils", "services", "cogs", "bot", "sandbox"):
        for module in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)

    figure = Figure(figsize=(4, 3), dpi=100, layout="constrained")  # whose solver is a compiled one
    figure.subplots().plot([1, 2, 3], label="p95")
    figure.legend()
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png")
    if Image.open(drawn).size != (400, 300):
        return "The chart is not what was asked for."

    key = Fernet.generate_key()
    if Fernet(key).decrypt(Fernet(key).encrypt(b"word")) != b"word":
        return "Decrypting gave something else than was encrypted."
    Scrypt(salt=bytes(16), length=32, n=2**4, r=8, p=1).derive(b"word")
    return None


if __name__ == "__main__":
    sys.exit(main())
