"""``flask sample``: the invented county, for looking around, for tests and for measuring."""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from backend.commands import house, setup
from backend.sample.doors import Doors, Person, doors
from backend.sample.generate.households import FEWEST_RESIDENTS
from backend.sample.load import CannotLoad, is_empty, load

SEED = 340828
RESIDENTS = 2000
_ROLES = {
    "worker": "村医 doctor",
    "reviewer": "乡镇 township",
    "supervisor": "县 county",
}


@click.group("sample")
def command() -> None:
    """An invented county: real area codes, invented places and people."""


@command.command("load")
@click.option(
    "--residents",
    type=click.IntRange(FEWEST_RESIDENTS, 500_000),
    default=RESIDENTS,
    show_default=True,
)
@click.option("--seed", type=int, default=SEED, show_default=True, help="Another seed, others.")
@with_appcontext
def load_county(residents: int, seed: int) -> None:
    """Put the county into an empty database."""
    try:
        loaded = load(house(), residents, seed, lambda text: click.echo(text, err=True))
    except CannotLoad as reason:
        raise click.ClickException(str(reason)) from None
    click.echo(", ".join(f"{count} {name}" for name, count in loaded.counts.items()))


@command.command("doors")
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="All accounts, for programs.")
@with_appcontext
def show_doors(port: int, as_json: bool) -> None:
    """Print the three entries, one-time passwords of unused accounts, and a family link."""
    found = doors(house(), everybody=as_json)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False, default=str))
        return
    click.echo(_told(found, f"http://localhost:{port}"))


@command.command("open")
@click.option("--port", type=int, default=8000, show_default=True)
@click.pass_context
@with_appcontext
def open_house(context: click.Context, port: int) -> None:
    """Set up, load the county into an empty database, print the doors: what `make run` needs.

    One process instead of three, because each start costs a second or two; only the doors go to
    the standard output.
    """
    here = house()
    with contextlib.redirect_stdout(sys.stderr):
        context.invoke(setup.command)
        with here.read() as session:
            empty = is_empty(session)
        if empty:
            load(here, RESIDENTS, SEED, click.echo)
    click.echo(_told(doors(here, everybody=False), f"http://localhost:{port}"))


def _told(found: Doors, origin: str) -> str:
    lines = [
        f"村医手机 doctor's phone    {origin}/capture/",
        f"卫生院   township desk     {origin}/desk/",
    ]
    if found.family_token is None:
        lines.append(f"家长     family            {origin}/family/")
    else:
        lines.append(f"家长     family ({found.child})   {origin}/family/#{found.family_token}")
        lines.append(f"         出生日期 birth date     {found.born}")
    unused = [person for person in found.people if person.password]
    if unused:
        lines += [
            "",
            "一次性密码 one-time passwords (首次登录后自设密码 / choose your own after signing in)",
        ]
        lines += [_line(person) for person in unused]
    return "\n".join(lines)


def _line(person: Person) -> str:
    return f"  {person.login:<12}{person.password}   {person.name}  {_ROLES[person.role]}"
