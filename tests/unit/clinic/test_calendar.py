"""A calendar that another program reads: written by us, read by the ``icalendar`` package."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given, strategies as st
from icalendar import Calendar

from backend.clinic.model import CalendarEntry
from backend.clinic.rules.calendar import calendar

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def read(*entries: CalendarEntry) -> list[Calendar]:
    raw = calendar("宝宝日程", entries, NOW)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    found = Calendar.from_ical(raw)
    assert not found.errors
    return list(found.walk("VEVENT"))


def test_a_day_with_a_time_and_a_day_without() -> None:
    timed, whole = read(
        CalendarEntry(
            "a", date(2026, 11, 25), "带宝宝去门诊", "青山镇卫生院", "带证。", "08:30", "11:30"
        ),
        CalendarEntry("b", date(2026, 12, 31), "村医随访"),
    )
    assert timed.decoded("dtstart") == datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert timed.decoded("dtend") == datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
    assert (timed["summary"], timed["location"]) == ("带宝宝去门诊", "青山镇卫生院")
    assert whole.decoded("dtstart") == date(2026, 12, 31)
    assert whole.decoded("dtend") == date(2027, 1, 1)
    assert timed["uid"] == "a@suifang"
    assert timed.walk("VALARM")[0]["trigger"].dt.days == -1


@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=200
    ),
    st.lists(st.text("乙肝, ;\\\n疫苗a", min_size=1, max_size=90), max_size=4),
)
def test_whatever_is_written_is_read_again(title: str, notes: list[str]) -> None:
    said = "\n".join(notes)
    (found,) = read(CalendarEntry("k", date(2026, 11, 25), title, notes=said))
    assert str(found["summary"]) == title
    assert str(found.get("description", "")) == said


def test_no_entries_are_a_calendar_too() -> None:
    assert read() == []
