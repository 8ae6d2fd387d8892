"""The report as a REFI-QDA project, which MAXQDA, ATLAS.ti, NVivo, QualCoder and others open: texts with codes on their spans.

What the format asks for, from ``Project.xsd`` of QDA-XML 1.0 (REFI, 18 March 2019, www.qdasoftware.org) and from the standard REFI-QDA 1.5
(25 September 2019) as two programs that read it cite it (qdpx-toolkit, which refers to its sections, and QualCoder):

- A ``.qdpx`` file is a zip of ``project.qde`` (XML) and a flat folder ``sources`` (8.1; in small letters, for names in a zip are case
  sensitive). A source in it is named by its GUID and referred to as ``internal://GUID.txt`` (8.3). Text is UTF-8.
- ``startPosition`` and ``endPosition`` of a selection are Unicode code points from the beginning of the plain text, the first being 0
  (10.2) - not bytes, not UTF-16 units: a letter, a Thai vowel mark and an emoji are one each. The end is that behind the last, as in
  the spans of all else that minecop writes.
- Line ends count as they stand in the file, and that is where programs part: QualCoder reads ``CR LF`` as one code point, and has switches
  for what ATLAS.ti and MAXQDA make of it. Of ``LF`` there is no doubt. So ``CR LF`` becomes a space and ``LF``, and a ``CR`` alone ``LF``:
  nothing moves. A byte order mark would be a code point to some; there is none.
- A source has either ``PlainTextContent`` or ``plainTextPath``; children stand in the order of the schema; a note is a text source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree as ET

import minecop
from minecop.archive.models import Comment, Post
from minecop.core.errors import QuoteError
from minecop.core.files import safe_name
from minecop.core.xmltext import xml_text
from minecop.core.zips import zip_bytes
from minecop.insight.analysis import Analysis
from minecop.insight.models import LESSON_PARTS, STATUSES, Group, Quote, Topic, Voice
from minecop.report.quoting import community_of, web_address
from minecop.report.view import people_words, topic_view
from minecop.report.words import Words, step_name

NAMESPACE = "urn:QDA-XML:project:1.0"

_IDS = uuid5(NAMESPACE_URL, "urn:minecop:qda")
_UNDATED = datetime(1980, 1, 1, tzinfo=UTC)
_LIKELY_STEP = 0.5
"""Probability below which another step, or none, is as likely."""

_FEW_AGAIN = 0.5
"""Stability, or sureness, of a topic below which that is noted."""

_COLOURS = {"issues": "#A4481D", "topics": "#1F6F5C", "steps": "#2F5D9E", "lessons": "#8A6D1B"}
_LINE_END = re.compile("\r\n?|^\ufeff")


class _Code(NamedTuple):
    """A code, or a folder of codes.

    Attributes
    ----------
    key
        What its GUID is made of.
    codable
        Whether it is one; else it only holds others.
    note
        Key of the note that says how far it can be relied on.
    """

    key: str
    name: str
    colour: str
    codable: bool = False
    description: str = ""
    note: str = ""
    codes: tuple[_Code, ...] = ()


class _Coding(NamedTuple):
    """That a span has a code, and the key of the note that says how far that can be relied on."""

    code: str
    note: str = ""


Place = tuple[str, int | None]
"""Post id, and the comment's position or ``None``."""


@dataclass
class _Project:
    """What is gathered before it is written."""

    analysis: Analysis
    words: Words
    spans: dict[Place, dict[tuple[int, int], list[_Coding]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def guid(self, key: str) -> str:
        """Return the GUID of something: the same in every export of an archive of this name."""
        return str(uuid5(_archive_id(self.analysis), key))

    def code_all(self, voices: Iterable[Voice], code: str) -> None:
        """Give all passages a code."""
        for voice in voices:
            self.code(voice, code)

    def code(self, span: Voice | Quote, code: str, note: str = "") -> None:
        """Give a span a code."""
        here = self.spans.setdefault((span.post_id, span.comment), {}).setdefault((span.start, span.end), [])
        if code not in (coding.code for coding in here):
            here.append(_Coding(code, note))

    def note(self, key: str, text: str) -> str:
        """Keep a note to refer to; return its key."""
        self.notes[key] = text
        return key


def render_qdpx(analysis: Analysis, lang: str = "th") -> bytes:
    """Return the posts and comments with all that was found in them as a REFI-QDA project (see the top of this module).

    Codes are the issues by their status, the topics under their themes, the steps of the process, lessons and their parts. What is unsure
    has a note: weak issues and unsettled topics on the code, likely lessons and steps on the coding. Texts have their author, community,
    date and address as variables. Everything is masked, and authors have pseudonyms, where they do in the report.

    Parameters
    ----------
    analysis
        A finished run.
    lang
        Language of names, descriptions and notes.

    Returns
    -------
    bytes
        A zip file; the same analysis gives the same bytes, and the same things keep their GUIDs when the archive grows.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    """
    project = _Project(analysis, Words(lang, analysis.buddhist))
    codes = [code for code in (_issues(project), _topics(project), _steps(project), _lessons(project)) if code.codes]
    sources = [*_sources(project)]
    qde = ET.tostring(_tree(project, codes, sources), encoding="utf-8", xml_declaration=True)
    texts = ((f"sources/{one.guid}.txt", one.text.encode("utf-8", "replace")) for one in sources)
    return zip_bytes([("project.qde", qde), *texts])


def _archive_id(analysis: Analysis) -> UUID:
    return uuid5(_IDS, analysis.archive.name)


# ---- codes


def _issues(project: _Project) -> _Code:
    analysis, words = project.analysis, project.words
    folders: dict[str, list[_Code]] = {status: [] for status in STATUSES}
    met: Counter[str] = Counter()
    for issue in analysis.insight.issues:
        # What a weak signal groups stands among the early voices, too, perhaps under its id.
        key = f"issue/{issue.group.id}" + "/again" * met[issue.group.id]
        met[issue.group.id] += 1
        weak = f"{words('confidence_weak')} – {words('weak_note')}"
        note = project.note("note/weak", weak) if issue.confidence == "weak" else ""
        name = f"{issue.rank} {analysis.privacy.label(issue.group.title)}"
        description = _about(issue.group, words)
        folders[issue.status].append(_Code(key, name, _COLOURS["issues"], True, description, note))
        project.code_all(issue.group.members, key)
        for quote in (*issue.quotes, *issue.wishes, *([issue.objection] if issue.objection else [])):
            analysis.verified(quote)
    of_status = tuple(
        _Code(f"status/{status}", words(f"status_{status}"), _COLOURS["issues"], codes=tuple(codes))
        for status, codes in folders.items()
        if codes
    )
    return _Code("issues", words("slices_issue"), _COLOURS["issues"], codes=of_status)


def _about(group: Group, words: Words) -> str:
    return f"{people_words(group, words)} · {words(f'trend_{group.trend.direction}')}"


def _topics(project: _Project) -> _Code:
    analysis, words = project.analysis, project.words
    themes = {theme.id: analysis.privacy.label(theme.title) for theme in analysis.insight.themes}
    folders: dict[str, list[_Code]] = {}
    for topic in analysis.insight.topics:
        key = f"topic/{topic.group.id}"
        name = f"{topic.group.id} {analysis.privacy.label(topic.group.title)}"
        code = _Code(key, name, _COLOURS["topics"], True, _about(topic.group, words), _unsettled(project, topic))
        folders.setdefault(topic.theme, []).append(code)
        project.code_all(topic.group.members, key)
    of_theme = tuple(
        _Code(f"theme/{theme}", themes.get(theme) or words("head_topic"), _COLOURS["topics"], codes=tuple(codes))
        for theme, codes in folders.items()
    )
    return _Code("topics", words("slices_topic"), _COLOURS["topics"], codes=of_theme)


def _unsettled(project: _Project, topic: Topic) -> str:
    known = [value for value in (topic.stability, topic.sure) if value is not None]
    if not known or min(known) >= _FEW_AGAIN:
        return ""
    view = topic_view(project.analysis, topic, project.words)
    said = f"{project.words('stability')}: {view['stability_words']}\n{project.words('sure')}: {view['sure_words']}"
    return project.note(f"note/topic/{topic.group.id}", said)


def _steps(project: _Project) -> _Code:
    analysis, words = project.analysis, project.words
    codes = []
    for group in analysis.insight.steps:
        number, key = int(group.id), f"step/{group.id}"
        name = f"{group.id} {step_name(analysis, number, words)}"
        definition = analysis.process.steps[number - 1].definitions[words.lang]
        codes.append(_Code(key, name, _COLOURS["steps"], True, definition))
        for voice in group.members:
            unsure = analysis.steps.chance(voice, number) < _LIKELY_STEP
            project.code(voice, key, project.note("note/step", words("qda_step_unsure")) if unsure else "")
    return _Code("steps", words("slices_step"), _COLOURS["steps"], codes=tuple(codes))


def _lessons(project: _Project) -> _Code:
    analysis, words, colour = project.analysis, project.words, _COLOURS["lessons"]
    used: set[str] = set()
    for lesson in analysis.insight.lessons:
        analysis.verified(lesson.quote)
        note = "" if lesson.clear else project.note("note/lesson", words("lesson_likely"))
        whose = "own" if lesson.own else "reported"
        spans: dict[str, Voice | Quote] = {whose: lesson.voice, **lesson.parts}
        for name, span in spans.items():
            project.code(span, f"lesson/{name}", note)
        used |= spans.keys()
    names = {"own": "lesson_own", "reported": "lesson_reported"} | {part: f"part_{part}" for part in LESSON_PARTS}
    codes = tuple(_Code(f"lesson/{key}", words(name), colour, True) for key, name in names.items() if key in used)
    return _Code("lessons", words("sheet_lessons"), colour, codes=codes)


# ---- sources


class _Selection(NamedTuple):
    """A span of a source's own text, what its GUID is made of, and its codes."""

    key: str
    start: int
    end: int
    codings: list[_Coding]


class _Source(NamedTuple):
    """A text as it is handed on."""

    key: str
    guid: str
    name: str
    text: str
    selections: list[_Selection]
    variables: dict[str, str]


def _sources(project: _Project) -> Iterator[_Source]:
    """Return every text of the archive that has any, in its order."""
    analysis, words = project.analysis, project.words
    for post in analysis.archive.posts:
        title = analysis.title_of(post) or words("untitled")
        for text in post.texts:
            if not text.body.strip():
                continue
            comment = None if isinstance(text, Post) else text.position
            key = f"source/{post.id}" + (f"/{comment}" if comment else "")
            name = f"{post.id} {title}" if comment is None else f"{post.id} {words('qda_comment', number=comment)}"
            yield _Source(
                key,
                project.guid(key),
                safe_name(name),
                plain_source(analysis.privacy.whole(post.id, comment, text.body)),
                [*_selections(project, post, comment, text.body)],
                _variables(project, post, text),
            )


def plain_source(text: str) -> str:
    """Return a text with ``LF`` for its line ends and without a byte order mark, of the same length."""
    return _LINE_END.sub(lambda found: {"\r": "\n", "\r\n": " \n"}.get(found[0], " "), text)


def _selections(project: _Project, post: Post, comment: int | None, body: str) -> Iterator[_Selection]:
    privacy = project.analysis.privacy
    masks = privacy.masks.get((post.id, comment, "body"), ())
    whole = privacy.whole(post.id, comment, body)
    for (first, last), codings in sorted(project.spans.get((post.id, comment), {}).items()):
        # A span that cuts a mask begins, or ends, with the whole of it.
        start = min([first, *(mask.start for mask in masks if mask.start < first < mask.end)])
        end = max([last, *(mask.end for mask in masks if mask.start < last < mask.end)])
        before, upto = (len(privacy.span(post.id, comment, body, 0, place)) for place in (start, end))
        if whole[before:upto] != privacy.span(post.id, comment, body, first, last):
            where = f"{post.id}" + (f"#{comment}" if comment else "")
            raise QuoteError("quote_differs", where=f"{where}:{first}-{last}")
        yield _Selection(f"{first}-{last}", before, upto, codings)


def _variables(project: _Project, post: Post, text: Post | Comment) -> dict[str, str]:
    """Return what is known of a text, by the key of a variable; what is unknown is left out."""
    analysis, words = project.analysis, project.words
    is_exact = text.published and not (isinstance(text, Post) and text.estimated)
    known = {
        "author": analysis.names.get(text.author_id or ""),
        "community": analysis.privacy.label(community_of(analysis, post, text.author_id, words)),
        "date": text.published.date().isoformat() if text.published and is_exact else "",
        "kind": words("qda_is_post" if isinstance(text, Post) else "qda_is_comment"),
        "url": web_address(analysis, post),
    }
    return {name: value for name, value in known.items() if value}


_VARIABLES = {
    "author": ("col_author", "Text"),
    "community": ("head_community", "Text"),
    "date": ("col_date", "Date"),
    "kind": ("col_kind", "Text"),
    "url": ("col_link", "Text"),
}
"""Variables of texts: the key of what each is called, and its type."""


# ---- XML


def _tree(project: _Project, codes: list[_Code], sources: list[_Source]) -> ET.Element:
    analysis, words, user = project.analysis, project.words, project.guid("user/minecop")
    made = (analysis.dates[1].astimezone(UTC) if analysis.dates else _UNDATED).strftime("%Y-%m-%dT%H:%M:%SZ")
    by_user = {"creatingUser": user, "creationDateTime": made}  # no clock is asked
    root = ET.Element(
        "Project",
        xmlns=NAMESPACE,
        name=_attribute(analysis.archive.name),
        origin=f"minecop {minecop.__version__}",
        creatingUserGUID=user,
        creationDateTime=made,
    )
    ET.SubElement(ET.SubElement(root, "Users"), "User", guid=user, name="minecop")
    if codes:
        book = ET.SubElement(ET.SubElement(root, "CodeBook"), "Codes")
        for code in codes:
            _add_code(project, book, code)
    if sources:
        variables = ET.SubElement(root, "Variables")
        for key, (name, kind) in _VARIABLES.items():
            guid = project.guid(f"variable/{key}")
            ET.SubElement(variables, "Variable", guid=guid, name=words(name), typeOfVariable=kind)
        parent = ET.SubElement(root, "Sources")
        for source in sources:
            _add_source(project, parent, source, by_user)
    if project.notes:
        notes = ET.SubElement(root, "Notes")
        for key, text in project.notes.items():
            name = _attribute(text.splitlines()[0])
            note = ET.SubElement(notes, "Note", {"guid": project.guid(key), "name": name} | by_user)
            ET.SubElement(note, "PlainTextContent").text = xml_text(text)
    ET.SubElement(root, "Description").text = words("draft")
    return root


def _add_code(project: _Project, parent: ET.Element, code: _Code) -> None:
    element = ET.SubElement(
        parent,
        "Code",
        guid=project.guid(code.key),
        name=_attribute(code.name),
        isCodable="true" if code.codable else "false",
        color=code.colour,
    )
    if code.description:
        ET.SubElement(element, "Description").text = xml_text(code.description)
    _refer(project, element, code.note)
    for inner in code.codes:
        _add_code(project, element, inner)


def _add_source(project: _Project, parent: ET.Element, source: _Source, by_user: dict[str, str]) -> None:
    path = f"internal://{source.guid}.txt"
    element = ET.SubElement(
        parent, "TextSource", {"guid": source.guid, "name": _attribute(source.name), "plainTextPath": path} | by_user
    )
    for span, start, end, codings in source.selections:
        key = f"{source.key}/{span}"
        place = {
            "guid": project.guid(f"selection/{key}"),
            "startPosition": str(start),
            "endPosition": str(end),
        }
        selection = ET.SubElement(element, "PlainTextSelection", place | by_user)
        for coding in codings:
            guid = project.guid(f"coding/{key}/{coding.code}")
            one = ET.SubElement(selection, "Coding", {"guid": guid} | by_user)
            ET.SubElement(one, "CodeRef", targetGUID=project.guid(coding.code))
            _refer(project, one, coding.note)
    for name, value in source.variables.items():
        told = ET.SubElement(element, "VariableValue")
        ET.SubElement(told, "VariableRef", targetGUID=project.guid(f"variable/{name}"))
        ET.SubElement(told, f"{_VARIABLES[name][1]}Value").text = xml_text(value)


def _refer(project: _Project, element: ET.Element, note: str) -> None:
    if note:
        ET.SubElement(element, "NoteRef", targetGUID=project.guid(note))


def _attribute(text: str) -> str:
    return " ".join(xml_text(text).split())
