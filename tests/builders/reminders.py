"""Children with caregivers' links, push addresses, and a forecast that says what it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from backend import tables
from backend.house import House
from backend.kernel.ids import new_id
from backend.kernel.sealing import b64
from backend.kernel.sentences import load_sentences
from backend.reminders import service as reminders
from backend.reminders.dispatch import Dispatcher, Send
from backend.reminders.model import ACCOUNT, FAMILY_LINK, DueDose, ReminderPlan, Subscription
from backend.reminders.store import addresses
from backend.reminders.texting import SendSms
from backend.residents.model import FamilyLink, Resident
from backend.residents.store import family
from tests.builders.accounts import make_account
from tests.builders.areas import VILLAGE
from tests.builders.residents import make_resident
from tests.builders.settings import ROOT

PUSH_HOST = "fcm.googleapis.com"
_KEY = ec.derive_private_key(20261123, ec.SECP256R1()).public_key()
P256DH = b64(_KEY.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
AUTH = b64(bytes(16))
SENTENCES = load_sentences(ROOT / "schemas", "reminder")


def push_address(name: str) -> str:
    """The push address of a browser."""
    return f"https://{PUSH_HOST}/fcm/send/{name}"


def push_request(name: str, **changes: Any) -> dict[str, Any]:
    """What a browser posts to be reminded (wire.ts PushRequest)."""
    keys = {"p256dh": P256DH, "auth": AUTH}
    return {"endpoint": push_address(name), "keys": keys, "language": "zh-CN", **changes}


def make_child(
    house: House,
    session: Session,
    name: str = "王小宝",
    birth_date: date = date(2026, 7, 20),
    **changes: Any,
) -> str:
    """A child of the village; its id."""
    return make_resident(house, session, name=name, birth_date=birth_date, **changes).id


def make_dose(session: Session, child_id: str, vaccine: str, given_on: date) -> None:
    """A dose on record."""
    session.add(
        tables.immunization.DoseRow(
            id=new_id(),
            resident_id=child_id,
            village_code=VILLAGE,
            vaccine=vaccine,
            given_on=given_on,
        )
    )
    session.flush()


def make_link(
    house: House, session: Session, child_id: str, token: str, **changes: Any
) -> FamilyLink:
    """A caregiver's link to a child."""
    now = house.clock()
    values: dict[str, Any] = {
        "id": new_id(),
        "child_id": child_id,
        "token_sha256": sha256(token.encode()).hexdigest(),
        "made_by": new_id(),
        "expires_on": now.date() + timedelta(days=300),
    }
    family.add_link(session, FamilyLink(**(values | changes)), now)
    found = family.link_by_token(session, sha256(token.encode()).hexdigest())
    assert found is not None
    return found


def subscribe_account(
    house: House, session: Session, account_id: str, browser: str, device_id: str | None = None
) -> None:
    """A worker's browser that wants to be told."""
    _subscribe(house, session, ACCOUNT, account_id, browser, device_id)


def subscribe_family(house: House, session: Session, link: FamilyLink, browser: str) -> None:
    """A caregiver's browser that wants to be told."""
    _subscribe(house, session, FAMILY_LINK, link.id, browser, None)
    reminders.consent_to_reminders(session, link, house.clock())


def _subscribe(
    house: House, session: Session, kind: str, owner: str, browser: str, device_id: str | None
) -> None:
    new = Subscription("", kind, owner, push_address(browser), P256DH, AUTH, "zh-CN", device_id)
    reminders.subscribe(session, house.vault, new, house.clock(), hosts=(PUSH_HOST,))


def make_doctor_at(house: House, session: Session, endpoint: str, village: str = VILLAGE) -> str:
    """A doctor whose browser listens at a push server of the test; the account's id.

    Written past the use case, which lets in the known push services only.
    """
    account = make_account(house, session, "worker", (village,))
    new = Subscription("", ACCOUNT, account.id, endpoint, P256DH, AUTH, "zh-CN")
    addresses.save(session, house.vault, new, house.clock())
    return account.id


def subscribe_family_at(house: House, session: Session, link: FamilyLink, endpoint: str) -> None:
    """A caregiver's browser that listens at a push server of the test."""
    new = Subscription("", FAMILY_LINK, link.id, endpoint, P256DH, AUTH, "zh-CN")
    addresses.save(session, house.vault, new, house.clock())
    reminders.consent_to_reminders(session, link, house.clock())


def make_plan(house: House, addressee_id: str, **changes: Any) -> ReminderPlan:
    """A reminder that is due now and worth sending for two hours."""
    now = house.clock()
    values: dict[str, Any] = {
        "addressee_kind": "worker",
        "addressee_id": addressee_id,
        "reason": "urgent:t1",
        "occurrence": "E3",
        "area_code": VILLAGE,
        "due_at": now,
        "expires_at": now + timedelta(hours=2),
        "message": {"kind": "urgent"},
    }
    return ReminderPlan(**(values | changes))


@dataclass
class FakeForecast:
    """Doses still to be given, by child, as a test says."""

    doses: dict[str, list[DueDose]] = field(default_factory=dict)

    def __call__(
        self, _session: Session, children: Sequence[Resident], _now: datetime
    ) -> Mapping[str, Sequence[DueDose]]:
        return {child.id: self.doses.get(child.id, []) for child in children}


def make_dispatcher(
    house: House,
    send: Send,
    forecast: FakeForecast | None = None,
    sms: SendSms | None = None,
    hands: Executor | None = None,
) -> Dispatcher:
    """The sender of the worker process, with rungs that keep what they are given."""
    key = house.settings.secrets.refresh
    return Dispatcher(house, send, SENTENCES, forecast or FakeForecast(), key, sms, hands)
