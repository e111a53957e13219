"""The composition root: puts the house together and opens its doors."""

from __future__ import annotations

from typing import Any

import click
import orjson
from apiflask import APIBlueprint, APIFlask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.api import (
    accounts,
    areas,
    attachments,
    audits,
    auth,
    calls,
    campaigns,
    children,
    clinic,
    config,
    credibility,
    csv_links,
    devices,
    duplicates,
    exports,
    family,
    family_calendar,
    figures,
    forms,
    handovers,
    health,
    metrics,
    openapi,
    pages,
    push,
    quarantine,
    reactions,
    reminders,
    residents,
    review,
    rights,
    rosters,
    submissions,
    sync,
    tasks,
    transfers,
    visits_map,
    webhooks,
)
from backend.api.headers import init_headers
from backend.api.openapi import init_openapi
from backend.api.packing import init_packing
from backend.api.problems import init_problems
from backend.api.requests import MAX_BODY
from backend.api.routing import CONVERTERS, policies
from backend.api.tokens import init_tokens
from backend.commands import (
    accounts as account_commands,
    audit as audit_commands,
    backup,
    dedup as dedup_commands,
    doctor,
    epoch,
    followups as followup_commands,
    forms as form_commands,
    handover,
    immunization as immunization_commands,
    keys,
    pages as page_commands,
    programmes as programme_commands,
    push as push_commands,
    retention,
    sample,
    setup,
)
from backend.house import build_house
from backend.intake.service import Line
from backend.kernel.clock import Clock, system_clock
from backend.kernel.db import Base, prepare_engine
from backend.settings import Settings

API = "/api/v1"

RESOURCES: tuple[APIBlueprint, ...] = (
    accounts.blueprint,
    areas.blueprint,
    attachments.blueprint,
    audits.blueprint,
    auth.blueprint,
    calls.blueprint,
    children.blueprint,
    campaigns.blueprint,
    clinic.blueprint,
    config.blueprint,
    credibility.blueprint,
    csv_links.blueprint,
    devices.blueprint,
    duplicates.blueprint,
    exports.blueprint,
    family.blueprint,
    family_calendar.blueprint,
    figures.blueprint,
    forms.blueprint,
    handovers.blueprint,
    health.blueprint,
    metrics.blueprint,
    openapi.blueprint,
    push.blueprint,
    quarantine.blueprint,
    reactions.blueprint,
    reminders.blueprint,
    residents.blueprint,
    review.blueprint,
    rights.blueprint,
    rosters.blueprint,
    submissions.blueprint,
    sync.blueprint,
    tasks.blueprint,
    transfers.blueprint,
    visits_map.blueprint,
    webhooks.blueprint,
)
"""Every resource of the API, one a line, by name."""

COMMANDS: tuple[click.Command, ...] = (
    account_commands.command,
    audit_commands.command,
    backup.command,
    dedup_commands.command,
    doctor.command,
    epoch.command,
    followup_commands.command,
    form_commands.command,
    handover.command,
    immunization_commands.command,
    keys.command,
    page_commands.command,
    programme_commands.command,
    push_commands.command,
    retention.command,
    sample.command,
    setup.command,
)
"""Every subject of the command line, one a line, by name."""

db = SQLAlchemy(model_class=Base)
migrate = Migrate(db=db)


def create_app(settings: Settings, clock: Clock = system_clock) -> APIFlask:
    """Build the application.

    :param clock: the present instant, aware; tests bring their own
    :raises RuntimeError: a route states no policy
    """
    app = APIFlask(
        "backend",
        title=settings.product_name["en"],
        version=settings.app_version,
        spec_path=None,
        docs_path=None,
        static_folder=None,  # type: ignore[arg-type]
        json_errors=False,
        instance_path=str(settings.var.resolve()),
    )
    app.config.update(
        MAX_CONTENT_LENGTH=MAX_BODY,
        PROVIDE_AUTOMATIC_OPTIONS=False,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
    )
    app.url_map.converters.update(CONVERTERS)

    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.migrations))
    with app.app_context():
        engine = prepare_engine(db.engine)
    house = build_house(settings, engine, clock)
    app.extensions["suifang"] = house
    app.extensions["suifang.line"] = Line(
        read=house.read,
        transact=house.transact,
        vault=house.vault,
        seal_keys=house.seal_keys,
        villages=house.village_index,
        clock=house.clock,
        # A crossing on SQLite keeps every other process from writing: it pays less to fill it.
        moments=2 if engine.dialect.name == "sqlite" else 6,
    )

    init_tokens(app, settings.secrets.jwt)
    init_problems(app, settings.schemas)
    init_headers(app)
    init_packing(app)
    init_openapi(app)
    for blueprint in RESOURCES:
        app.register_blueprint(blueprint, url_prefix=API)
    app.register_blueprint(pages.blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
    policies(app)

    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    return app


def _engine_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if settings.database_url.startswith("postgresql"):
        options |= {
            "pool_size": settings.web_threads,
            "max_overflow": 4,
            "pool_timeout": 20,
            "connect_args": {"connect_timeout": 10, "application_name": "suifang"},
        }
    return options
