"""``flask immunization``: what the vaccine edition says of a child."""

from __future__ import annotations

from datetime import date
from typing import IO, Any

import click
import orjson
from flask.cli import with_appcontext

from backend.commands import house
from backend.forms import folder
from backend.immunization.model import Edition, ForecastDose
from backend.immunization.rules import edition_in_force, forecast, read_edition
from backend.immunization.rules.asking import Unanswerable, asked_day, read_question
from backend.kernel.clock import local_date


@click.group("immunization")
def command() -> None:
    """Vaccine doses: what is due when."""


@command.command("forecast")
@click.argument("file", type=click.File("rb"))
@with_appcontext
def tell(file: IO[bytes]) -> None:
    """Read a child's doses from FILE (- for standard input), print its plan as JSON.

    \b
    {"birth_date": "2026-01-15", "sex": "2", "asked_on": "2026-03-20",
     "doses": [{"vaccine": "HepB", "date": "2026-01-15"}],
     "facts": {"birth_weight_g": 1800, "mother_hbsag": "2"},
     "settings": {"je_product": "JE-I", "grace_days": 0}}

    The edition is that of schemas/ in force on asked_on; nothing is read from the database.
    mother_hbsag is a code of the list hbsag, or negative, positive, unknown, false, true. What is
    not known here is ignored, with a warning on standard error.
    """
    today = local_date(house().clock())
    place = getattr(file, "name", "<stdin>")
    try:
        body = orjson.loads(file.read())
        edition = _edition(asked_day(body, today))
        asked = read_question(body, edition, today)
    except orjson.JSONDecodeError as error:
        raise _Refused(f"{place}: is no JSON: {error}") from error
    except folder.Unreadable as error:
        raise _Refused(str(error)) from error
    except Unanswerable as error:
        told = [f"{place}: {m.place}: {m.message}" for m in error.mistakes]
        raise _Refused("\n".join(told)) from error
    for name in asked.ignored:
        click.echo(f"warning: {name}: is not known here and is ignored", err=True)
    plan = forecast(
        edition,
        asked.birth_date,
        asked.sex,
        asked.doses,
        asked.asked_on,
        settings=asked.settings,
        facts=asked.facts,
    )
    click.echo(orjson.dumps([_row(dose) for dose in plan], option=orjson.OPT_INDENT_2).decode())


class _Refused(click.ClickException):
    exit_code = 2


def _edition(day: date) -> Edition:
    drafts = folder.rule_drafts(house().settings.schemas)
    found = edition_in_force(
        [read_edition(draft.body) for draft in drafts if draft.kind == "immunization"], day
    )
    if found is None:
        raise _Refused("schemas/immunization: there is no edition")
    return found


def _row(dose: ForecastDose) -> dict[str, Any]:
    names = ("dose_id", "earliest", "due", "complete_before", "status", "note")
    return {name: getattr(dose, name) for name in names}
