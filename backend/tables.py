"""Every table of the house, imported once for Alembic and for tests."""

from backend.accounts import tables as accounts
from backend.attachments import tables as attachments
from backend.audit import tables as audit
from backend.clinic import tables as clinic
from backend.dedup import tables as dedup
from backend.exports import tables as exports
from backend.feed import tables as feed
from backend.followups import tables as followups
from backend.forms import tables as forms
from backend.geo import tables as geo
from backend.immunization import tables as immunization
from backend.indicators import tables as indicators
from backend.kernel.db import Base
from backend.programmes import tables as programmes
from backend.reminders import tables as reminders
from backend.residents import tables as residents
from backend.review import tables as review
from backend.rights import tables as rights
from backend.rosters import tables as rosters
from backend.sites import tables as sites
from backend.submissions import tables as submissions
from backend.webhooks import tables as webhooks

metadata = Base.metadata

__all__ = [
    "accounts",
    "attachments",
    "audit",
    "clinic",
    "dedup",
    "exports",
    "feed",
    "followups",
    "forms",
    "geo",
    "immunization",
    "indicators",
    "metadata",
    "programmes",
    "reminders",
    "residents",
    "review",
    "rights",
    "rosters",
    "sites",
    "submissions",
    "webhooks",
]
