"""Every route of the API, and how to knock at it: what the matrix (S03) asks.

A new route needs a line here, or ``test_sec_s03_every_route_stands_in_the_matrix`` fails. ``At``
is a route that names something which lies somewhere: its line says how to ask about a place.
``Tells`` lists whatever the caller sees, ``Own`` concerns nobody but the caller, or nobody at
all. ``Other`` is opened by another key than an account's session, or by none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.ids import new_id
from tests.builders.world import Place, digest, roster, webhook

Ids = Mapping[str, str]


@dataclass(frozen=True)
class At:
    """:param path: below ``/api/v1``, with ``{kind}`` for the id of that kind, ``{area}``
    :param body: gives the body from the place's ids and its area
    :param wide: whether it can be asked about a township and a county too
    :param status: answers of success
    """

    path: str
    body: Callable[[Ids], Any] | None = None
    wide: bool = False
    status: tuple[int, ...] = (200, 201, 204)

    def asked(self, place: Place) -> tuple[str, Any]:
        """Path and body of the question about a place."""
        ids = {**place.ids, "area": place.area}
        return self.path.format_map(ids), None if self.body is None else self.body(ids)


@dataclass(frozen=True)
class Tells:
    """:param shows: kinds of ids, or ``names``, that a caller is told of a place they see"""

    path: str
    shows: tuple[str, ...] = ()
    body: Any = None


@dataclass(frozen=True)
class Own:
    """:param why: whose it is"""

    why: str


@dataclass(frozen=True)
class Other:
    """:param key: what opens it; the test that tries it"""

    key: str


Door = At | Tells | Own | Other

_FIGURES = "year=2026&month=11"
_DAYS = {"from_on": "2026-11-01", "to_on": "2026-11-30"}
_BORN = "born_from=2026-01-01&born_to=2026-11-01"
_EXPORT = _DAYS | {"form": "htn_followup", "format": "csv", "names": True, "reason": "核对数据"}
_REPORT = {"year": 2026, "month": 11, "reason": "半年会议"}
_PART = f"sealed_sha256={'0' * 64}&key_id=seal&size=10&offset=0"
_SAID = {"text": "请说明", "kind": None}


def _shown(*kinds: str) -> Callable[[Ids], list[dict[str, str]]]:
    return lambda ids: [{"id": ids[kind], "version_id": ids[kind]} for kind in kinds]


def _reason(_ids: Ids) -> dict[str, str]:
    return {"reason": "手机丢了"}


DOORS: dict[str, Door] = {
    # accounts and phones
    "GET /accounts": Tells("/accounts", ("doctor",)),
    "POST /accounts": At(
        "/accounts",
        lambda ids: {"login": f"new.{ids['area']}", "name": "新人", "role": "worker",
                     "areas": [ids["area"]]},
    ),
    "POST /accounts/<id:account_id>/areas": At(
        "/accounts/{doctor}/areas", lambda ids: {"area": ids["area"]}
    ),
    "POST /accounts/<id:account_id>/disable": At("/accounts/{doctor}/disable", _reason),
    "POST /accounts/<id:account_id>/enable": At("/accounts/{doctor}/enable", _reason),
    "DELETE /accounts/<id:account_id>/second-factor": At("/accounts/{doctor}/second-factor"),
    "POST /accounts/<id:account_id>/one-time-password": At("/accounts/{doctor}/one-time-password"),
    "DELETE /accounts/<id:account_id>/sessions": At("/accounts/{doctor}/sessions"),
    "GET /devices": Tells("/devices", ("device",)),
    "POST /devices": Own("the caller's new phone, by a one-time code"),
    "POST /devices/codes": At("/devices/codes", lambda ids: {"account_id": ids["doctor"]}),
    "DELETE /devices/<id:device_id>": At("/devices/{device}", _reason),
    # sign-in
    "POST /auth/login": Other("password: test_signing_in"),
    "POST /auth/refresh": Other("cookie: test_sec_s09_refresh"),
    "POST /auth/logout": Other("cookie: test_sec_s09_refresh"),
    "POST /auth/password": Own("the caller's password"),
    "POST /auth/second-factor": Own("the caller's authenticator"),
    "POST /auth/second-factor/confirm": Own("the caller's authenticator"),
    "GET /auth/sessions": Own("the caller's sessions"),
    "DELETE /auth/sessions/<id:session_id>": Own("the caller's sessions: test_sec_s04_scope"),
    # areas
    "GET /areas": Tells("/areas"),
    "POST /areas/boundaries": Own("judged against the caller's own areas: test_boundaries"),
    "POST /areas/<area:village_code>/transfer": At(
        "/areas/{area}/transfer",
        lambda ids: {"from_id": ids["doctor"], "to_id": ids["taker"], "reason": "换村医"},
    ),
    # the line
    "POST /submissions": Own("the caller's phone; each envelope is judged: tests/journeys"),
    "POST /submissions/known": Own("the calling phone's envelopes"),
    "PUT /attachments/<sha256:sha256>": Other("the phone's signature: test_photos"),
    "POST /handovers/records": At(
        "/handovers/records", lambda ids: {"device_id": ids["device"], "envelopes": [None]}
    ),
    "PUT /handovers/<id:device_id>/pictures/<sha256:sha256>": At(
        f"/handovers/{{device}}/pictures/{{photo}}?{_PART}",
        status=(415,),  # a question without a picture: the phone was found
    ),
    "GET /sync": Tells("/sync?limit=500", ("resident", "child", "household", "task")),
    "GET /forms": Own("what every phone fills in"),
    "GET /forms/<string:key>/<int:version>": Own("what every phone fills in"),
    "GET /rules/<string:kind>/<string:key>/<int:version>": Own("what every phone schedules by"),
    "GET /drafts": Own("forms before they are published"),
    "GET /drafts/<string:key>/<int:version>": Own("forms before they are published"),
    "GET /drafts/<string:key>/changes": Own("forms before they are published"),
    "POST /drafts/preview": Own("forms before they are published"),
    # people
    "GET /residents": Tells("/residents?q=张&limit=250", ("resident", "twin")),
    "GET /residents/<id:resident_id>": At("/residents/{resident}"),
    "GET /children/<id:child_id>/forecast": At("/children/{child}/forecast"),
    "GET /children/<id:child_id>/family-links": At("/children/{child}/family-links"),
    "POST /children/<id:child_id>/family-links": At(
        "/children/{child}/family-links",
        lambda ids: {"token_sha256": digest(ids["child"]), "expires_on": "2027-01-31"},
    ),
    "DELETE /children/<id:child_id>/family-links/<id:link_id>": At(
        "/children/{child}/family-links/{link}"
    ),
    "GET /residents/<id:resident_id>/rights": At("/residents/{resident}/rights"),
    "GET /rights/requests": Tells("/rights/requests", ("resident", "request")),
    "POST /residents/<id:resident_id>/rights/requests": At(
        "/residents/{resident}/rights/requests",
        lambda _ids: {"id": new_id(), "kind": "access", "asked_by": "self"},
    ),
    "POST /rights/requests/<id:request_id>/answer": At(
        "/rights/requests/{request}/answer",
        lambda _ids: {"verdict": "done", "outcome": "已当面交给本人"},
    ),
    "POST /rights/requests/<id:request_id>/copy": At("/rights/requests/{request}/copy"),
    "POST /residents/<id:resident_id>/rights/unsealing": At(
        "/residents/{gone}/rights/unsealing",
        _reason,
        status=(409,),  # found; of somebody nobody ever visited no name is kept
    ),
    "DELETE /residents/<id:resident_id>/consents/<string:purpose>": At(
        "/residents/{child}/consents/vaccination_sms"
    ),
    "GET /rosters": Tells("/rosters", ("roster",)),
    "POST /rosters/look": At("/rosters/look", roster),
    "POST /rosters": At("/rosters", lambda ids: roster(ids, "孙") | {"file_name": "花名册.csv"}),
    "POST /rosters/<id:roster_id>/undo": At("/rosters/{roster}/undo"),
    "GET /duplicates": Tells("/duplicates", ("pair",)),
    "POST /duplicates/<id:pair_id>/decision": At(
        "/duplicates/{pair}/decision", lambda ids: {"decision": "keep_apart"}
    ),
    # tasks
    "GET /tasks": Tells("/tasks?limit=250", ("task",)),
    "GET /tasks/arrears": Tells("/tasks/arrears", ("names",)),
    "POST /tasks/<id:task_id>/postponement": At(
        "/tasks/{task}/postponement", lambda ids: {"until": "2026-11-25", "reason": "asked"}
    ),
    "DELETE /tasks/<id:task_id>/postponement": At("/tasks/{task}/postponement", status=(204, 409)),
    # the clinic
    "GET /clinic/campaigns": At("/clinic/campaigns?since=2026-01-01&area={area}", wide=True),
    "GET /clinic/campaigns/children": At(
        "/clinic/campaigns/children?since=2026-01-01&name=x&vaccine=MMR&area={area}", wide=True
    ),
    "GET /clinic/days": At(
        "/clinic/days?area={area}&from_on=2026-11-01&to_on=2026-12-31", wide=True
    ),
    "POST /clinic/days": At(
        "/clinic/days",
        lambda ids: {"area_code": ids["area"], "on": ["2026-12-09"], "starts": "08:30",
                     "ends": "11:00", "place": "卫生室"},
        wide=True,
    ),
    "DELETE /clinic/days/<id:day_id>": At("/clinic/days/{clinic_day}", wide=True),
    "GET /clinic/due": At("/clinic/due?until=2026-11-29&village={area}"),
    "GET /clinic/expected": At("/clinic/expected?until=2026-11-29&area={area}", wide=True),
    "GET /clinic/school": At(f"/clinic/school?{_BORN}&area={{area}}", wide=True),
    "POST /clinic/slips": At(
        "/clinic/slips",
        lambda ids: {"village": ids["area"],
                     "slips": [{"child_id": ids["child"], "token_sha256": digest(ids["task"])}]},
    ),
    "GET /reactions": At("/reactions?area={area}", wide=True),
    "POST /reactions/<id:reaction_id>/answer": At(
        "/reactions/{reaction}/answer", lambda ids: {"answer": "多喝水", "action": "advised"}
    ),
    # reminders
    "GET /reminders": Tells("/reminders?limit=250", ("reminder",)),
    "GET /reminders/calls": Tells("/reminders/calls?limit=250", ("reminder",)),
    "POST /reminders/<id:reminder_id>/call": At(
        "/reminders/{reminder}/call", lambda ids: {"outcome": "no_answer"}
    ),
    "POST /reminders/<id:reminder_id>/slip": At(
        "/reminders/{reminder}/slip",
        lambda ids: {"outcome": "handed_over"},
        status=(409,),  # the call list waits for this family, not the slip
    ),
    "GET /reminders/reach": At(
        "/reminders/reach?from=2026-11-01&to=2026-11-30&village={area}"
    ),
    "POST /reminders/gateway": Other("the gateway's signature: test_calls"),
    "POST /push/receipts": Other("the receipt itself: test_calls"),
    "POST /push/subscriptions": Own("the caller's browser"),
    "DELETE /push/subscriptions": Own("the caller's browser"),
    # the family's page
    "GET /family": Other("a family link and the birth date: test_family_page"),
    "POST /family/push": Other("a family link and the birth date"),
    "DELETE /family/push": Other("a family link and the birth date"),
    "POST /family/reactions": Other("a family link and the birth date"),
    "PUT /family/sms": Other("a family link and the birth date"),
    "PUT /family/calendar": Other("a family link and the birth date"),
    "GET /family/calendar/<string:feed>.ics": Other("the feed's own token"),
    # submissions and review
    "GET /submissions": Tells("/submissions?limit=250", ("submission", "visit")),
    "GET /submissions/<id:submission_id>": At("/submissions/{submission}"),
    "GET /submissions/<id:submission_id>/attachments/<sha256:sha256>": At(
        "/submissions/{visit}/attachments/{photo}"
    ),
    "POST /submissions/<id:submission_id>/comments": At(
        "/submissions/{submission}/comments", lambda ids: _SAID
    ),
    "POST /review/items/<id:submission_id>/decision": At(
        "/review/items/{submission}/decision",
        lambda ids: {"version_id": ids["submission"], "verdict": "approved", "fields": [],
                     "reason": None},
    ),
    "POST /review/approvals": At(
        "/review/approvals", lambda ids: {"items": _shown("visit")(ids)}
    ),
    "POST /review/approvals/<id:batch_id>/undo": Own("what the caller approved a moment ago"),
    "POST /review/same-visit": At(
        "/review/same-visit",
        lambda ids: {"items": _shown("submission", "again")(ids), "kept": [ids["submission"]],
                     "reason": "同一次随访"},
    ),
    "GET /review/filters": Own("the caller's saved filters"),
    "POST /review/filters": Own("the caller's saved filters"),
    "DELETE /review/filters/<id:filter_id>": Own("the caller's saved filters"),
    "GET /review/policies": Tells("/review/policies"),
    "POST /review/policies": At(
        "/review/policies",
        lambda ids: {"area_code": ids["area"], "after_days": 7, "sample_percent": 10},
        wide=True,
        status=(200, 422),  # a township's alone
    ),
    "GET /review/map": Tells("/review/map?day=2026-11-23", ("submission",)),
    "GET /review/own": Own("the doctor's own visits"),
    "POST /review/own/comments": Own("the doctor's own visits"),
    "GET /review/workers": Tells("/review/workers", ("doctor",)),
    "GET /review/workers/<id:worker_id>": At("/review/workers/{doctor}"),
    "POST /review/workers/<id:worker_id>/comments": At(
        "/review/workers/{doctor}/comments", lambda ids: _SAID
    ),
    "GET /review/audits": Tells("/review/audits", ("audit",)),
    "POST /review/audits": At(
        "/review/audits",
        lambda ids: {"area_code": ids["area"], "programme": "hypertension", "from": "2026-01-01",
                     "to": "2026-11-23", "method": "risk", "size": 3, "seed": 2},
        wide=True,
    ),
    "GET /review/audits/<id:audit_id>": At("/review/audits/{audit}", wide=True),
    "POST /review/audits/<id:audit_id>/interviews/<int:no>": At(
        "/review/audits/{audit}/interviews/1",
        lambda ids: {"form_version": 1, "answers": {}},
        wide=True,
        status=(422,),  # an interview without answers: found, and not kept
    ),
    "GET /quarantine": Tells("/quarantine", ("quarantine",)),
    "POST /quarantine/<id:entry_id>/dismiss": At(
        "/quarantine/{quarantine}/dismiss", lambda ids: {"reason": "重复的"}
    ),
    # figures and files out
    "GET /indicators": Own("what is counted"),
    "GET /figures": At(f"/figures?{_FIGURES}&by=worker&area={{area}}", wide=True),
    "GET /figures/people": At(
        f"/figures/people?{_FIGURES}&indicator=htn_std_rate&limit=250&area={{area}}", wide=True
    ),
    "GET /figures/aims": At("/figures/aims?year=2026&area={area}", wide=True),
    "PUT /figures/aims": At(
        "/figures/aims",
        lambda ids: {"area": ids["area"], "year": 2026, "targets": {}, "weights": {}},
        wide=True,
    ),
    "POST /exports/submissions": At(
        "/exports/submissions", lambda ids: _EXPORT | {"area": ids["area"]}, wide=True
    ),
    "POST /exports/figures": At(
        "/exports/figures", lambda ids: _REPORT | {"area": ids["area"], "by": "worker"}, wide=True
    ),
    "POST /exports/fhir": At(
        "/exports/fhir", lambda ids: {"resident_id": ids["resident"], "reason": "转诊到县医院"}
    ),
    "GET /exports/links": Tells("/exports/links", ("csv_link",)),
    "POST /exports/links": At(
        "/exports/links",
        lambda ids: {"form": "htn_followup", "area": ids["area"], "names": True,
                     "reason": "每周核对"},
        wide=True,
    ),
    "DELETE /exports/links/<id:link_id>": At("/exports/links/{csv_link}", wide=True),
    "GET /exports/records.csv": Other("the address's own token: test_csv_links"),
    "GET /webhooks": Tells("/webhooks", ("webhook",)),
    "POST /webhooks": At("/webhooks", webhook, wide=True),
    "DELETE /webhooks/<id:webhook_id>": At("/webhooks/{webhook}", wide=True),
    "GET /webhooks/<id:webhook_id>/deliveries": At("/webhooks/{webhook}/deliveries", wide=True),
    "POST /webhooks/<id:webhook_id>/test": At("/webhooks/{webhook}/test", wide=True),
    "POST /webhooks/deliveries/<id:delivery_id>/again": At(
        "/webhooks/deliveries/{delivery}/again", wide=True
    ),
    # everything else
    "GET /config": Other("anybody"),
    "GET /health/live": Other("anybody"),
    "GET /health/ready": Other("anybody"),
    "GET /metrics": Other("the monitoring's token: test_operations"),
    "GET /openapi.json": Other("anybody, in development alone"),
}  # fmt: skip


UNFILTERED: dict[str, tuple[str, Any]] = {
    "GET /figures": (f"/figures?{_FIGURES}&by=worker", None),
    "GET /figures/people": (f"/figures/people?{_FIGURES}&indicator=htn_std_rate", None),
    "GET /clinic/expected": ("/clinic/expected?until=2026-11-29", None),
    "GET /clinic/campaigns": ("/clinic/campaigns?since=2026-01-01", None),
    "GET /reactions": ("/reactions", None),
    "GET /reminders/reach": ("/reminders/reach?from=2026-11-01&to=2026-11-30", None),
    "POST /exports/submissions": ("/exports/submissions", _EXPORT),
    "POST /exports/figures": ("/exports/figures", _REPORT | {"by": "worker"}),
}
"""The same routes asked without an area: they tell of all that the caller sees, and no more."""


_KINDS = (
    "doctor", "taker", "device", "resident", "twin", "child", "link", "pair", "task", "reminder",
    "clinic_day", "reaction", "submission", "again", "visit", "audit", "quarantine", "csv_link",
    "roster", "webhook", "delivery", "request", "gone",
)  # fmt: skip


def unknown() -> Place:
    """A place with ids that nobody ever gave."""
    ids = {kind: new_id() for kind in _KINDS}
    return Place("无", "990199100299", ids | {"photo": "0" * 64})
