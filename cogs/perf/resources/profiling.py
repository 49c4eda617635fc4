"""What the event loop's thread does, by pyinstrument: it looks a thousand times a second which function runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from utils.metrics.outcome import Outcome

from .paths import short

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERVAL = 0.001
_BUILT_IN = "<built-in>"
# Where a loop waits until there is something to do: the selectors of asyncio, and what they call.
_WAITS = frozenset({"select", "poll"})


class NeedsPyinstrument(Exception):  # noqa: N818 - it names what it is about
    """The profiler is not installed."""

    outcome: ClassVar[Outcome] = Outcome.NOT_FOUND
    user_message = "Profiles need pyinstrument: `pip install pyinstrument`, then try again."


@dataclass(frozen=True, slots=True)
class Function:
    """A function, and the time it took by itself.

    Attributes:
        place: Its file, shortened.
        name: Its name.
        seconds: Without the functions that it called, those built into Python aside.
    """

    place: str
    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Profiled:
    """What was seen.

    Attributes:
        seconds: For how long was looked.
        idle: For how much of it the loop had nothing to do, in seconds.
        looks: How often was looked.
        functions: Most time first.
        html: All of it, as a page to look around in.
    """

    seconds: float
    idle: float
    looks: int
    functions: tuple[Function, ...]
    html: str

    @property
    def busy(self) -> float:
        """For how long the loop was at work, in seconds."""
        return max(0.0, self.seconds - self.idle)


class Profiling:
    """One profile, of the thread that makes it; `start` and `stop` belong there, `result` in another.

    Raises:
        NeedsPyinstrument: It is not installed. The first time it is loaded, which reads files.
    """

    def __init__(self) -> None:
        try:
            from pyinstrument import Profiler  # noqa: PLC0415 - a bot that only copied the cog may not have it
        except ImportError as error:
            raise NeedsPyinstrument from error
        # Disabled: the loop is looked at as it is, not one task of it.
        self._profiler = Profiler(interval=INTERVAL, async_mode="disabled")
        self._session: Any = None

    def start(self) -> None:
        """Begin.

        Raises:
            RuntimeError: Something else profiles this thread.
        """
        self._profiler.start(target_description="The event loop")

    def stop(self) -> None:
        """End; a second call changes nothing."""
        if self._profiler.is_running:
            self._session = self._profiler.stop()

    def result(self) -> Profiled:
        """Sum up what was seen."""
        from pyinstrument.renderers import HTMLRenderer  # noqa: PLC0415 - as above

        session = self._session
        idle, functions = _summed(session.root_frame(trim_stem=False))
        html = HTMLRenderer().render(session)
        return Profiled(session.duration, idle, session.sample_count, functions, html)


def _summed(root: Any) -> tuple[float, tuple[Function, ...]]:  # noqa: ANN401 - a frame of pyinstrument's
    """Find how long the loop was idle, and what each function took by itself."""
    idle = 0.0
    own: dict[tuple[str, str], float] = {}
    for frame in _frames(root):
        if _is_wait(frame):
            idle += frame.time
            continue
        children = (child.time for child in frame.children if not _is_part(child))
        key = short(frame.file_path), frame.function
        own[key] = own.get(key, 0.0) + max(0.0, frame.time - sum(children))
    ordered = sorted(own.items(), key=lambda item: -item[1])
    return idle, tuple(Function(place, name, seconds) for (place, name), seconds in ordered if seconds > 0)


def _frames(root: Any) -> Iterator[Any]:  # noqa: ANN401 - as above
    """Go through the frames that are functions of their own, and not into what waits."""
    left = [] if root is None else [root]
    while left:
        frame = left.pop()
        yield frame
        if not _is_wait(frame):
            left.extend(child for child in frame.children if not _is_part(child))


def _is_wait(frame: Any) -> bool:  # noqa: ANN401 - as above
    return frame.function in _WAITS and str(frame.file_path).replace("\\", "/").endswith("/selectors.py")


def _is_part(frame: Any) -> bool:  # noqa: ANN401 - as above
    """Whether it is counted with who called it: what is built in has no line to look at."""
    return frame.file_path is None or frame.file_path == _BUILT_IN
