"""Every form opens, fills and finalises on the phone: made from its definition, nothing by hand.

A form that is added to ``schemas/forms`` is tested from the same day (``make faults``; some of them
in ``make test``). One phone fills them all; each form has a household of its own, with the first
person who is offered the form. Forms about the village or a site are filled for the one village and
the one site of this phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from backend.followups.model import REQUESTED, Task
from backend.followups.rules.compiled import CompiledService
from backend.followups.store import save as save_tasks
from backend.forms.model import CONTEXT_TYPES, Context
from backend.forms.rules import CompiledForm
from backend.kernel.expressions import compile_expression
from backend.kernel.ids import new_id, task_id
from backend.programmes import service as programmes
from backend.programmes.model import Enrolment
from backend.residents import service as residents
from backend.residents.model import Household, Resident
from backend.sites import service as sites
from backend.sites.model import Site
from backend.submissions.tables import SubmissionRow, SubmissionVersionRow
from tests.browser.chromium import Handset
from tests.browser.doctor import Doctor
from tests.browser.filling import Filler
from tests.browser.sample import SampleCounty
from tests.contract.shared_cases import all_programmes, forms

pytestmark = pytest.mark.browser

LOGIN = "doctor3"
DAILY = {
    "anc_first", "bp_reading", "child_check", "dm_followup", "edu_activity", "household",
    "household_visit", "htn_followup", "newborn_visit", "postpartum_visit", "resident", "site",
    "supervision_patrol", "vaccination",
}  # fmt: skip
"""One of each kind of subject and control, and the commonest: all others are of the long tests."""
assert set(forms()) >= DAILY
AGES = [45 * 365, 30 * 365, 70 * 365, 5 * 365, 400, 200, 100, 40, 20, 5]
"""In days: the first of these who is offered a form gets it."""
REGISTRATIONS = {"resident": "登记新成员", "site": "登记新场所"}
HOUSEHOLD_BUTTONS = {"household": "更新家庭信息", "household_visit": "入户访视"}


@dataclass(frozen=True)
class Person:
    """Somebody made for one form."""

    resident: Resident
    household: Household
    context: Context


@dataclass(frozen=True)
class Practice:
    """One enrolled phone with somebody for every form."""

    doctor: Doctor
    people: dict[str, Person]
    site: Site
    county: SampleCounty
    pictures: Path


@pytest.fixture(scope="module")
def practice(
    sample: SampleCounty, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Practice]:
    near = sample.member(LOGIN, "hypertension").household
    people = {
        key: moved_in(sample, form, number, near)
        for number, (key, form) in enumerate(sorted(forms().items()))
    }
    site = opened(sample, near)
    assert near.place is not None
    handset = Handset(playwright, tmp_path_factory.mktemp("every_form") / "profile", near.place)
    doctor = Doctor(handset.open(), sample.origin)
    doctor.open()
    doctor.sign_in_first(LOGIN, sample.one_time_password(LOGIN))
    pictures = tmp_path_factory.mktemp("first_pages")
    yield Practice(doctor, people, site, sample, pictures)
    handset.picture(pictures / "last_seen.png")
    handset.close()


@pytest.mark.parametrize(
    "key",
    [
        key if key in DAILY else pytest.param(key, marks=pytest.mark.faults)
        for key in sorted(forms())
    ],
)
def test_a_form_opens_fills_and_finalises_on_the_phone(practice: Practice, key: str) -> None:
    form, person = forms()[key], practice.people[key]
    begin(practice.doctor, form, person, practice.site)
    filler = Filler(practice.doctor.page, form, person.context)
    practice.doctor.page.screenshot(path=practice.pictures / f"{key}.png")

    seen = filler.fill()
    filler.finish()
    practice.doctor.received()

    assert len(seen.pages) >= 1
    assert seen.broken, "not one field could be answered wrongly"
    all_of_it = practice.county.rows(SubmissionRow, form_key=key, worker_id=_worker(practice))
    mine = max(all_of_it, key=lambda row: row.finalised_at)
    (kept,) = practice.county.rows(SubmissionVersionRow, submission_id=mine.id)
    assert kept.violations == []


def _worker(practice: Practice) -> str:
    return practice.county.account(LOGIN).id


def begin(doctor: Doctor, form: CompiledForm, person: Person, site: Site | None = None) -> None:
    """From the page where a doctor would begin this form; one about a site needs the site."""
    head, page = form.bundle.form, doctor.page
    screen, title = _where(form, person, site)
    page.evaluate("(hash) => { location.hash = hash }", screen)
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible()
    if head.registers in REGISTRATIONS:
        doctor.press(REGISTRATIONS[head.registers])
    elif form.bundle.key in HOUSEHOLD_BUTTONS:
        doctor.press(HOUSEHOLD_BUTTONS[form.bundle.key])
    elif _is_offered(form, person.context):
        name = re.compile(f"^{re.escape(head.title['zh-CN'])}")
        page.get_by_role("button", name=name).first.click()
    else:
        doctor.section("要做的").get_by_role("button").first.click()
    expect(page.get_by_role("progressbar")).to_be_visible()


def _where(form: CompiledForm, person: Person, site: Site | None) -> tuple[str, str]:
    """Address and heading of the page where the form is offered."""
    head = form.bundle.form
    if head.subject == "area" or head.registers == "site":
        return f"#/village/{person.household.village_code}", "村里的工作"
    if head.subject == "site":
        assert site is not None
        return f"#/site/{site.id}", site.name
    if head.subject == "household" or head.registers is not None:
        return f"#/household/{person.household.id}", person.household.head_name
    return f"#/resident/{person.resident.id}", person.resident.name


def _is_offered(form: CompiledForm, context: Context) -> bool:
    offer = form.bundle.form.offer
    if offer is None:
        return True
    told = {
        "today": context.today.isoformat(),
        "resident_birth_date": str(context.resident_birth_date),
        "resident_sex": context.resident_sex,
        "resident_programmes": list(context.resident_programmes or ()),
    }
    return compile_expression(offer, CONTEXT_TYPES, "bool").evaluate(told) is True


def _somebody(form: CompiledForm, today: date) -> Context:
    """The first who is offered the form; for one that only a task asks for, anybody."""
    keys = sorted({service.programme for service in _services()})
    memberships: list[tuple[str, ...]] = [(), *((key,) for key in keys), tuple(keys)]
    for programme, sex, days in product(memberships, "21", AGES):
        context = Context(today, today - timedelta(days=days), sex, programme)
        if _is_offered(form, context):
            return context
    return Context(today, today - timedelta(days=AGES[0]), "1", ())


def _services() -> list[CompiledService]:
    return [service.versions[-1][1] for service in all_programmes().services.values()]


def moved_in(county: SampleCounty, form: CompiledForm, number: int, near: Household) -> Person:
    """A household of its own, so that no form prefills from another's visit."""
    house, today, key = county.running.house, county.today, form.bundle.key
    context = _somebody(form, today)
    household = Household(
        id=new_id(),
        village_code=near.village_code,
        no=f"8{number:03d}",
        address="新迁入",
        head_name=f"户主{key}",
        place=near.place,
    )
    assert context.resident_birth_date is not None
    resident = Resident(
        id=new_id(),
        village_code=near.village_code,
        name=f"住户{key}",
        sex=context.resident_sex or "1",
        birth_date=context.resident_birth_date,
        household_id=household.id,
        relation_to_head="02",
    )
    enrolments = [
        Enrolment(new_id(), resident.id, near.village_code, programme, context.resident_birth_date)
        for programme in context.resident_programmes or ()
    ]
    asked = [] if _is_offered(form, context) else [_task(key, resident, today)]
    with house.write() as session:
        residents.save(session, house.vault, [household], [resident], house.clock())
        programmes.enrol(session, enrolments, house.clock())
        save_tasks(session, [task for task in asked if task], house.clock())
    return Person(resident, household, context)


def opened(county: SampleCounty, near: Household) -> Site:
    """A school in the village."""
    house = county.running.house
    site = Site(new_id(), near.village_code, "清溪小学", "1", registered_on=county.today)
    with house.write() as session:
        sites.save(session, house.vault, [site], house.clock())
    return site


def _task(key: str, resident: Resident, today: date) -> Task | None:
    """Of the first service that this form works off."""
    for name, service in sorted(all_programmes().services.items()):
        section = service.versions[-1][1].sections.get(key)
        if section is not None and service.versions[-1][1].subject_kind == "resident":
            kind = min(section.closes) if section.closes else "follow_up"
            return Task(
                id=task_id(resident.id, name, "planted"),
                county_code=f"{resident.village_code[:6]}000000",
                village_code=resident.village_code,
                subject_kind="resident",
                subject_id=resident.id,
                household_id=resident.household_id,
                service=name,
                kind=kind,
                anchor="planted",
                opens=today,
                due=today,
                closes=today + timedelta(days=14),
                state=REQUESTED,
            )
    return None
