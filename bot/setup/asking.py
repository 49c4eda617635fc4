"""Where the answers come from: a person at a terminal, or a file."""

from __future__ import annotations

import getpass
import json
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from rich.console import Console
from rich.text import Text

from bot.metrics_cli.codes import NOTHING, USAGE, Ending
from bot.metrics_cli.terminal import say, visible

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

T = TypeVar("T")

KEYS = ("token", "guild", "channel", "time_zone", "time", "alerts", "docker_host")


class Wrong(Exception):  # noqa: N818 - an answer that is not right
    """An answer can't be taken.

    Args:
        why: What is wrong and what to do; never the answer itself where it is a secret.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Asker(Protocol):
    """Gives answers.

    Attributes:
        patience: Seconds to wait for what somebody else has to do meanwhile.
    """

    patience: float

    def tell(self, text: str) -> None:
        """Say something; names from outside in it may be as they are."""

    def ask(
        self, key: str, question: str, check: Callable[[str], T], *, default: str | None = None, secret: bool = False
    ) -> T:
        """Ask until the answer is right.

        Args:
            key: The answer's name in a file.
            question: One line.
            check: Makes the answer of the text, or raises `Wrong`.
            default: What no text stands for; None for nothing: a text is needed.
            secret: Whether what is typed stays hidden.

        Raises:
            Ending: There is no right answer, or no answer at all.
        """


class Person:
    """Asks at a terminal, again and again."""

    patience = 3600.0

    def __init__(self) -> None:
        self._console = Console(markup=False, highlight=False, emoji=False)

    def tell(self, text: str) -> None:
        """See `Asker`."""
        self._console.print(Text("\n".join(map(visible, text.split("\n")))))

    def ask(
        self, key: str, question: str, check: Callable[[str], T], *, default: str | None = None, secret: bool = False
    ) -> T:
        """See `Asker`."""
        prompt = f"{visible(question)}{f' [{visible(default)}]' if default else ''}: "
        while True:
            try:
                # Not rich's way to hide: it shows the prompt first, and what is pasted then is lost.
                typed = getpass.getpass(prompt) if secret else self._console.input(Text(prompt, style="bold"))
            except EOFError:
                raise Ending(NOTHING, f"The input ended before `{key}` was answered. Nothing was changed.") from None
            typed = typed.strip()
            if not typed and default is None:
                self.tell("  ✗ An answer is needed here. Ctrl+C ends all, and changes nothing.")
                continue
            try:
                return check(typed or default or "")
            except Wrong as wrong:
                self.tell(f"  ✗ {wrong.why}")


class AnswersFile:
    """Takes the answers from a file.

    Args:
        path: A JSON object of texts.

    Raises:
        Ending: It can't be read, or holds something else.
    """

    patience = 0.0

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            answers = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise Ending(USAGE, f"{path} can't be read: {error.strerror or error}.") from None
        except ValueError as error:
            # Not the error's own text: it may show what stands there.
            raise Ending(USAGE, f"{path} is no JSON ({type(error).__name__}).") from None
        if not isinstance(answers, dict):
            raise Ending(USAGE, f"{path} must hold one JSON object.")
        if strange := sorted(set(answers) - set(KEYS)):
            raise Ending(USAGE, f"{path}: nothing asks for {', '.join(strange)}. There are: {', '.join(KEYS)}.")
        self._answers: dict[str, Any] = answers

    def tell(self, text: str) -> None:
        """See `Asker`."""
        say("".join(f"{visible(line)}\n" for line in text.split("\n")))

    def ask(
        self,
        key: str,
        question: str,
        check: Callable[[str], T],
        *,
        default: str | None = None,
        secret: bool = False,  # noqa: ARG002 - nothing is shown here
    ) -> T:
        """See `Asker`."""
        given = self._answers.get(key, default)
        if given is None:
            raise Ending(USAGE, f"{self._path} lacks `{key}`: {question}.")
        if not isinstance(given, str | int) or isinstance(given, bool):
            raise Ending(USAGE, f"{self._path}, `{key}`: write a text.")
        try:
            return check(str(given).strip())
        except Wrong as wrong:
            raise Ending(USAGE, f"{self._path}, `{key}`: {wrong.why}") from None
