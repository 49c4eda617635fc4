"""What can be wrong with a secret. No message holds one, nor a part of one."""

from __future__ import annotations

from typing import ClassVar

from utils.metrics.outcome import Outcome


class SecretError(Exception):
    """A secret can't be found, read, opened or kept.

    Args:
        user_message: What is wrong and what to do.
    """

    outcome: ClassVar[Outcome] = Outcome.BAD_INPUT

    def __init__(self, user_message: str) -> None:
        super().__init__(user_message)
        self.user_message = user_message


class StrangeToken(SecretError):  # noqa: N818 - it says what is the matter
    """There is a token, but it can't be one.

    Args:
        origin: Where it comes from.
    """

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"{origin} holds blanks, line ends or strange signs inside. Copy the token again, in one piece."
        )


class WontOpen(SecretError):  # noqa: N818 - as above
    """The encrypted file is whole as far as one can see, but does not open.

    Args:
        what: The file.
        origin: Where the passphrase comes from.
    """

    def __init__(self, what: str, origin: str) -> None:
        super().__init__(
            f"{what} does not open with the passphrase in {origin}: either that is not the one it was closed with, or "
            "the file was changed. Give the right one, or begin anew with: ddc-perf token set"
        )


class Damaged(SecretError):  # noqa: N818 - as above
    """The encrypted file is none, or no longer.

    Args:
        what: The file.
        why: What is wrong with it.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} is damaged: {why}. Take it from a backup, or make it anew: ddc-perf token set")


class OldSeal(SecretError):  # noqa: N818 - as above
    """The encrypted file is of a form that is not used any more, or not yet.

    Args:
        what: The file.
        why: Which form.
        cure: What to do.
    """

    def __init__(self, what: str, why: str, cure: str) -> None:
        super().__init__(f"{what} {why}. {cure}")
