"""Vaccination campaigns at the desk: coverage day by day, the children by name, rapid checks."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint

from backend.api import trail
from backend.api.clinic import MOST_CHILDREN, Labels, labels_of, name_of, plain
from backend.api.house import house
from backend.api.policy import Caller, signed_in
from backend.api.routing import route
from backend.api.submissions import STAFF, narrowed
from backend.api.wire.clinic import (
    CampaignChildren,
    CampaignChildrenQuery,
    CampaignsAnswer,
    SinceQuery,
)
from backend.clinic import service as clinic
from backend.clinic.model import Campaign
from backend.clinic.rules.coverage import percent
from backend.geo import service as geo
from backend.kernel.clock import local_date
from backend.kernel.errors import Refusal

blueprint = APIBlueprint("campaigns", __name__)


@route(
    blueprint,
    "GET",
    "/clinic/campaigns",
    policy=signed_in(*STAFF),
    query=SinceQuery,
    output=CampaignsAnswer,
)
def list_campaigns(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """Campaigns with their coverage day by day, and the rapid coverage checks after them."""
    areas = narrowed(caller, query.get("area"))
    today = local_date(house().clock())
    with house().read() as session:
        found = clinic.campaigns(session, areas, query["since"])
        checks = clinic.rapid_coverage(session, areas, query["since"])
        labels = labels_of(session, today)
        villages = geo.names(session, {code for check in checks for code in check.catch_up})
    return {
        "campaigns": [_campaign(one, labels) for one in found],
        "checks": [
            {
                **vars(check),
                "parts": [
                    {"part": key, **vars(part), "percent": percent(part.covered, part.checked)}
                    for key, part in check.parts.items()
                ],
                "catch_up": [name_of(villages, code) for code in check.catch_up],
            }
            for check in checks
        ],
    }


@route(
    blueprint,
    "GET",
    "/clinic/campaigns/children",
    policy=signed_in(*STAFF),
    query=CampaignChildrenQuery,
    output=CampaignChildren,
)
def list_campaign_children(caller: Caller, query: dict[str, Any]) -> dict[str, Any]:
    """The children on a campaign's lists by name: who is left, and why."""
    here, area = house(), query["area"]
    if not caller.sees(area):
        raise Refusal("not_found")
    with here.write() as session:
        found = clinic.campaign_children(
            session, here.vault, [area], query["since"], query["name"], query["vaccine"]
        )
        if len(found) > MOST_CHILDREN:
            raise Refusal("too_many_children", limit=MOST_CHILDREN)
        trail.record(
            session, caller, "campaign_children_read", "area", area, area_code=area,
            count=len(found),
        )  # fmt: skip
        villages = geo.names(session, {one.village_code for one in found})
    return {
        "items": [
            {**vars(one), "village_name": name_of(villages, one.village_code)} for one in found
        ],
        "left": sum(one.is_left for one in found),
    }


def _campaign(one: Campaign, labels: Labels) -> dict[str, Any]:
    days, so_far = [], 0
    for day in one.days:
        so_far += day.vaccinated
        days.append({**vars(day), "so_far": so_far, "percent": percent(so_far, one.target)})
    return {
        "name": one.name,
        "vaccine": one.vaccine,
        "label": labels.get(one.vaccine, plain(one.vaccine)),
        "target": one.target,
        "vaccinated": one.vaccinated,
        "percent": percent(one.vaccinated, one.target),
        "days": days,
    }
