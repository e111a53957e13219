"""The chain over the audit: each link is signed over its row and over the link before (S42).

The key lies outside the database, so that whoever may write there can neither change a row nor
take one out unseen. Rows are linked in the order in which the sealing job meets them, which is
that of their numbers but for those that were committed late.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC

from backend.audit.model import AuditEntry, Broken, Checked, Link
from backend.kernel.canonical import canonical_bytes

BEGINNING = "0" * 64
"""What the first link names as the one before."""

Sign = Callable[[str], str]
"""Keyed digest of a text, 64 hexadecimal characters."""


def linked(entries: Iterable[AuditEntry], head: str, sign: Sign) -> list[Link]:
    """The links of rows that follow the head, in their order."""
    links = []
    for entry in entries:
        links.append(Link(entry.seq, head, signed(entry, head, sign)))
        head = links[-1].hash
    return links


def signed(entry: AuditEntry, previous: str, sign: Sign) -> str:
    """The signature over a row and the link before."""
    facts = {
        "seq": entry.seq,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": [entry.actor.kind, entry.actor.id, entry.actor.device_id],
        "action": entry.action,
        "object": [entry.object_kind, entry.object_id],
        "area_code": entry.area_code,
        "detail": dict(entry.detail),
        "request_id": entry.request_id,
    }
    return sign(previous + canonical_bytes(facts).decode())


class Chain:
    """Follows the chain while rows are handed in, by number; a late one waits for its turn.

    :param noted: ends of the chain that were written down before; one that it does not pass tells
        that its end was cut off
    """

    def __init__(self, sign: Sign, noted: Iterable[str] = ()) -> None:
        self._sign = sign
        self._head = BEGINNING
        self._noted = set(noted) - {BEGINNING}
        self._ahead: dict[str, Link] = {}
        self._broken: list[Broken] = []
        self._linked = self._unsealed = 0

    def follow(self, entry: AuditEntry, link: Link | None) -> None:
        """Take the next row, with its link once it has one."""
        if link is None:
            self._unsealed += 1
            return
        if signed(entry, link.previous_hash, self._sign) != link.hash:
            self._broken.append(Broken(entry.seq, "changed"))
        if link.previous_hash in self._ahead:
            self._broken.append(Broken(entry.seq, "torn"))
            return
        self._ahead[link.previous_hash] = link
        while (following := self._ahead.pop(self._head, None)) is not None:
            self._head = following.hash
            self._noted.discard(self._head)
            self._linked += 1

    def end(self) -> Checked:
        """What was found, once every row was handed in."""
        torn = min((link.seq for link in self._ahead.values()), default=None)
        broken = [*self._broken]
        if torn is not None:
            broken.append(Broken(torn, "torn"))
        elif self._noted:
            broken.append(Broken(None, "cut_off"))
        return Checked(self._linked, self._unsealed, self._head, tuple(broken))
