"""What is kept of accounts, phones, codes and sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from backend.accounts import service as accounts
from backend.accounts.service import administration, devices, sessions
from backend.accounts.store import (
    accounts as account_store,
    devices as device_store,
    guards,
    sessions as session_store,
)
from backend.geo.rules import bounds
from backend.house import House
from backend.kernel.errors import Refusal
from tests.builders.accounts import Phone, make_account, make_phone
from tests.builders.areas import COUNTY, OTHER_VILLAGE, SIBLING_VILLAGE, TOWNSHIP, VILLAGE


def test_accounts_are_found_by_their_areas(house: House) -> None:
    with house.write() as session:
        made = {
            name: make_account(house, session, "worker", areas, name=name).id
            for name, areas in (
                ("a", (VILLAGE,)),
                ("b", (VILLAGE, OTHER_VILLAGE)),
                ("c", (OTHER_VILLAGE,)),
                ("d", (TOWNSHIP,)),
                ("e", (COUNTY,)),
                ("f", ()),
            )
        }

        def names(*codes: str) -> list[str]:
            found = accounts.accounts_in(session, [bounds(code) for code in codes])
            return [account.name for account in found]

        assert names(VILLAGE) == ["a", "b"]
        assert names(TOWNSHIP) == ["a", "b", "d"]
        assert names(COUNTY) == ["a", "b", "c", "d", "e"]
        assert names(SIBLING_VILLAGE) == []
        assert names() == []
        found = accounts.account(session, made["b"])
        assert found is not None
        assert found.areas == tuple(sorted((VILLAGE, OTHER_VILLAGE)))


def test_a_login_is_given_once_whatever_its_capitals(house: House) -> None:
    random = bytes(range(16))
    with house.write() as session:
        administration.create(
            session, "WangLan", "王兰", "worker", [VILLAGE], random=random, now=house.clock()
        )
    with pytest.raises(Refusal, match="login_taken"), house.write() as session:
        administration.create(
            session, " wanglan ", "王岚", "worker", [VILLAGE], random=random, now=house.clock()
        )


def test_new_areas_replace_the_old_ones(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session, "worker", (VILLAGE, SIBLING_VILLAGE))
        administration.set_areas(session, account.id, [SIBLING_VILLAGE, OTHER_VILLAGE])
    with house.read() as session:
        found = accounts.account(session, account.id)
        assert found is not None
        assert found.areas == (SIBLING_VILLAGE, OTHER_VILLAGE)


def test_the_intake_learns_what_it_needs_of_a_phone(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session, "worker", (VILLAGE,))
        phone = make_phone(house, session, account)
        facts = accounts.device(session, phone.device_id)
        assert facts is not None
        assert facts.public_key == phone.public_key
        assert (facts.account_id, facts.role, facts.areas) == (account.id, "worker", (VILLAGE,))
        assert (facts.revoked_at, facts.account_disabled) == (None, False)

        devices.revoke(session, phone.device_id, "lost", house.clock())
        administration.disable(session, account.id, house.clock())
        facts = accounts.device(session, phone.device_id)
        assert facts is not None
        assert (facts.revoked_at, facts.account_disabled) == (house.clock(), True)
        assert accounts.device(session, account.id) is None


def test_a_session_is_worth_what_its_phone_is(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session, "worker", (VILLAGE,))
        phone = make_phone(house, session, account)
        opened = sessions.open_session(
            session, house.account_keys, account.id, "capture", phone.device_id,
            salt=b"s" * 16, now=house.clock(),
        )  # fmt: skip
        assert accounts.standing(session, opened.session_id) is not None
        device_store.change(session, phone.device_id, revoked_at=house.clock())
        assert accounts.standing(session, opened.session_id) is None


def test_no_code_password_or_token_is_kept_in_clear(house: House) -> None:
    with house.write() as session:
        account, password = administration.create(
            session, "li", "李", "worker", [VILLAGE], random=bytes(range(16)), now=house.clock()
        )
        code = devices.issue_code(
            session, house.account_keys, account.id, None, timedelta(hours=48),
            random=bytes(range(8)), now=house.clock(),
        ).code  # fmt: skip
        opened = sessions.open_session(
            session, house.account_keys, account.id, "capture", None,
            salt=bytes(range(16)), now=house.clock(),
        )  # fmt: skip
    mac = opened.refresh_token.split(".")[2]
    with house.read() as session:
        kept = ""
        for table in ("accounts", "enrolment_codes", "sessions"):
            kept += str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
    for secret in (password, password.replace("-", ""), code, code.replace("-", ""), mac):
        assert secret not in kept


def test_a_code_enrols_one_phone(house: House) -> None:
    keys = house.account_keys
    with house.write() as session:
        account = make_account(house, session, "worker", (VILLAGE,))
        opened = sessions.open_session(
            session, keys, account.id, "capture", None, salt=b"s" * 16, now=house.clock()
        )
        code = devices.issue_own_code(
            session, keys, account.id, random=bytes(range(8)), now=house.clock()
        ).code

    def enrol(code: str) -> str:
        with house.write() as session:
            return devices.enrol(
                session, keys, account.id, opened.session_id, code,
                public_key=Phone().public_key, name="n", app_version="1", now=house.clock(),
            ).device_id  # fmt: skip

    device_id = enrol(code.upper())
    with house.read() as session:
        standing = accounts.standing(session, opened.session_id)
        assert standing is not None
        assert standing.device_id == device_id
    with pytest.raises(Refusal, match="enrolment_code_wrong"):
        enrol(code)


def test_a_recovery_code_is_used_up_and_new_ones_replace_the_old(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session)
        guards.replace_recovery_codes(session, account.id, ["a" * 64, "b" * 64])
        assert guards.use_recovery_code(session, account.id, "a" * 64, house.clock())
        assert not guards.use_recovery_code(session, account.id, "a" * 64, house.clock())
        assert not guards.use_recovery_code(session, account.id, "c" * 64, house.clock())
        guards.replace_recovery_codes(session, account.id, ["c" * 64])
        assert not guards.use_recovery_code(session, account.id, "b" * 64, house.clock())
        assert guards.use_recovery_code(session, account.id, "c" * 64, house.clock())


def test_a_totp_step_is_used_once_and_never_backwards(house: House) -> None:
    with house.write() as session:
        account = make_account(house, session, "reviewer")
        assert account_store.use_totp_step(session, account.id, 100)
        assert not account_store.use_totp_step(session, account.id, 100)
        assert not account_store.use_totp_step(session, account.id, 99)
        assert account_store.use_totp_step(session, account.id, 101)


def test_ending_without_saying_which_is_a_mistake(house: House) -> None:
    with house.write() as session, pytest.raises(ValueError, match="which"):
        session_store.end(session, house.clock(), "x")


def test_whether_an_account_was_ever_used(house: House) -> None:
    with house.write() as session:
        account, _ = administration.create(
            session, "li", "李", "worker", [VILLAGE], random=bytes(range(16)), now=house.clock()
        )
        assert administration.never_used(session, account.id)
        account_store.change(session, account.id, first_used_at=house.clock())
        assert not administration.never_used(session, account.id)
