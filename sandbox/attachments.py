"""Uploaded files: kept in memory, served over HTTP, told in messages as Discord tells them."""

import mimetypes
import re
import struct
from dataclasses import dataclass

from sandbox.jsontypes import Json

UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes that one file of a bot may have in a guild without boosts."""

_UNSAFE = re.compile(r"[^A-Za-z0-9_.\-]+")
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came in a request."""

    filename: str
    data: bytes
    content_type: str


@dataclass(slots=True)
class Attachment:
    """A file that hangs on a message.

    Attributes:
        id: Its snowflake.
        filename: The cleaned name.
        data: The bytes.
        content_type: What it is, guessed from the name.
        url: Where the sandbox serves it.
        description: The alternative text.
        ephemeral: Whether it hangs on an ephemeral message.
    """

    id: str
    filename: str
    data: bytes
    content_type: str
    url: str
    description: str | None = None
    ephemeral: bool = False

    def json(self) -> Json:
        """The attachment object of a message."""
        body: Json = {
            "id": self.id,
            "filename": self.filename,
            "size": len(self.data),
            "url": self.url,
            "proxy_url": self.url,
            "content_type": self.content_type,
        }
        if self.description:
            body["description"] = self.description
        if self.ephemeral:
            body["ephemeral"] = True
        size = image_size(self.data)
        if size is not None:
            body["width"], body["height"] = size
        return body


def clean_filename(name: str) -> str:
    """A file's name as Discord keeps it: letters, digits, dot, dash and underscore, nothing else."""
    return _UNSAFE.sub("_", name).strip("_")[:255] or "unknown"


def guess_type(filename: str) -> str:
    """The content type that Discord tells for a file of that name."""
    kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind == "application/json" else kind


def image_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or GIF in pixels; None for anything else."""
    if data.startswith(_PNG) and len(data) >= 24:  # noqa: PLR2004 - signature, chunk head, then the two sizes
        width, height = struct.unpack(">II", data[16:24])
        return int(width), int(height)
    if data[:4] == b"GIF8" and len(data) >= 10:  # noqa: PLR2004 - signature, then the two sizes
        width, height = struct.unpack("<HH", data[6:10])
        return int(width), int(height)
    return None
