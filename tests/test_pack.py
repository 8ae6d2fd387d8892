"""The session pack: a Word document that opens, says what is there, in Thai as Word needs it, and takes nothing of others for its own."""

import io
import json
import re
import zipfile
from dataclasses import replace
from itertools import pairwise

import pytest
from docx import Document
from docx.oxml.ns import qn
from test_privacy import AUTHORS, POSTS, SECRETS
from test_run import posts

from minecop.core.errors import InputError, QuoteError, RunError, SettingsError
from minecop.report.agenda import PLANS, agenda_view
from minecop.report.pack import MOST_CARDS, SESSIONS, TEMPLATE, pack_view, render_pack, write_pack
from minecop.report.packtemplate import make_template
from minecop.report.quoting import quote_view
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

HOSTILE = "<w:p>&amp; ]]> </w:t> {{ 7 * 7 }} {% for x in range(9) %}x{% endfor %} {# no #} {_{ 1 }_} {_% 2 %_} {{p x }} \x07\x0b\u202eevil\ufffe"
SHOWN = "<w:p>&amp; ]]> </w:t> {{ 7 * 7 }} {% for x in range(9) %}x{% endfor %} {# no #} {_{ 1 }_} {_% 2 %_} {{p x }}"
"""What of it XML can hold."""

HEADINGS = {
    "th": (
        "หน้าเดียวจบ", "ข้อมูลที่ใช้และข้อจำกัด", "การ์ดประเด็น", "เสียงแรกเริ่มและเสียงข้างน้อย", "ทุนและบทเรียนเดิม", "แผนที่ขั้นตอนและช่องว่าง",
        "คำถามนำวง", "กำหนดการร่างและบทบาท", "ใบโต๊ะ ใบลงคะแนน และแบบบันทึก", "ภาคผนวก",
    ),
    "en": (
        "On one page", "The data and their limits", "Issue cards", "Early and minority voices", "Assets and lessons", "Steps and gaps",
        "Guiding questions", "Draft agenda and roles", "Table sheets, dot-vote sheet and forms", "Appendix",
    ),
}  # fmt: skip


def concern_posts(hostile: str = "") -> list[dict]:
    """Six people of two communities, one concern; one of them writes what no document should swallow."""
    words = ["ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหน", "น้ำไม่ไหลสามวันแล้ว กังวลว่าท่อจะแตกอีก", "ช่างซ่อมท่อน้ำไม่มีใครมา หนักใจ"]
    return [
        {
            "id": f"{n}",
            "title": f"ท่อน้ำ {n}{hostile if n == 0 else ''}",
            "author": f"p{n}",
            "author_name": f"คนที่ {n}{hostile if n == 0 else ''}",
            "community": ["เหนือ" + hostile, "ใต้"][n % 2],
            "published": f"2010-0{n + 1}-01",
            "body": f"{words[n % 3]} บ้านเลขที่ {n} เดือดร้อนกันมากครับ{' ' + hostile if n == 0 else ''}",
        }
        for n in range(6)
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Analyse posts once for each kind of archive."""
    kept: dict[str, object] = {}
    kinds = {
        "plain": concern_posts,
        "hostile": lambda: concern_posts(HOSTILE),
        "one": lambda: posts(1),
        "private": lambda: POSTS,
    }

    def run(kind: str):
        if kind not in kept:
            folder = tmp_path_factory.mktemp(kind)
            source = folder / "posts.jsonl"
            lines = (json.dumps(post, ensure_ascii=False) + "\n" for post in kinds[kind]())
            source.write_text("".join(lines), encoding="utf-8")
            kept[kind] = analyse(source, folder / "run")
        return kept[kind]

    return run


@pytest.fixture(scope="module")
def analysis(made):
    return load_analysis(made("plain"))


def opened(data: bytes):
    return Document(io.BytesIO(data))


def text_of(data: bytes) -> str:
    """Return all words of a document as a reader meets them, header and footer as well; a line break is a line break."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
    document = opened(data)
    parts = [document.element.body, document.sections[0].header._element, document.sections[0].footer._element]
    paragraphs = (paragraph for part in parts for paragraph in part.iter(qn("w:p")))
    marks = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    return "\n".join(
        "".join(
            marks.get(piece.tag) or piece.text or ""
            for piece in one.iter(qn("w:t"), *marks)
            if piece.getparent().tag == qn("w:r")
        )
        for one in paragraphs
    )


def headings(data: bytes) -> list[str]:
    return [p.text.split("  ", 1)[1] for p in opened(data).paragraphs if p.style.name == "Heading 1"]


def own_template(path, *lines: str, footer: str = ""):
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    document.sections[0].footer.paragraphs[0].text = footer
    document.save(path)
    return path


# ---- what it holds


@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("session", SESSIONS)
def test_pack_has_its_ten_parts_in_order(analysis, lang, session):
    data = render_pack(analysis, lang, session=session)
    assert tuple(headings(data)) == HEADINGS[lang]
    text = text_of(data)
    assert text.count(Words(lang)("draft")) == 2  # on the first page, and at the foot of every other
    assert not re.search(r"\{\{|\{%|%\}|\}\}|\bNone\b(?! found)", text)


def test_pack_quotes_are_verbatim_with_who_where_and_when(analysis):
    text = text_of(render_pack(analysis))
    words = Words("th")
    quotes = [quote for issue in analysis.insight.issues for quote in issue.quotes if issue.status == "shared"]
    assert quotes
    for quote in quotes:
        source = analysis.posts[quote.post_id].text(quote.comment)
        assert f"“{source[quote.start : quote.end]}”" in text
        shown = quote_view(analysis, quote, words)
        cited = f"— {shown['author']} · {shown['community']} · {shown['where']} · {shown['date']} · {shown['number']}"
        assert cited in text


def test_pack_a_quote_that_is_not_its_source_stops_it(analysis, tmp_path):
    issue = analysis.insight.issues[0]
    wrong = replace(issue, quotes=(replace(issue.quotes[0], text="ไม่ได้พูดอย่างนี้"), *issue.quotes[1:]))
    broken = replace(analysis, insight=replace(analysis.insight, issues=(wrong,)))
    with pytest.raises(QuoteError):
        write_pack(broken, tmp_path / "pack.docx")
    assert not (tmp_path / "pack.docx").exists()


def test_pack_every_source_of_a_quote_is_listed_once(analysis):
    view = pack_view(analysis)
    numbers = [quote["number"] for quote in view["sources"]]
    assert len(numbers) == len(set(numbers))
    assert {quote["number"] for card in view["cards"] for quote in card["quotes"]} <= set(numbers)
    assert [int(re.search(r"\d+", number)[0]) for number in numbers] == sorted(
        int(re.search(r"\d+", number)[0]) for number in numbers
    )


def test_pack_marks_the_words_of_a_machine(analysis):
    document = opened(render_pack(analysis))
    title = analysis.insight.issues[0].group.title
    runs = [
        run
        for run in document.element.body.iter(qn("w:r"))
        if "".join(t.text or "" for t in run.iter(qn("w:t"))) == title
    ]
    assert runs
    assert {run.find(f"{qn('w:rPr')}/{qn('w:rStyle')}").get(qn("w:val")) for run in runs} == {"Machine"}


@pytest.mark.parametrize("lang", ["th", "en"])
def test_pack_of_one_post_says_what_cannot_be_said(made, lang):
    one = load_analysis(made("one"))
    data = render_pack(one, lang, session="world-cafe")
    words = Words(lang)
    text = text_of(data)
    assert tuple(headings(data)) == HEADINGS[lang]
    for key in ("pack_none", "pack_no_issues", "limit_no_trend"):
        assert words(key) in text
    assert text.count(words("pack_sheet") + " ·") == 3, "a blank sheet for each table"
    assert words("pack_cards_note") not in text
    assert words("agenda_own") in text


# ---- issues, sessions, sheets


def test_pack_issues_by_rank_in_the_order_asked_for(analysis):
    ranks = [issue.rank for issue in analysis.insight.issues]
    assert [card["rank"] for card in pack_view(analysis, ranks=[*reversed(ranks), ranks[0]])["cards"]] == ranks[::-1]
    with pytest.raises(RunError, match="99"):
        render_pack(analysis, ranks=[99])
    with pytest.raises(SettingsError):
        render_pack(analysis, ranks=range(1, MOST_CARDS + 2))


def test_pack_an_early_voice_may_have_a_card_that_says_so(analysis):
    issue = replace(analysis.insight.issues[0], status="early")
    early = replace(analysis, insight=replace(analysis.insight, issues=(issue,)))
    assert Words("th")("pack_none") in text_of(render_pack(early))
    (card,) = pack_view(early, ranks=[issue.rank])["cards"]
    assert card["status_words"] == "เสียงแรกเริ่ม"
    assert f"{card['confidence_words']} · เสียงแรกเริ่ม" in text_of(render_pack(early, ranks=[issue.rank]))


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize("lang", ["th", "en"])
def test_agenda_runs_without_gaps_and_says_all(session, lang):
    agenda = agenda_view(session, [], Words(lang))
    times = [item["time"].split("–") for item in agenda["items"]]
    assert all(one[1] == other[0] for one, other in pairwise(times))
    assert times[-1][1] == {"half-day": "12.00", "one-day": "16.00", "world-cafe": "16.30"}[session]
    assert all(item["what"] for item in agenda["items"])


@pytest.mark.parametrize(
    ("session", "count", "tables", "places"),
    [
        ("half-day", 0, 2, ["1", "2"]),
        ("half-day", 1, 2, ["1", "2"]),
        ("half-day", 4, 4, ["1", "2", "3", "4", ""]),
        ("half-day", 7, 4, [""] * 8),  # the circle chooses first
        ("one-day", 1, 2, ["1 1", "1 2", "2 1", "2 2"]),
        ("one-day", 7, 4, ["1 1", "1 2", "1 3", "1 4", "2 1", "2 2", "2 3", "2 4"]),
        ("one-day", 12, 6, [*(f"{r} {t}" for r in (1, 2) for t in range(1, 7)), ""]),
        ("world-cafe", 1, 3, ["1", "2", "3"]),
        ("world-cafe", 7, 7, ["1", "2", "3", "4", "5", "6", "7", ""]),
    ],
)
def test_agenda_tables_and_sheets_follow_from_the_issues(session, count, tables, places):
    issues = [{"rank": n, "title": f"{n}", "session": {"questions": ["ก", "ข"]}} for n in range(1, count + 1)]
    agenda = agenda_view(session, issues, Words("th"))
    sheets = agenda["sheets"]
    assert agenda["tables"] == tables
    assert [" ".join(re.findall(r"\d+", sheet["place"])) for sheet in sheets] == places
    assert [sheet["issue"] for sheet in sheets if sheet["issue"]] == issues
    assert sheets[-1]["issue"] is None, "there is always a sheet for what is missing"
    assert {len(sheet["boxes"]) for sheet in sheets} == {3 if PLANS[session].moving else 2}
    assert bool(agenda["free"]) == (places[0] == "")


def test_pack_has_a_sheet_for_each(analysis):
    view = pack_view(analysis, session="one-day")
    document = opened(render_pack(analysis, session="one-day"))
    sheets = [p for p in document.paragraphs if p.style.name == "Sheet Title"]
    assert len(sheets) == len(view["agenda"]["sheets"])


# ---- Thai in Word


def test_pack_every_style_in_use_is_one_for_thai(analysis):
    data = render_pack(analysis)
    document = opened(data)
    styles = {style.style_id: style for style in document.styles}
    used = {styles["Normal"].style_id}
    for part in (document.element.body, document.sections[0].header._element, document.sections[0].footer._element):
        for tag in ("w:pStyle", "w:rStyle", "w:tblStyle"):
            used |= {one.get(qn("w:val")) for one in part.iter(qn(tag))}
    assert used >= {"Heading1", "Heading2", "Quote", "Cell", "TableGrid", "Machine", "Footer"}
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    for name, letters in [("defaults", defaults), *((one, styles[one].element.rPr) for one in sorted(used))]:
        assert letters.find(qn("w:rFonts")).get(qn("w:cs")) == "TH Sarabun New", name
        assert letters.find(qn("w:lang")).get(qn("w:bidi")) == "th-TH", name
        for latin, thai in (("w:sz", "w:szCs"), ("w:b", "w:bCs"), ("w:i", "w:iCs")):
            pair = [letters.find(qn(tag)) for tag in (latin, thai)]
            assert (pair[0] is None) == (pair[1] is None), name
            assert pair[0] is None or pair[0].get(qn("w:val")) == pair[1].get(qn("w:val")), name
    assert not list(document.element.body.iter(qn("w:b"), qn("w:sz"), qn("w:rFonts"))), (
        "only styles say how letters look"
    )


def test_pack_is_a4_with_page_numbers_and_a_table_of_contents(analysis):
    document = opened(render_pack(analysis))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert "PAGE" in section.footer._element.xml
    codes = [one.text for one in document.element.body.iter(qn("w:instrText"))]
    assert [code.split()[0] for code in codes] == ["TOC"]
    kinds = [one.get(qn("w:fldCharType")) for one in document.element.body.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]


def test_pack_template_that_ships_is_what_its_maker_makes():
    with zipfile.ZipFile(TEMPLATE) as shipped, zipfile.ZipFile(io.BytesIO(make_template())) as fresh:
        assert {name: shipped.read(name) for name in shipped.namelist()} == {
            name: fresh.read(name) for name in fresh.namelist()
        }


# ---- words of others


@pytest.mark.parametrize("session", SESSIONS)
def test_pack_shows_hostile_text_as_text(made, session):
    hostile = load_analysis(made("hostile"))
    assert "{{ 7 * 7 }}" in hostile.posts["0"].body, "this test would test nothing"
    data = render_pack(hostile, session=session, ranks=[issue.rank for issue in hostile.insight.issues][:MOST_CARDS])
    text = text_of(data)
    assert SHOWN in text
    assert "49" not in text.replace("2549", "")
    assert not set("\x07\x0b\u202e\ufffe") & set(text)
    assert tuple(headings(data)) == HEADINGS["th"]
    shown = [" ".join(quote["text"].split()) for card in pack_view(hostile)["cards"] for quote in card["quotes"]]
    cleaned = " ".join(text.split())
    for quote in shown:
        assert re.sub("[\x07\x0b\u202e\ufffe]", "\ufffd", quote) in cleaned


def test_pack_title_of_the_document_holds_any_name(analysis):
    odd = replace(analysis, archive=replace(analysis.archive, name="ก\x00<&{{ x }}" * 60))
    title = opened(render_pack(odd)).core_properties.title
    assert title.startswith("ชุดเอกสารสำหรับวงพูดคุย – ก\ufffd<&{{ x }}")
    assert len(title) == 255


def test_pack_masks_and_pseudonyms_leave_no_original(made, minecop, tmp_path):
    run = made("private").folder
    code, out, err = minecop(
        "pack", run, "-o", tmp_path / "p.docx", "--mask", "--pseudonyms", "--key", tmp_path / "key.json", "--issues", "1"
    )  # fmt: skip
    assert code == 0, err
    assert "p.docx" in out
    assert "key.json" in err
    data = (tmp_path / "p.docx").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        everything = b"".join(map(package.read, package.namelist())).decode(errors="replace")  # pictures are no text
    for secret in (*SECRETS, *AUTHORS):
        assert secret not in everything, secret
    assert "น้ำไม่ไหล" in text_of(data)


# ---- the same bytes


def test_pack_same_input_same_bytes(analysis, made):
    first = render_pack(analysis, session="world-cafe")
    assert render_pack(load_analysis(made("plain")), session="world-cafe") == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_pack_same_bytes_from_a_template_without_properties(analysis, tmp_path):
    path = own_template(tmp_path / "own.docx", "{{ draft }}")
    bare = tmp_path / "bare.docx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w") as target:
        for name in source.namelist():
            if name == "_rels/.rels":
                target.writestr(name, re.sub(rb"<Relationship [^>]*core-properties[^>]*/>", b"", source.read(name)))
            elif "core.xml" not in name:
                target.writestr(name, source.read(name))
    dates = {opened(render_pack(analysis, template=bare)).core_properties.modified for _ in range(2)}
    assert {date.year for date in dates} == {1980}


# ---- templates of users


def test_pack_template_of_a_users_own(analysis, tmp_path):
    template = own_template(
        tmp_path / "ours.docx",
        "วงของเรา: {{ name }} {{ t('pack_cards') }}",
        "{%p for issue in cards %}",
        "{{ issue.rank }} {{ issue.title | upper }} {{ issue.terms | join(', ') }}",
        "{%p endfor %}",
        "{% if selection %}{{ selection }}{% endif %}",
        footer="{{ draft }}",
    )
    text = text_of(render_pack(analysis, template=template))
    issue = analysis.insight.issues[0]
    assert f"วงของเรา: {analysis.archive.name} การ์ดประเด็น" in text
    assert f"1 {issue.group.title} {', '.join(issue.terms)}" in text
    assert Words("th")("draft") in text


def test_pack_template_with_empty_loops_leaves_nothing_that_word_refuses(made, tmp_path):
    document = Document()
    document.add_paragraph("{{ draft }}")
    table = document.add_table(rows=4, cols=2)
    for row, tag in ((0, "{%tr for issue in cards %}"), (2, "{%tr endfor %}")):
        table.cell(row, 0).text = tag
    table.cell(3, 0).text = "{%p for issue in cards %}"
    table.cell(3, 0).add_paragraph("{%p endfor %}")
    rows = document.add_table(rows=3, cols=1)
    for row, tag in ((0, "{%tr for issue in cards %}"), (2, "{%tr endfor %}")):
        rows.cell(row, 0).text = tag
    document.save(tmp_path / "own.docx")
    body = opened(render_pack(load_analysis(made("one")), template=tmp_path / "own.docx")).element.body
    (left,) = body.iter(qn("w:tbl"))
    assert all(cell.find(qn("w:p")) is not None for cell in left.iter(qn("w:tc")))


@pytest.mark.parametrize(
    ("lines", "key", "said"),
    [
        (["{{ draft }} {{ nmae }}"], "template_unknown_field", "nmae"),
        (["{{ draft }}", "{%p for issue in cards %}", "{{ issue.titel }}", "{%p endfor %}"], "template_unknown_field", "titel"),
        (["{{ draft }} {{ t('pack_crads') }}"], "template_unknown_field", "pack_crads"),
        (["{{ draft }} {% for x in %}"], "template_syntax", ""),
        (["{{ draft }}", "{%p for issue in cards %}"], "template_syntax", "endfor"),
        (["{{ draft }} {{ 1 / 0 }}"], "template_syntax", "zero"),
        (["{{ draft }} {{ name | safe }}"], "template_syntax", "safe"),
        (["{{ draft }} {{ ''.__class__.__mro__ }}"], "template_syntax", "unsafe"),
        (["{{ draft }} {{ cite.__globals__ }}"], "template_syntax", "unsafe"),
        (["ไม่มีช่องใดเลย"], "template_lacks", "draft"),
    ],
)  # fmt: skip
def test_pack_template_that_cannot_be_filled_is_said(analysis, tmp_path, lines, key, said):
    template = own_template(tmp_path / "ours.docx", *lines)
    with pytest.raises(InputError) as caught:
        render_pack(analysis, template=template)
    assert caught.value.key == key
    for lang in ("th", "en"):
        assert said in caught.value.text(lang)
        assert "ours.docx" in caught.value.text(lang)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (20 * 2**20))
    return out.getvalue()


def dotx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(TEMPLATE) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b"document.main+xml", b"template.main+xml"))
    return out.getvalue()


@pytest.mark.parametrize(
    "content", [lambda: b"", lambda: b"\xd0\xcf\x11\xe0" * 99, lambda: b"PK\x05\x06" + bytes(18), bomb, dotx]
)
def test_pack_template_that_is_no_word_document_is_said(analysis, tmp_path, content):
    (tmp_path / "ours.docx").write_bytes(content())
    with pytest.raises(InputError) as caught:
        render_pack(analysis, template=tmp_path / "ours.docx")
    assert caught.value.key == "template_unreadable"
    assert ".docx" in caught.value.text("th")


# ---- the command


def test_pack_command_writes_beside_the_run(made, minecop):
    run = made("plain").folder
    code, out, _ = minecop("pack", run, "--lang", "en", "--sessions", "one-day")
    assert code == 0
    assert out.startswith(f"The session pack is {run / 'session-pack.docx'}")
    assert tuple(headings((run / "session-pack.docx").read_bytes())) == HEADINGS["en"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--issues", "99"], 1, "minecop issues"),
        (["--issues", "one"], 2, "1,3,5"),
        (["--sessions", "week"], 2, "half-day"),
        (["--template", "none.docx"], 1, "none.docx"),
    ],
)
def test_pack_command_wrong_calls_are_one_clear_line(made, minecop, tmp_path, options, code, said):
    found, out, err = minecop("pack", made("plain").folder, "-o", tmp_path / "p.docx", *options)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err
    assert not (tmp_path / "p.docx").exists()
