"""``flask programmes``: what an area sets in place of a programme's own parameters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click
import orjson
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from backend.audit import service as audit
from backend.commands import house
from backend.followups import service as followups
from backend.followups.rules.answering import same_type
from backend.geo import service as geo
from backend.kernel.ids import derived_id
from backend.programmes import service as programmes
from backend.programmes.model import Policy

PER_YEAR = "_per_year"
_DAY = click.DateTime(["%Y-%m-%d"])


@click.group("programmes")
def command() -> None:
    """Programmes: policies of areas."""


@command.command("policy")
@click.argument("programme")
@click.argument("area")
@click.argument("values", nargs=-1, required=True, metavar="NAME=VALUE...")
@click.option("--from", "since", type=_DAY, required=True, help="First day, YYYY-MM-DD.")
@click.option("--to", "until", type=_DAY, help="Last day; without it until further notice.")
@with_appcontext
def set_policy(
    programme: str, area: str, values: tuple[str, ...], since: datetime, until: datetime | None
) -> None:
    """Set parameters of a programme in an area from a day on, as follow_ups_per_year=12.

    A visit of that day or later goes by it; tasks that stand already wait for the next visit.
    The same programme, area and first day replace what was set before.
    """
    if until is not None and until < since:
        raise click.ClickException("最后一天早于第一天 / the last day lies before the first")
    here = house()
    with here.write() as session:
        if area not in geo.names(session, [area]):
            raise click.ClickException(f"没有这个区划 / no such area: {area}")
        policy = Policy(
            id=derived_id(programme, "policy", area, since.date().isoformat()),
            programme=programme,
            area_code=area,
            from_on=since.date(),
            to_on=None if until is None else until.date(),
            parameters=_checked(values, _own(session, programme)),
        )
        programmes.set_policy(session, policy)
        audit.record(
            session,
            audit.SYSTEM,
            "policy_set",
            "policy",
            policy.id,
            area_code=area,
            detail=policy.as_json(),
            now=here.clock(),
            request_id=None,
        )
    click.echo(_line(policy))


@command.command("policies")
@click.argument("area")
@with_appcontext
def list_policies(area: str) -> None:
    """Print the policies that count in an area, or somewhere inside it."""
    with house().read() as session:
        for policy in programmes.policies_of(session, [area]):
            click.echo(_line(policy))


def _line(policy: Policy) -> str:
    until = policy.to_on or "…"
    told = ", ".join(f"{name}={value}" for name, value in policy.parameters.items())
    return f"{policy.programme} {policy.area_code} {policy.from_on} – {until}: {told}"


def _own(session: Session, programme: str) -> Mapping[str, Any]:
    """The programme's own parameters."""
    services = followups.programmes(session).services.values()
    found = [s.newest.parameters for s in services if s.newest.programme == programme]
    if not found:
        raise click.ClickException(f"没有这个项目 / no such programme: {programme}")
    return found[0]


def _checked(values: tuple[str, ...], own: Mapping[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for text in values:
        name, _, written = text.partition("=")
        if name not in own:
            known = ", ".join(sorted(own))
            raise click.ClickException(f"没有这个参数 / no such parameter: {name} ({known})")
        value = _value(written)
        if not same_type(own[name], value):
            raise click.ClickException(f"{name}: 应类似 / must be like {own[name]!r}")
        if name.endswith(PER_YEAR) and (value < 1 or 12 % value):
            raise click.ClickException(f"{name}: 须能整除12 / must divide 12: 1, 2, 3, 4, 6, 12")
        given[name] = value
    return given


def _value(written: str) -> Any:
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:
        return written
