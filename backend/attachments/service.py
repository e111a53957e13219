"""Use cases: take a picture part by part, hand it out, clear away what nobody names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from backend.attachments import store
from backend.attachments.blobs import Blobs, Listed
from backend.attachments.model import Blob, Part, Picture, Progress, Shown
from backend.attachments.rules.pictures import picture_of
from backend.attachments.rules.uploads import (
    DAY_QUOTA,
    MAX_SEALED,
    MAX_UNFINISHED,
    QUOTA_SPAN,
    SEAL_INFO,
    UNFINISHED_FOR,
    UNNAMED_FOR,
    folder_of,
    part_name,
    received,
    seal_header,
)
from backend.audit import service as audit
from backend.audit.model import Actor
from backend.kernel.canonical import sha256_hex
from backend.kernel.errors import Refusal
from backend.kernel.ids import new_id
from backend.kernel.sealing import SealKey, Unreadable, unseal
from backend.kernel.vault import Vault

AT_ONCE = 200
Transaction = Callable[[], AbstractContextManager[Session]]

name = store.name
missing = store.missing


@dataclass(frozen=True, repr=False)
class Uploads:
    """Taking pictures from phones. Reads and writes are transactions of their own; bytes are
    opened, judged and written to disk outside of them.
    """

    read: Transaction
    write: Transaction
    blobs: Blobs
    vault: Vault
    seal_keys: Mapping[str, SealKey]
    clock: Callable[[], datetime]

    def take(self, actor: Actor, part: Part, request_id: str | None = None) -> Progress:
        """Take one part. The same part again, or one that does not begin where the last one
        ended, changes nothing: the answer says where to go on. An empty part only asks.

        :param actor: the phone
        :returns: ``complete`` once the picture was opened, judged, and is on disk
        :raises Refusal: ``attachment_too_large``, ``attachment_quota``, ``storage_full``,
            ``storage_failing``; for a picture that came whole and cannot be used
            ``attachment_sealed``, ``attachment_hash``, ``attachment_not_picture``
        """
        device_id = str(actor.device_id)
        now = self.clock()
        with self.read() as session:
            if store.blob(session, device_id, part.sha256) is not None:
                return Progress(part.size, complete=True)
            brought = store.brought_since(session, device_id, now - QUOTA_SPAN)
        if part.size > MAX_SEALED:
            raise Refusal("attachment_too_large", limit=MAX_SEALED)
        folder = folder_of(device_id, part.sha256, part.sealed_sha256)
        here = received((one.name, one.size) for one in self.blobs.listed(folder))
        if part.data and part.offset == here:
            if here + len(part.data) > part.size:
                raise Refusal("attachment_too_large", limit=part.size)
            if here == 0:
                self._has_room(device_id, brought + part.size)
            self.blobs.put(part_name(folder, here), part.data)
            here += len(part.data)
        if here < part.size:
            return Progress(here, complete=False)
        return self._finish(actor, part, folder, request_id)

    def _has_room(self, device_id: str, wanted: int) -> None:
        begun = {one.name.rsplit("/", 1)[0] for one in self.blobs.listed(folder_of(device_id))}
        if wanted > DAY_QUOTA or len(begun) >= MAX_UNFINISHED:
            raise Refusal("attachment_quota")

    def _finish(self, actor: Actor, part: Part, folder: str, request_id: str | None) -> Progress:
        device_id = str(actor.device_id)
        parts = self.blobs.listed(folder)
        try:
            sealed = b"".join(self.blobs.get(one.name) for one in parts)
        except FileNotFoundError:  # another request is just finishing the same picture
            return Progress(0, complete=False)
        if sha256_hex(sealed) != part.sealed_sha256:  # damaged on the way: from the start
            self._drop(parts)
            return Progress(0, complete=False)
        try:
            plain, picture = self._open(device_id, part, sealed)
        except Refusal:
            self._drop(parts)
            raise
        kept = new_id()
        found = Blob(
            device_id=device_id,
            sha256=part.sha256,
            size=len(plain),
            media_type=picture.media_type,
            name=f"kept/{kept[-2:]}/{kept}",
            stored_at=self.clock(),
        )
        self.blobs.put(found.name, self.vault.lock_bytes(plain))
        with self.write() as session:
            is_news = store.keep(session, found)
            if is_news:
                self._tell(session, actor, found, request_id)
        if not is_news:
            self.blobs.delete(found.name)
        self._drop(self.blobs.listed(folder_of(device_id, part.sha256)))
        return Progress(part.size, complete=True)

    def _open(self, device_id: str, part: Part, sealed: bytes) -> tuple[bytes, Picture]:
        aad = seal_header(device_id, part.sha256, part.key_id)
        try:
            plain = unseal(self.seal_keys, part.key_id, sealed, aad, info=SEAL_INFO)
        except Unreadable:
            raise Refusal("attachment_sealed") from None
        if sha256_hex(plain) != part.sha256:
            raise Refusal("attachment_hash")
        picture = picture_of(plain)
        if picture is None:
            raise Refusal("attachment_not_picture")
        return plain, picture

    def _drop(self, parts: Sequence[Listed]) -> None:
        for one in parts:
            self.blobs.delete(one.name)

    def _tell(self, session: Session, actor: Actor, found: Blob, request_id: str | None) -> None:
        audit.record(
            session,
            actor,
            "attachment_received",
            "attachment",
            found.sha256,
            area_code=None,
            detail={"size": found.size},
            now=found.stored_at,
            request_id=request_id,
        )


def of_submissions(session: Session, ids: Sequence[str]) -> dict[str, list[Shown]]:
    """Submission id -> its pictures, here or not."""
    return store.of_submissions(session, ids)


def opened(
    session: Session, vault: Vault, blobs: Blobs, submission_id: str, sha256: str
) -> tuple[Blob, bytes]:
    """A picture of a submission.

    :raises Refusal: ``not_found``: the submission names no such picture, or it did not come yet
    """
    found = store.blob_of(session, submission_id, sha256)
    if found is None:
        raise Refusal("not_found")
    try:
        return found, vault.unlock_bytes(blobs.get(found.name))
    except FileNotFoundError:  # the folder was lost, or restored from an older day
        raise Refusal("not_found") from None


def clear(read: Transaction, write: Transaction, blobs: Blobs, now: datetime) -> int:
    """Remove pictures nobody names, uploads nobody finished, files nobody knows; how many."""
    removed = 0
    while True:
        with write() as session:
            names = store.remove_unnamed(session, now - UNNAMED_FOR, AT_ONCE)
        for one in names:
            blobs.delete(one)
        removed += len(names)
        if len(names) < AT_ONCE:
            break
    stale = [one for one in blobs.listed("incoming/") if one.written_at < now - UNFINISHED_FOR]
    stale += _unknown(read, [b for b in blobs.listed("kept/") if b.written_at < now - QUOTA_SPAN])
    for left in stale:
        blobs.delete(left.name)
    return removed + len(stale)


def _unknown(read: Transaction, files: Sequence[Listed]) -> list[Listed]:
    """Files whose row was never written: the machine died between the two."""
    found = []
    for start in range(0, len(files), AT_ONCE):
        some = files[start : start + AT_ONCE]
        with read() as session:
            known = store.known_names(session, [one.name for one in some])
        found += [one for one in some if one.name not in known]
    return found
