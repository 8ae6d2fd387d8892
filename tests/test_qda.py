"""The REFI-QDA project: its structure, its references, and that every span is where its words are.

The structure is that of ``Project.xsd`` (QDA-XML 1.0), as far as a project of texts needs it.
"""

import io
import re
import uuid
import zipfile
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from minecop.core.errors import QuoteError
from minecop.report.qda import NAMESPACE, plain_source, render_qdpx
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.pipeline import analyse

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
MADE = {"creatingUser", "creationDateTime", "modifyingUser", "modifiedDateTime"}
STRUCTURE = {
    # element: attributes it must have, attributes it may have, children in order with how many (1, ? * +)
    "Project": (
        {"name"},
        {"origin", "creatingUserGUID", "creationDateTime", "modifyingUserGUID", "modifiedDateTime", "basePath"},
        "Users? CodeBook? Variables? Cases? Sources? Notes? Links? Sets? Graphs? Description? NoteRef*",
    ),
    "Users": (set(), set(), "User+"),
    "User": ({"guid"}, {"name", "id"}, ""),
    "CodeBook": (set(), set(), "Codes"),
    "Codes": (set(), set(), "Code+"),
    "Code": ({"guid", "name", "isCodable"}, {"color"}, "Description? NoteRef* Code*"),
    "Variables": (set(), set(), "Variable+"),
    "Variable": ({"guid", "name", "typeOfVariable"}, set(), "Description?"),
    "Sources": (set(), set(), "TextSource+"),
    "TextSource": (
        {"guid"},
        {"name", "richTextPath", "plainTextPath"} | MADE,
        "Description? PlainTextContent? PlainTextSelection* Coding* NoteRef* VariableValue*",
    ),
    "PlainTextSelection": (
        {"guid", "startPosition", "endPosition"},
        {"name"} | MADE,
        "Description? Coding* NoteRef*",
    ),
    "Coding": ({"guid"}, {"creatingUser", "creationDateTime"}, "CodeRef NoteRef*"),
    "VariableValue": (set(), set(), "VariableRef (TextValue|DateValue)?"),
    "Notes": (set(), set(), "Note+"),
    "CodeRef": ({"targetGUID"}, set(), ""),
    "NoteRef": ({"targetGUID"}, set(), ""),
    "VariableRef": ({"targetGUID"}, set(), ""),
} | dict.fromkeys(("Description", "PlainTextContent", "TextValue", "DateValue"), (set(), set(), ""))
STRUCTURE["Note"] = STRUCTURE["TextSource"]
TEXT = {"Description", "PlainTextContent", "TextValue", "DateValue"}


def tag(element: ET.Element) -> str:
    space, name = element.tag[1:].split("}")
    assert space == NAMESPACE
    return name


def check_structure(root: ET.Element) -> None:
    """Every element, attribute and order of children is one that the schema knows."""
    assert tag(root) == "Project"
    for element in root.iter():
        name = tag(element)
        needed, allowed, children = STRUCTURE[name]
        assert needed <= set(element.attrib) <= needed | allowed, name
        pattern = re.sub(r"(\w+)", r"(?:\1,)", children).replace(" ", "")
        assert re.fullmatch(pattern, "".join(f"{tag(child)}," for child in element)), (name, [*map(tag, element)])
        assert name in TEXT or not (element.text or "").strip()
        for attribute, value in element.attrib.items():
            if attribute.lower().endswith("guid") or attribute in {"creatingUser", "modifyingUser"}:
                assert GUID.fullmatch(value), (name, attribute)
            if attribute.endswith("DateTime"):
                assert MOMENT.fullmatch(value)
        if name == "Code":
            assert element.get("isCodable") in {"true", "false"}
            assert re.fullmatch("#[0-9A-F]{6}", element.get("color"))
            assert element.get("name").strip()
        if name == "Variable":
            assert element.get("typeOfVariable") in {"Text", "Boolean", "Integer", "Float", "Date", "DateTime"}
        if name == "DateValue":
            assert re.fullmatch(r"\d{4}-\d\d-\d\d", element.text)


def check_references(root: ET.Element) -> None:
    """Every GUID is there once, and whatever is referred to is what it should be."""
    guids = Counter(element.get("guid") for element in root.iter() if element.get("guid"))
    assert {count for _, count in guids.items()} <= {1}, guids.most_common(1)
    of = {name: {e.get("guid") for e in root.iter() if tag(e) == name} for name in ("Code", "Note", "Variable", "User")}
    for element in root.iter():
        for name in ("Code", "Note", "Variable"):
            if tag(element) == f"{name}Ref":
                assert element.get("targetGUID") in of[name]
        for attribute in ("creatingUser", "creatingUserGUID"):
            assert element.get(attribute) in of["User"] | {None}
    folders = {e.get("guid") for e in root.iter() if tag(e) == "Code" and e.get("isCodable") == "false"}
    used = {e.get("targetGUID") for e in root.iter() if tag(e) == "CodeRef"}
    assert not folders & used


def check_project(data: bytes, analysis) -> ET.Element:
    """Check a project as a whole; return its XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "project.qde"
        assert all(re.fullmatch(rf"sources/{GUID.pattern}\.txt", name) for name in names[1:])
        texts = {name: archive.read(name) for name in names[1:]}
        root = ET.fromstring(archive.read("project.qde"))
    check_structure(root)
    check_references(root)
    sources = [element for element in root.iter() if tag(element) == "TextSource"]
    paths = [source.get("plainTextPath") for source in sources]
    assert [f"sources/{path.removeprefix('internal://')}" for path in paths] == [*texts]
    named = Counter(source.get("name") for source in sources)
    assert not [name for name in named if re.search(r'[\\/:*?"<>|#\n]', name)]
    for source in sources:
        text = texts[f"sources/{source.get('plainTextPath').removeprefix('internal://')}"]
        assert not text.startswith(b"\xef\xbb\xbf")
        assert b"\r" not in text
        for selection in source.iter(f"{{{NAMESPACE}}}PlainTextSelection"):
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            assert 0 <= start < end <= len(text.decode("utf-8"))
            codes = [ref.get("targetGUID") for ref in selection.iter(f"{{{NAMESPACE}}}CodeRef")]
            assert len(set(codes)) == len(codes) > 0
    return root


def coded(data: bytes) -> Counter:
    """How often each code, by its name, stands at which words."""
    found: Counter = Counter()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = ET.fromstring(archive.read("project.qde"))
        codes = {e.get("guid"): e.get("name") for e in root.iter() if tag(e) == "Code"}
        for source in root.iter(f"{{{NAMESPACE}}}TextSource"):
            text = archive.read(f"sources/{source.get('plainTextPath').removeprefix('internal://')}").decode("utf-8")
            for selection in source.iter(f"{{{NAMESPACE}}}PlainTextSelection"):
                words = text[int(selection.get("startPosition")) : int(selection.get("endPosition"))]
                for ref in selection.iter(f"{{{NAMESPACE}}}CodeRef"):
                    found[codes[ref.get("targetGUID")], words] += 1
    return found


def expected(analysis, lang: str) -> Counter:
    """The same from the analysis itself."""
    words, label, found = Words(lang), analysis.privacy.label, Counter()
    insight = analysis.insight

    def add(name: str, shown: str) -> None:
        found[name, plain_source(shown)] += 1

    for issue in insight.issues:
        for voice in issue.group.members:
            add(" ".join(f"{issue.rank} {label(issue.group.title)}".split()), analysis.words_of(voice))
    for topic in insight.topics:
        for voice in topic.group.members:
            add(" ".join(f"{topic.group.id} {label(topic.group.title)}".split()), analysis.words_of(voice))
    for step in insight.steps:
        for voice in step.members:
            add(f"{step.id} {analysis.process.steps[int(step.id) - 1].names[lang]}", analysis.words_of(voice))
    for lesson in insight.lessons:
        add(words("lesson_own" if lesson.own else "lesson_reported"), analysis.words_of(lesson.voice))
        for part, quote in lesson.parts.items():
            add(words(f"part_{part}"), analysis.verified(quote).text)
    return found


@pytest.mark.parametrize("name", ["sample_analysis", "masked_analysis"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_qda_every_coding_stands_at_its_words(request, name, lang):
    analysis = request.getfixturevalue(name)
    data = render_qdpx(analysis, lang)
    check_project(data, analysis)
    assert coded(data) == expected(analysis, lang)


def test_qda_sources_are_the_texts_and_positions_those_of_all_other_files(sample_analysis):
    data = render_qdpx(sample_analysis)
    root = check_project(data, sample_analysis)
    texts = [text for post in sample_analysis.archive.posts for text in post.texts if text.body.strip()]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sources = [archive.read(name).decode("utf-8") for name in archive.namelist()[1:]]
    assert sources == [plain_source(text.body) for text in texts]
    positions = {
        (int(e.get("startPosition")), int(e.get("endPosition"))) for e in root.iter() if tag(e) == "PlainTextSelection"
    }
    assert {(v.start, v.end) for issue in sample_analysis.insight.issues for v in issue.group.members} <= positions


def test_qda_codes_are_a_tree_and_what_is_unsure_has_a_note(sample_analysis):
    root, words = check_project(render_qdpx(sample_analysis, "en"), sample_analysis), Words("en")
    (book,) = root.iter(f"{{{NAMESPACE}}}Codes")
    assert [code.get("name") for code in book] == [
        words(k) for k in ("slices_issue", "slices_topic", "slices_step", "sheet_lessons")
    ]
    issues, topics, steps, lessons = book
    assert sum(len(status) for status in issues) == len(sample_analysis.insight.issues)
    assert sum(len(theme) for theme in topics) == len(sample_analysis.insight.topics)
    assert len(steps) == len(sample_analysis.process.steps)
    assert {code.get("name") for code in lessons} >= {"own action", "Action", "Result"}
    notes = {e.get("guid"): e for e in root.iter() if tag(e) == "Note"}
    weak = [code for code in issues.iter() if tag(code) == "Code" and code.find(f"{{{NAMESPACE}}}NoteRef") is not None]
    assert len(weak) == sum(issue.confidence == "weak" for issue in sample_analysis.insight.issues) > 0
    codings = [e for e in root.iter() if tag(e) == "Coding" and e.find(f"{{{NAMESPACE}}}NoteRef") is not None]
    assert codings
    referred = {ref.get("targetGUID") for ref in root.iter(f"{{{NAMESPACE}}}NoteRef")}
    assert referred == set(notes), "a note that nothing refers to"
    assert any(words("lesson_likely") == note[0].text for note in notes.values())


def test_qda_of_nothing_is_a_project_with_its_text(empty_analysis):
    insight = replace(empty_analysis.insight, issues=(), topics=(), steps=(), lessons=())
    analysis = replace(empty_analysis, insight=insight)
    root = check_project(render_qdpx(analysis), analysis)
    assert [tag(child) for child in root] == ["Users", "Variables", "Sources", "Description"]


def test_qda_same_input_same_bytes_and_same_guids_as_the_archive_grows(jsonl, tmp_path, sample_analysis):
    assert render_qdpx(sample_analysis) == render_qdpx(sample_analysis)
    posts = [{"id": str(n), "author": f"p{n}", "body": f"น้ำไม่ไหลอีกแล้วครับ บ้านที่ {n} รอช่างอยู่"} for n in range(4)]
    guids = []
    for count in (3, 4):
        analysis = load_analysis(analyse(jsonl(posts[:count], "ours.jsonl"), tmp_path / f"run{count}"))
        root = check_project(render_qdpx(analysis), analysis)
        guids.append({e.get("name"): e.get("guid") for e in root.iter(f"{{{NAMESPACE}}}TextSource")})
    assert guids[0].items() <= guids[1].items()
    assert all(uuid.UUID(guid).version == 5 for guid in guids[1].values())


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ก\r\nข", "ก \nข"),
        ("ก\rข\n", "ก\nข\n"),
        ("\ufeffก\ufeff", " ก\ufeff"),
        ("\r\r\n", "\n \n"),
        ("😀\u2028", "😀\u2028"),
    ],
)
def test_qda_line_ends_move_nothing(text, plain):
    assert plain_source(text) == plain
    assert len(plain) == len(text)


def test_qda_a_span_that_cuts_a_mask_has_the_whole_of_it(jsonl, tmp_path):
    body = "วันนี้ไปเยี่ยมบ้านคุณบุญเลิศ น้ำไม่ไหลมาสามวันแล้ว ไม่รู้จะทำอย่างไร โทร 081-234-5678 ได้ครับ 😀 ขอบคุณ"
    run = analyse(jsonl([{"id": "a/1", "author": "a", "title": "น้ำ #1", "body": body}]), tmp_path / "run")
    analysis = with_privacy(load_analysis(run), run, tmp_path / "key.json", mask=True, pseudonyms=False)
    assert analysis.privacy.masks
    (voice, *_) = analysis.voices
    middle = [(body.index("เลิศ"), body.index("น้ำไม่")), (body.index("น้ำไม่"), body.index("234")), (5, len(body))]
    voices = tuple(replace(voice, start=start, end=end) for start, end in middle)
    group = replace(analysis.insight.steps[0], members=voices)
    insight = replace(analysis.insight, issues=(), topics=(), lessons=(), steps=(group,))
    analysis = replace(analysis, insight=insight)
    data = render_qdpx(analysis)
    check_project(data, analysis)
    shown = {words for _, words in coded(data)}
    assert shown == {plain_source(analysis.words_of(one)) for one in voices}
    assert not [words for words in shown if "บุญ" in words or "081" in words]


def test_qda_a_quote_that_is_not_its_source_stops_it(sample_analysis):
    lesson, *lessons = sample_analysis.insight.lessons
    wrong = replace(lesson, quote=replace(lesson.quote, text="ไม่ได้พูดอย่างนี้"))
    broken = replace(sample_analysis, insight=replace(sample_analysis.insight, lessons=(wrong, *lessons)))
    with pytest.raises(QuoteError):
        render_qdpx(broken)


def test_qda_with_pseudonyms_names_nobody(masked_analysis):
    root = check_project(render_qdpx(masked_analysis, "en"), masked_analysis)
    variables = {e.get("guid"): e.get("name") for e in root.iter(f"{{{NAMESPACE}}}Variable")}
    told = Counter(variables[e[0].get("targetGUID")] for e in root.iter(f"{{{NAMESPACE}}}VariableValue"))
    assert told["link"] == 0
    authors = {
        e[1].text for e in root.iter(f"{{{NAMESPACE}}}VariableValue") if variables[e[0].get("targetGUID")] == "who"
    }
    assert authors <= {*masked_analysis.privacy.authors.values()}
