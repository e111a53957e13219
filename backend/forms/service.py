"""Publishing forms and rules, and handing them out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import monotonic
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from backend.forms import folder, store
from backend.forms.model import FieldTypes, FormBundle, FormRef, Mistake, RuleVersion
from backend.forms.rules import CompiledForm, compile_form, read_bundle
from backend.forms.rules.code_lists import check_codes, without
from backend.forms.rules.comparison import Change, compare
from backend.forms.rules.drafts import Draft, Library, bundle as joined
from backend.forms.rules.plain_words import meta_mistakes
from backend.forms.rules.publishing import check, shape_of
from backend.forms.rules.reading import field_types as types_of
from backend.forms.rules.sense import Surroundings, surroundings
from backend.kernel.canonical import canonical_bytes, sha256_hex

RuleCheck: TypeAlias = Callable[[Mapping[str, Any], Mapping[str, FieldTypes]], list[Mistake]]
"""Judges a rule document's content: (document, field types by form key) -> mistakes."""


@dataclass(frozen=True)
class Report:
    """What publishing did.

    :param refused: what is wrong, by file or folder; nothing of those was published
    """

    published: tuple[FormRef, ...]
    unchanged: tuple[FormRef, ...]
    refused: Mapping[str, tuple[Mistake, ...]]


def publish_folder(
    session: Session, root: Path, now: datetime, rule_checks: Mapping[str, RuleCheck] | None = None
) -> Report:
    """Publish what is new in ``schemas/``. Publishing the same folder again does nothing.

    A version that was published before with other content is refused. Labels corrected in a code
    list do not touch versions already published (docs/decisions/0002).

    :param rule_checks: what judges the content of rule documents, by kind
    A file that cannot be read is refused like any other mistake.
    """
    broken: folder.Broken = {}
    library = folder.library(root, broken)
    drafts = list(folder.drafts(root, broken))
    mistaken = check_codes(library)
    library = without(library, mistaken)
    run = _Publishing(session, library, _around(drafts, library), now)
    run.refused |= mistaken
    for draft in drafts:
        run.form(draft)
    for rules in folder.rule_drafts(root, broken):
        run.rules(rules, (rule_checks or {}).get(rules.kind))
    run.refused |= _unreadable(broken)
    session.flush()
    forget_published(session)
    return Report(tuple(run.published), tuple(run.unchanged), run.refused)


def check_folder(
    root: Path, rule_checks: Mapping[str, RuleCheck] | None = None
) -> dict[str, tuple[Mistake, ...]]:
    """Every mistake in ``schemas/``, without a database: versions are compared with each other.

    A file that cannot be read is one mistake, and the rest is checked all the same.
    """
    broken: folder.Broken = {}
    library = folder.library(root, broken)
    mistaken = check_codes(library)
    library = without(library, mistaken)
    good: dict[str, list[FormBundle]] = {}
    drafts = list(folder.drafts(root, broken))
    around = _around(drafts, library)
    for draft in drafts:
        mistakes = check(draft, library, good.get(draft.key, ()), around)
        if mistakes:
            mistaken[draft.place] = tuple(mistakes)
        else:
            good.setdefault(draft.key, []).append(read_bundle(joined(draft, library)))
    bundles = [version for versions in good.values() for version in versions]
    types = joined_types((found.key, types_of(found.schema)) for found in bundles)
    for rules in folder.rule_drafts(root, broken):
        mistakes = _rule_mistakes(rules, library, types, (rule_checks or {}).get(rules.kind))
        if mistakes:
            mistaken[rules.place] = tuple(mistakes)
    return mistaken | _unreadable(broken)


@dataclass(frozen=True)
class Looked:
    """A form before it is published, looked at alone.

    :param bundle: what would be published; nothing while there are mistakes
    """

    place: str
    key: str
    version: int
    title: Mapping[str, str]
    mistakes: tuple[Mistake, ...]
    bundle: FormBundle | None


def look_at_folder(root: Path) -> list[Looked]:
    """Every form and version of ``schemas/``, by key and version, with its mistakes."""
    broken: folder.Broken = {}
    library = folder.library(root, broken)
    library = without(library, check_codes(library))
    drafts = list(folder.drafts(root, broken))
    around = _around(drafts, library)
    return [_look(draft, library, around) for draft in drafts]


def look_at(root: Path, files: Mapping[str, Any]) -> Looked:
    """A draft that somebody holds in the hand, with the code lists of ``schemas/``.

    :param files: ``form``, ``schema`` and ``ui``, as their files hold them
    """
    broken: folder.Broken = {}
    library = folder.library(root, broken)
    library = without(library, check_codes(library))
    form = files["form"]
    key, version = form.get("key"), form.get("version")
    draft = Draft(
        place="",
        key=key if isinstance(key, str) else "",
        version=version if isinstance(version, int) else 0,
        form=form,
        schema=files["schema"],
        ui=files["ui"],
    )
    return _look(draft, library, _around(folder.drafts(root, broken), library))


def _look(draft: Draft, library: Library, around: Surroundings) -> Looked:
    mistakes = tuple(check(draft, library, (), around))
    whole = None if mistakes else read_bundle(joined(draft, library))
    title = whole.form.title if whole else {}
    return Looked(draft.place, draft.key, draft.version, title, mistakes, whole)


def compare_versions(
    session: Session, root: Path, key: str, old: int, new: int
) -> list[Change] | None:
    """What differs between two versions, published or still in ``schemas/``; nothing when one of
    them is nowhere.
    """
    drafts = {(one.key, one.version): one.bundle for one in look_at_folder(root)}
    first, second = (bundle(session, key, n) or drafts.get((key, n)) for n in (old, new))
    return None if first is None or second is None else compare(first, second)


def _unreadable(broken: folder.Broken) -> dict[str, tuple[Mistake, ...]]:
    return {place: (Mistake("the file", told),) for place, told in sorted(broken.items())}


def _around(drafts: Iterable[Draft], library: Library) -> Surroundings:
    """What the forms of the folder may prefill each other from, as far as they can be read."""
    shaped = ((draft.form, shape_of(draft, library)) for draft in drafts)
    return surroundings((form, types) for form, types in shaped if types is not None)


class _Publishing:
    def __init__(
        self, session: Session, library: Library, around: Surroundings, now: datetime
    ) -> None:
        self._session = session
        self._library = library
        self._around = around
        self._now = now
        self._known = {
            (ref.kind, ref.key, ref.version): ref
            for ref in (*store.form_refs(session), *store.rule_refs(session))
        }
        self.published: list[FormRef] = []
        self.unchanged: list[FormRef] = []
        self.refused: dict[str, tuple[Mistake, ...]] = {}

    def form(self, draft: Draft) -> None:
        known = self._known.get(("form", draft.key, draft.version))
        if known is not None:
            self._again(draft, known)
            return
        mistakes = check(draft, self._library, self._earlier(draft), self._around)
        if mistakes:
            self.refused[draft.place] = tuple(mistakes)
            return
        body = joined(draft, self._library)
        ref = FormRef("form", draft.key, draft.version, sha256_hex(canonical_bytes(body)))
        store.add_form(self._session, ref, body, self._now)
        self._keep(ref)

    def _again(self, draft: Draft, known: FormRef) -> None:
        then = store.form_body(self._session, draft.key, draft.version)
        codes = {**self._library.codes, **(then["codes"] if then else {})}
        library = Library(codes, self._library.shared, self._library.meta)
        try:
            same = sha256_hex(canonical_bytes(joined(draft, library))) == known.sha256
        except LookupError:
            same = False
        if same:
            self.unchanged.append(known)
        else:
            told = f"version {draft.version} was published before and never changes: make the next"
            self.refused[draft.place] = (Mistake("form.json version", told),)

    def _earlier(self, draft: Draft) -> list[FormBundle]:
        self._session.flush()
        versions = [k[2] for k in self._known if k[:2] == ("form", draft.key)]
        bodies = (store.form_body(self._session, draft.key, v) for v in sorted(versions))
        return [read_bundle(body) for body in bodies if body is not None]

    def rules(self, draft: folder.RuleDraft, rule_check: RuleCheck | None) -> None:
        sha256 = sha256_hex(canonical_bytes(draft.body))
        known = self._known.get(
            (draft.kind, draft.body.get("key", ""), draft.body.get("version", 0))
        )
        if known is not None and known.sha256 == sha256:
            self.unchanged.append(known)
            return
        if known is not None:
            told = f"version {known.version} was published before and never changes: make the next"
            self.refused[draft.place] = (Mistake("version", told),)
            return
        self._session.flush()
        types = field_types(self._session)
        mistakes = _rule_mistakes(draft, self._library, types, rule_check)
        if mistakes:
            self.refused[draft.place] = tuple(mistakes)
            return
        rules = RuleVersion(
            kind=draft.kind,
            key=draft.body["key"],
            version=draft.body["version"],
            effective_from=date.fromisoformat(draft.body["effective_from"]),
            sha256=sha256,
            body=draft.body,
        )
        store.add_rules(self._session, rules, self._now)
        self._keep(FormRef(rules.kind, rules.key, rules.version, sha256))

    def _keep(self, ref: FormRef) -> None:
        self._known[ref.kind, ref.key, ref.version] = ref
        self.published.append(ref)


def _rule_mistakes(
    draft: folder.RuleDraft,
    library: Library,
    types: Mapping[str, FieldTypes],
    rule_check: RuleCheck | None,
) -> list[Mistake]:
    file = draft.place.rpartition("/")[2]
    mistakes = meta_mistakes(draft.body, f"suifang:meta/{draft.kind}", file, library.meta)
    if not mistakes and rule_check is not None:
        mistakes = rule_check(draft.body, types)
    return mistakes


def current(session: Session) -> list[FormRef]:
    """What a phone should hold: the newest version of each form that is offered, and every version
    of the rules, because the day of a visit decides which of them counts.
    """
    newest = {ref.key: ref for ref in store.form_refs(session, offered_only=True)}
    return [*newest.values(), *store.rule_refs(session)]


def bundle(session: Session, key: str, version: int) -> FormBundle | None:
    """One published version; nothing when it was never published."""
    found = compiled(session, key, version)
    return None if found is None else found.bundle


@dataclass(frozen=True)
class Published:
    """What is published, by name and digest.

    :param mark: differs whenever anything was published
    :param forms: (key, version) -> digest of the bundle, by key and version
    """

    mark: tuple[object, ...]
    forms: Mapping[tuple[str, int], str]
    rules: tuple[FormRef, ...]


_KNOWN_FOR_S = 1.0
_last: WeakKeyDictionary[object, tuple[float, Published]] = WeakKeyDictionary()
_by_sha256: dict[str, CompiledForm] = {}


def published(session: Session) -> Published:
    """What is published, at most a second old: it is asked for every envelope.

    Publishing in this process is seen at once. One second late in another process costs nothing:
    a phone learns of a new form from this very answer.
    """
    engine, now = session.get_bind(), monotonic()
    until, known = _last.get(engine, (0.0, None))
    if known is not None and now < until:
        return known
    mark = store.publication(session)
    if known is None or known.mark != mark:
        forms = {(r.key, r.version): r.sha256 for r in store.form_refs(session)}
        known = Published(mark, forms, tuple(store.rule_refs(session)))
    _last[engine] = (now + _KNOWN_FOR_S, known)
    return known


def forget_published(session: Session) -> None:
    """Look again: something was just published, or what was published was taken back."""
    _last.pop(session.get_bind(), None)


def compiled(session: Session, key: str, version: int) -> CompiledForm | None:
    """One published version, ready to be evaluated; kept for the life of the process."""
    sha256 = published(session).forms.get((key, version))
    if sha256 is None:
        return None
    known = _by_sha256.get(sha256)
    if known is None:
        body = store.form_body(session, key, version)
        if body is None:
            return None
        known = _by_sha256[sha256] = compile_form(read_bundle(body))
    return known


def rule_version(session: Session, kind: str, key: str, version: int) -> RuleVersion | None:
    """One published version of a programme's rules or of a vaccine edition."""
    return store.rule_version(session, kind, key, version)


def rule_refs(session: Session, kind: str) -> list[FormRef]:
    """Every published version of one kind of rule document, by key and version."""
    return [ref for ref in published(session).rules if ref.kind == kind]


def field_types(session: Session) -> dict[str, FieldTypes]:
    """Field types of each form, of all its versions together: a field never changes its type, and
    rules made for an old version must go on reading it.
    """
    bodies = (store.form_body(session, r.key, r.version) for r in store.form_refs(session))
    return joined_types((body["key"], types_of(body["schema"])) for body in bodies if body)


def joined_types(found: Iterable[tuple[str, FieldTypes]]) -> dict[str, FieldTypes]:
    """Field types of each form, of all the versions given together."""
    joined: dict[str, FieldTypes] = {}
    for key, types in found:
        known = joined.get(key, FieldTypes({}, {}))
        rows = {name: {**known.rows.get(name, {}), **row} for name, row in types.rows.items()}
        joined[key] = FieldTypes({**known.fields, **types.fields}, {**known.rows, **rows})
    return joined
