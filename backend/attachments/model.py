"""Photos and signatures as nouns: what a submission names, what a phone brings."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Attachment:
    """A picture that a version of a submission names.

    :param device_id: the phone that finalised the version, and alone can bring the bytes
    :param sha256: of the picture as the phone took it, before sealing
    :param size: bytes of the picture, as the phone told them
    """

    version_id: str
    submission_id: str
    device_id: str
    field: str
    sha256: str
    size: int
    media_type: str


@dataclass(frozen=True)
class Blob:
    """A picture that is here, whole and looked at.

    :param name: under which its encrypted bytes are kept
    """

    device_id: str
    sha256: str
    size: int
    media_type: str
    name: str
    stored_at: datetime


@dataclass(frozen=True)
class Shown:
    """A picture of a submission, as the desk lists it."""

    field: str
    sha256: str
    size: int
    media_type: str
    here: bool


@dataclass(frozen=True)
class Part:
    """A piece of a sealed picture.

    :param sha256: of the picture, by which it is named
    :param sealed_sha256: of the sealed bytes that travel
    :param size: of the sealed bytes, all parts together
    :param offset: where this piece begins
    """

    sha256: str
    sealed_sha256: str
    key_id: str
    size: int
    offset: int
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Progress:
    """How much of a sealed picture is here; ``complete``: it was opened, judged and kept."""

    received: int
    complete: bool


@dataclass(frozen=True)
class Picture:
    """What a picture's bytes say of themselves; width and height in pixels."""

    media_type: str
    width: int
    height: int
