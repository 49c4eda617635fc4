"""Where secrets lie, and how one is read from a file."""

from __future__ import annotations

import shlex
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from services.config import DEFAULT_PATH
from utils.metrics.redact import conceal
from utils.performance_metrics import DEFAULT_DIRECTORY, DIRECTORY_VARIABLE

from .errors import SecretError

if TYPE_CHECKING:
    from collections.abc import Mapping

_LONGEST = 64 * 1024
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# The container's engine gives these their mode, often one that all may read; only the bot is in there to do so.
_ENGINES = Path("/run/secrets")


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the token.

    Attributes:
        config: The folder of the settings.
        sealed: The encrypted token.
        key: The passphrase that the program made up by itself; one a line, the newest first.
    """

    config: Path
    sealed: Path
    key: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Places:
        """Find them: beside the settings, and beside the measurements unless DDC_KEY_FILE names another."""
        config = Path(environment.get("DDC_CONFIG") or DEFAULT_PATH).parent
        data = Path(environment.get(DIRECTORY_VARIABLE) or DEFAULT_DIRECTORY).parent
        return cls(config, config / "token.enc", Path(environment.get("DDC_KEY_FILE") or data / "token.key"))

    def refuse_inside(self, path: Path, variable: str) -> None:
        """Refuse a passphrase that lies beside what it opens: whoever copies the folder would have both.

        Raises:
            SecretError: `path` is in the folder of the settings, by whatever way.
        """
        if path.resolve().is_relative_to(self.config.resolve()):
            raise SecretError(
                f"The passphrase's file {path} lies in the folder of the settings, {self.config}, beside the token "
                f"that it opens: who copies that folder has both. Move it elsewhere, and name that place in {variable}."
            )


def is_there(path: Path) -> bool:
    """Tell whether there is a file; yes where one may not look: reading it then says what is the matter."""
    try:
        return path.exists()
    except OSError:
        return True


def read_secret(path: Path, origin: str) -> tuple[str, list[str]]:
    """Read a secret from a file, and conceal it from now on.

    Args:
        path: The file.
        origin: For the words of an error, such as the variable that names it.

    Returns:
        The text without blanks around it, and warnings about who else may read it.

    Raises:
        SecretError: It is not there, can't be read, or is empty.
    """
    content, warnings = read_file(path, origin)
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise SecretError(f"{origin} names {path}, which is no text in UTF-8.") from None
    if not text:
        raise SecretError(f"{origin} names {path}, which is empty. Write the secret into it.")
    for line in {text, *text.splitlines()}:
        conceal(line)
    return text, warnings


def read_file(path: Path, origin: str) -> tuple[bytes, list[str]]:
    """Read a file with something secret in it; the rest as `read_secret`."""
    try:
        if path.is_dir():
            raise SecretError(
                f"{origin} names {path}, which is a folder. Docker makes one where the file to mount was missing: "
                "remove it, and put the file there."
            )
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            content = file.read(_LONGEST + 1)
    except FileNotFoundError:
        raise SecretError(f"{origin} names {path}, and there is no such file.") from None
    except OSError as error:
        raise SecretError(
            f"{origin} names {path}, which can't be read: {error.strerror or error}. Let the bot's user read it."
        ) from None
    if len(content) > _LONGEST:
        raise SecretError(f"{origin} names {path}, which is too long for a secret.")
    if not mode & _OTHERS or path.resolve().is_relative_to(_ENGINES):
        return content, []
    return content, [
        f"Others can read {path} (mode {mode:03o}). Keep it to its owner: chmod 600 {shlex.quote(str(path))}"
    ]
