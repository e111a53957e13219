"""Import every example form of a pyxform source distribution and print what became of it.

pyxform's newest sources hold no example forms any more; 1.6.0 (2021) still does, 53 files:

    pip download --no-deps --no-binary :all: pyxform==1.6.0
    python -m tests.benchmarks.xlsforms pyxform-1.6.0.tar.gz

Old .xls files, which the command does not take, are read here by pyxform and go on as .xlsx would.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import xls_to_dict, xlsx_to_dict

from backend.forms import folder
from backend.forms.rules.drafts import Library
from backend.xlsform.importing import import_book
from backend.xlsform.judging import judged
from backend.xlsform.model import Book, Imported, NotImported, Sheet
from backend.xlsform.survey import is_supported
from backend.xlsform.workbook import KNOWN, read_workbook

SCHEMAS = Path(__file__).parents[2] / "schemas"
OUTCOMES = ("imported", "without media", "refused")


def examples(source: Path) -> Iterator[tuple[str, bytes]]:
    """Every workbook of a source distribution, by its name."""
    with tarfile.open(source) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            if member.isfile() and Path(member.name).suffix in (".xls", ".xlsx", ".xlsm"):
                found = archive.extractfile(member)
                assert found is not None
                place = Path(member.name)
                yield f"{place.parent.name}/{place.name}", found.read()


def loosely(content: bytes, suffix: str) -> tuple[Sheet, ...]:
    """The sheets as pyxform reads them: formulas by their last value, nothing bounded."""
    with tempfile.NamedTemporaryFile(suffix=suffix) as file:
        file.write(content)
        file.flush()
        book = (xls_to_dict if suffix == ".xls" else xlsx_to_dict)(file.name)
    found = []
    for sheet in KNOWN:
        if book.get(sheet) is not None:
            header = book.get(f"{sheet}_header") or [{}]
            rows = tuple(
                (number, {h: str(text) for h, text in row.items() if text not in (None, "")})
                for number, row in enumerate(book[sheet], start=2)
                if row
            )
            found.append(Sheet(sheet, tuple(header[0]), rows))
    return tuple(found)


def outcome(
    name: str, content: bytes, library: Library, without_media: bool = False
) -> Imported | NotImported:
    """What an import says of a file."""
    try:
        is_old = name.endswith(".xls")
        book = Book(loosely(content, ".xls")) if is_old else read_workbook(content)
        return import_book(book, library, name=Path(name).stem, without_media=without_media)
    except NotImported as error:
        return error


def standing(content: bytes, suffix: str) -> str:
    """What a file is, whatever an import says: broken, of other types, or within ours."""
    try:
        sheets = loosely(content, suffix)
    except PyXFormError:
        return "broken"
    if judged(sheets) is not None:
        return "broken"
    rows = next(sheet.rows for sheet in sheets if sheet.name == "survey")
    types = {row["type"] for _, row in rows if "type" in row}
    return "within" if all(is_supported(kind) for kind in types) else "other types"


def main(source: Path) -> None:
    """Print a table of all of them, and the counts."""
    warnings.simplefilter("ignore")
    library = folder.library(SCHEMAS)
    counts: Counter[tuple[str, str]] = Counter()
    print("| file | is | outcome |\n|---|---|---|")
    for name, content in examples(source):
        kind = standing(content, ".xls" if name.endswith(".xls") else ".xlsx")
        result = outcome(name, content, library)
        how = "imported"
        if isinstance(result, NotImported):
            again = outcome(name, content, library, without_media=True)
            how = "without media" if isinstance(again, Imported) else "refused"
        counts[kind, how] += 1
        more = f"; {how}: {_told(again)}" if how == "without media" else ""
        print(f"| {name} | {kind} | {_told(result)}{more} |")
    for kind in ("within", "other types", "broken"):
        told = ", ".join(f"{counts[kind, how]} {how}" for how in OUTCOMES)
        print(f"{kind}: {sum(counts[kind, how] for how in OUTCOMES)} files, {told}")


def _told(result: Imported | NotImported) -> str:
    if isinstance(result, Imported):
        return f"imported, {len(result.schema['properties'])} fields"
    more = len(result.refused) - 1
    return f"refused: {result.refused[0]}{f'; and {more} more' if more else ''}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
