"""Where bytes are kept: a small interface, and the folder that stands behind it today.

A store of objects (S3) needs no more than these four verbs: names are flat, nothing is ever
appended or rewritten.
"""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from backend.kernel.errors import Refusal

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_FAILING = (errno.EROFS, errno.EACCES, errno.EIO)


@dataclass(frozen=True)
class Listed:
    """A name that bytes are kept under."""

    name: str
    size: int
    written_at: datetime


class Blobs(Protocol):
    """Bytes by name; a name is several words between slashes."""

    def put(self, name: str, data: bytes) -> None:
        """Keep bytes; they are on disk when this returns.

        :raises Refusal: ``storage_full``, ``storage_failing``
        """

    def get(self, name: str) -> bytes:
        """The bytes under a name.

        :raises FileNotFoundError: there are none
        """

    def delete(self, name: str) -> None:
        """Remove what is under a name, if anything."""

    def listed(self, prefix: str) -> list[Listed]:
        """Everything whose name begins with this folder, in the order of names."""


class Folder:
    """Files below a folder of this machine, readable for us alone."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, name: str, data: bytes) -> None:
        """See :meth:`Blobs.put`. A file is whole or not there, also after a power cut."""
        path = self._root / name
        with _room():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(prefix=".new-", dir=path.parent)  # mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                Path(draft).rename(path)
            except OSError:
                Path(draft).unlink(missing_ok=True)
                raise
            _sync(path.parent)

    def get(self, name: str) -> bytes:
        """See :meth:`Blobs.get`."""
        return (self._root / name).read_bytes()

    def delete(self, name: str) -> None:
        """See :meth:`Blobs.delete`. Folders that became empty go too."""
        path = self._root / name
        path.unlink(missing_ok=True)
        for folder in path.parents:
            if folder == self._root:
                break
            try:
                folder.rmdir()
            except OSError:  # others lie in it, or somebody else was faster
                break

    def listed(self, prefix: str) -> list[Listed]:
        """See :meth:`Blobs.listed`."""
        found = []
        for path in sorted((self._root / prefix).rglob("*")):
            with suppress(FileNotFoundError):  # gone since it was seen
                if path.is_file() and not path.name.startswith(".new-"):
                    at = path.stat()
                    written = datetime.fromtimestamp(at.st_mtime, UTC)
                    name = path.relative_to(self._root).as_posix()
                    found.append(Listed(name, at.st_size, written))
        return found


@contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise Refusal("storage_full") from error
        if error.errno in _FAILING:
            raise Refusal("storage_failing") from error
        raise


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
