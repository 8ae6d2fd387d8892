"""Posts from the rows of a table, whatever its columns are called and wherever its headings stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from minecop.archive.fields import FIELDS, Layout, layout_of, listed, mapped_places, meaning
from minecop.archive.gathering import gathered, threads_gathered
from minecop.archive.models import Account, Post
from minecop.archive.ownform import COMMENT_COLUMNS, POST_COLUMNS, own_form
from minecop.archive.records import Maker, Record
from minecop.archive.sources import Options
from minecop.archive.values import is_blank
from minecop.core.cells import plain_cell

HEADING_ROWS = 10
"""Rows at the top among which the headings are looked for."""

_SAMPLE_ROWS = 60
_LONG_ANSWER = 25
"""Letters that the answers to a question have on average, for it to be one that people answer in their own words."""

_MOST_RAGGED = 20

Row = tuple[int, Sequence[Any]]
"""Its number, from 1, and its cells."""


@dataclass(slots=True)
class Table:
    """A table whose headings were found.

    Attributes
    ----------
    names
        Headings; a column without one is called by its letter.
    layout
        What they mean.
    rows
        What stands below them.
    answers
        Headings of the columns that were taken for the text because none is called so.
    heading
        The row of headings as it stands.
    """

    names: list[str]
    layout: Layout
    rows: Iterable[Row]
    answers: list[str] = field(default_factory=list)
    heading: Sequence[Any] = ()


def letter(place: int) -> str:
    """Return what a spreadsheet program calls a column: A to Z, AA ..."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def names_of(cells: Sequence[Any]) -> list[str]:
    """Return the cells of a row as headings."""
    return [" ".join(str(cell).replace("\ufeff", "").split()) or letter(place) for place, cell in enumerate(cells)]


def heading_score(cells: Sequence[Any], options: Options) -> int:
    """Return how much a row looks like headings: how many fields it names, those of ``--map`` before all."""
    names = names_of(cells)
    known = {found.field for name in names if (found := meaning(name)) and found.field in FIELDS}
    return len(known) + 10 * sum(len(places) for places in mapped_places(names, options.columns).values())


def find_heading(rows: Sequence[Row], options: Options) -> int | None:
    """Return which of the first rows holds the headings, or ``None``."""
    filled = [sum(not is_blank(cell) for cell in cells) for _, cells in rows]
    widest = max(filled, default=0)
    best, best_score = None, 0
    for place, (_, cells) in enumerate(rows[:HEADING_ROWS]):
        # A title above the table is one cell where the table has several.
        score = heading_score(cells, options) if filled[place] > 1 or widest <= 1 else 0
        if score > best_score:
            best, best_score = place, score
    return best


def open_table(rows: Iterable[Row], options: Options, about: str) -> Table | None:
    """Find the headings of a table and what they mean; ``None`` where no row is one of headings.

    Parameters
    ----------
    rows
        All rows, from the top; read as they are needed.
    options
        Their ``columns`` go before what is recognised.
    about
        Name of the file or sheet.

    Returns
    -------
    Table or None
        Its layout need not hold a text.
    """
    stream = iter(rows)
    first = list(islice(stream, _SAMPLE_ROWS))
    place = find_heading(first, options)
    if place is None:
        return None
    below = first[place + 1 :]
    width = max((len(cells) for _, cells in below), default=0)
    heading = [*first[place][1], *[""] * (max(0, width - len(first[place][1])) if _is_sheet(first) else 0)]
    names = names_of(heading)
    layout = layout_of(names, options.columns, about, rows=True)
    table = Table(names, layout, chain(below, stream), heading=heading)
    if own_form(names) is None and "body" not in options.columns.values() and _asks_questions(table):
        table.answers = _take_answers(table, below)
    return table


def _is_sheet(rows: Sequence[Row]) -> bool:
    """Tell whether all rows are of one width, as those of a spreadsheet are."""
    return len({len(cells) for _, cells in rows}) == 1


def _asks_questions(table: Table) -> bool:
    """Tell whether a table has no column of its own for the text: none, or one of opinions alone."""
    fields = table.layout.fields
    if "body" in fields:
        return all((known := meaning(table.names[place])) and known.field == "comments" for place in fields["body"])
    return not table.layout.holds_text() or (fields.keys() & {"comment_body", "comments", "id"} == {"comments"})


def _take_answers(table: Table, sample: Sequence[Row]) -> list[str]:
    """Take the columns that people filled in with their own words for the text of a post; return their headings."""
    layout = table.layout
    opinions = [place for name in ("body", "comments", "blurb") for place in layout.fields.get(name, ())]
    chosen = sorted(place for place in (*layout.unused, *opinions) if _average_length(place, sample) >= _LONG_ANSWER)
    if not chosen or chosen == list(layout.fields.get("body", ())):
        return []
    fields = {name: places for name, places in layout.fields.items() if not set(places) & set(chosen)}
    unused = tuple(place for place in layout.unused if place not in chosen)
    if kept := fields.get("body"):  # short opinions beside long answers
        chosen = sorted({*chosen, *kept})
    table.layout = replace(layout, fields={**fields, "body": tuple(chosen)}, unused=unused)
    return [table.names[place] for place in chosen]


def _average_length(place: int, sample: Sequence[Row]) -> float:
    cells = [cells[place] for _, cells in sample if place < len(cells) and isinstance(cells[place], str)]
    lengths = [len(cell.strip()) for cell in cells if cell.strip()]
    return sum(lengths) / len(lengths) if lengths else 0.0


class TableReader:
    """Makes posts of the rows of a table.

    Parameters
    ----------
    table
        What is read.
    name
        Of the source, for the account.
    place
        What stands before the row's number in the name of a record: empty, or the sheet.
    stem
        What the ids of posts without one begin with.
    account
        Told of the columns, of rows that do not fit, and of what is refused.
    delimiter
        What parts the cells, where a cell too many may be a text that was not quoted.
    """

    def __init__(self, table: Table, name: str, place: str, stem: str, account: Account, delimiter: str = "") -> None:
        self._table = table
        self._name = name
        self._place = place
        self._stem = stem
        self._account = account
        self._delimiter = delimiter
        self._maker = Maker(f"{name}:{place}".rstrip(":!"), account)
        self._own = own_form(table.names) if delimiter else None
        self._escaped = bool(delimiter) and set(table.names) <= {*POST_COLUMNS, *COMMENT_COLUMNS}
        self._ragged = self._last_ragged = 0
        self._last_id: str | None = None

    def posts(self) -> Iterator[Post]:
        """Yield the posts, rows of one post that follow one another put together."""
        own = own_form(self._table.names)
        if own is not None:
            found = (
                own([str(cell) for cell in cells], self._source(row), self._account) for row, cells in self._rows()
            )
            posts = (post for post in found if post is not None)
            yield from threads_gathered(posts) if tuple(self._table.names) == COMMENT_COLUMNS else posts
        else:
            self._tell_columns()
            yield from gathered(self._posts())
        self._maker.tell()
        if self._ragged > _MOST_RAGGED:
            count = self._ragged - _MOST_RAGGED
            self._account.add("warning", self._maker.name, "rows_ragged", count=count, last=self._last_ragged)

    def _source(self, row: int) -> str:
        return f"{self._name}:{self._place}{row}"

    def _tell_columns(self) -> None:
        table = self._table
        used = [f"{table.names[place]} = {name}" for name, places in table.layout.fields.items() for place in places]
        self._account.add("read", self._maker.name, "columns_read", columns=listed(used))
        if table.answers:
            self._account.add("guessed", self._maker.name, "columns_joined", columns=listed(table.answers))

    def _rows(self) -> Iterator[Row]:
        """Yield the rows that say anything, as wide as the headings."""
        width = len(self._table.names)
        heading = list(self._table.heading)
        for row, cells in self._table.rows:
            if all(is_blank(cell) for cell in cells):
                continue
            if list(cells) == heading:
                continue  # the headings once more, as printed tables have them on every page
            yield row, self._fitted(row, cells, width) if len(cells) != width else cells

    def _fitted(self, row: int, cells: Sequence[Any], width: int) -> Sequence[Any]:
        extra = [str(cell) for cell in cells[width:]]
        if len(cells) < width or any(cell.strip() for cell in extra):
            self._ragged, self._last_ragged = self._ragged + 1, row
            if self._ragged <= _MOST_RAGGED:
                self._account.add("warning", self._source(row), "row_ragged", found=len(cells), expected=width)
        last_is_text = any(
            width - 1 in self._table.layout.fields.get(name, ()) for name in ("body", "comments", "comment_body")
        )
        if extra and self._delimiter and last_is_text and any(extra):
            return [*cells[: width - 1], self._delimiter.join([str(cells[width - 1]), *extra])]
        return [*cells[:width], *[""] * (width - len(cells))]

    def _posts(self) -> Iterator[Post]:
        names, layout = self._table.names, self._table.layout
        left = set(layout.unused)
        for row, cells in self._rows():
            if left and (filled := [place for place in left if not is_blank(cells[place])]):
                self._maker.leave(names[place] for place in sorted(filled))
                left.difference_update(filled)
            values = {
                name: [
                    (names[place], self._tidy(cells[place]))
                    for place in places
                    if name == "body" or not is_blank(cells[place])
                ]
                for name, places in layout.fields.items()
            }
            fallback_id = f"{self._stem}-{row}"
            if self._is_comment_alone(values):
                if self._last_id is None:
                    self._account.add("warning", self._source(row), "comment_without_post")
                fallback_id = self._last_id or fallback_id
            post = self._maker.post(Record(self._source(row), values), fallback_id)
            if post is not None:
                self._last_id = post.id
                yield post

    @staticmethod
    def _is_comment_alone(values: dict[str, list[tuple[str, Any]]]) -> bool:
        """Tell whether a row has only a comment: on the post above, whose cells were merged or left out."""
        is_comment = values.get("comment_body") or values.get("comments")
        of_post = (values.get(name, ()) for name in ("id", "url", "body", "title", "blurb"))
        return bool(is_comment) and all(is_blank(value) for found in of_post for _, value in found)

    def _tidy(self, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        return (plain_cell(cell) if self._escaped else cell).replace("\r\n", "\n")
