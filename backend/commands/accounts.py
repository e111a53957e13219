"""``flask accounts``: making accounts and helping people back in, from the server itself."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from backend.accounts import service as accounts
from backend.accounts.model import ROLES, Account, Role
from backend.accounts.service import administration
from backend.audit import service as audit
from backend.commands import house
from backend.geo import service as geo
from backend.kernel.errors import Refusal


@click.group("accounts")
def command() -> None:
    """Accounts: create, one-time passwords, switch off and on."""


@command.command("create")
@click.argument("login")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--area", "areas", multiple=True, required=True, help="12-digit code; repeatable.")
@click.option("--name", required=True, help="The person's name, as on the badge.")
@with_appcontext
def create(login: str, role: str, areas: tuple[str, ...], name: str) -> None:
    """Make an account and print its one-time password."""
    here = house()
    with here.write() as session:
        _known_areas(session, areas)
        try:
            account, password = administration.create(
                session,
                login,
                name,
                cast(Role, role),
                areas,
                random=secrets.token_bytes(16),
                now=here.clock(),
            )
        except Refusal as refusal:
            raise click.ClickException(f"{refusal.code}: {login}") from None
        _record(session, "account_created", account, role=role)
    _tell(account.login, password)


@command.command("one-time")
@click.argument("login")
@with_appcontext
def one_time(login: str) -> None:
    """Replace a forgotten password by a one-time password and print it."""
    with _changed(login, "one_time_password_issued") as (session, account):
        password = administration.issue_one_time_password(
            session, account.id, random=secrets.token_bytes(16), now=house().clock()
        )
    _tell(account.login, password)


@command.command("reset-second-factor")
@click.argument("login")
@with_appcontext
def reset_second_factor(login: str) -> None:
    """Forget a lost authenticator; the next sign-in sets up a new one."""
    with _changed(login, "second_factor_reset") as (session, account):
        administration.reset_second_factor(session, account.id, house().clock())
    click.echo(f"{account.login}: 动态验证码已重置 / second factor reset")


@command.command("disable")
@click.argument("login")
@with_appcontext
def disable(login: str) -> None:
    """Switch an account off: no sign-in, no reads; what its phones still send is kept."""
    with _changed(login, "account_disabled") as (session, account):
        administration.disable(session, account.id, house().clock())
    click.echo(f"{account.login}: 已停用 / switched off")


@command.command("enable")
@click.argument("login")
@with_appcontext
def enable(login: str) -> None:
    """Switch an account on again."""
    with _changed(login, "account_enabled") as (session, account):
        administration.enable(session, account.id)
    click.echo(f"{account.login}: 已启用 / switched on")


@command.command("areas")
@click.argument("login")
@click.argument("areas", nargs=-1, required=True)
@with_appcontext
def set_areas(login: str, areas: tuple[str, ...]) -> None:
    """Give an account other areas instead of those it has."""
    with _changed(login, "areas_set", areas=list(areas)) as (session, account):
        _known_areas(session, areas)
        administration.set_areas(session, account.id, areas)
    click.echo(f"{account.login}: {', '.join(areas)}")


@contextmanager
def _changed(login: str, action: str, **detail: object) -> Iterator[tuple[Session, Account]]:
    """The account to change, in a transaction that ends with a line in the audit."""
    with house().write() as session:
        account = _named(session, login)
        yield session, account
        _record(session, action, account, **detail)


def _named(session: Session, login: str) -> Account:
    account = accounts.account_by_login(session, login.strip().casefold())
    if account is None:
        raise click.ClickException(f"没有这个账号 / no such account: {login}")
    return account


def _known_areas(session: Session, areas: tuple[str, ...]) -> None:
    unknown = set(areas) - set(geo.names(session, areas))
    if unknown:
        raise click.ClickException(f"没有这个区划 / no such area: {', '.join(sorted(unknown))}")


def _record(session: Session, action: str, account: Account, **detail: object) -> None:
    audit.record(
        session,
        audit.SYSTEM,
        action,
        "account",
        account.id,
        area_code=None,
        detail=detail,
        now=house().clock(),
        request_id=None,
    )


def _tell(login: str, password: str) -> None:
    click.echo(f"账号 / login:               {login}")
    click.echo(f"一次性密码 / one-time password: {password}   (7 天内有效 / good for 7 days)")
