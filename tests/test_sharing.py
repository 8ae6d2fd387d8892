"""What is handed on: no name, nothing that too few people stand behind, no text but quotes - whatever the file."""

import csv
import html
import io
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from test_report_schema import SCHEMA

from minecop.core.errors import SettingsError
from minecop.insight.analysis import LEFT_OUT, quotes_in
from minecop.insight.evidence import step_quotes
from minecop.insight.groups import group_of
from minecop.insight.models import Trend, Voice
from minecop.insight.privacy import Privacy
from minecop.insight.profiles import profile_of
from minecop.insight.session import session_for
from minecop.insight.sharing import rename_communities, with_fewest
from minecop.insight.slices import slices_of
from minecop.insight.splits import step_profiles
from minecop.insight.trends import TrendMeter
from minecop.report.pack import render_pack
from minecop.report.qda import render_qdpx
from minecop.report.rendering import RENDERERS, render_html, render_json, render_markdown
from minecop.report.words import Words
from minecop.run.exporting import export_qda, export_run
from minecop.run.masking import with_privacy
from minecop.text.namewords import is_common

OTHERS = "ชุมชนอื่น ๆ"
OF_POSTS = ("posts.jsonl", "posts.csv", "comments.csv")
RUN = 60
"""Characters in a row of a source that no file may have outside quotes."""


def unpacked(data: bytes, packed: bool) -> str:
    """All text of a file, that of all members of a zip, without markup."""
    if not packed:
        return html.unescape(data.decode("utf-8"))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        texts = (parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
        return "\n".join(html.unescape(re.sub(r"<[^>]*>", "", text)) + text for text in texts)


def texts_in(folder: Path) -> dict[str, str]:
    packed = {".xlsx", ".docx", ".qdpx"}
    return {path.name: unpacked(path.read_bytes(), path.suffix in packed) for path in sorted(folder.iterdir())}


def rows_of(folder: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((folder / name).read_text(encoding="utf-8-sig"), newline="")))


@pytest.fixture(scope="module")
def masked(masked_analysis, sample_run, tmp_path_factory):
    """An export with masks and pseudonyms, and the same as a project for qualitative analysis."""
    folder = tmp_path_factory.mktemp("masked")
    export_run(masked_analysis, sample_run, folder)
    return texts_in(folder) | {"ours.qdpx": unpacked(render_qdpx(masked_analysis), packed=True)}


@pytest.fixture(scope="module")
def guarded(sample_analysis):
    return with_fewest(sample_analysis, 3, OTHERS)


@pytest.fixture(scope="module")
def guarded_folder(guarded, sample_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    for name in ("export.json", *OF_POSTS):  # an earlier export, that had all
        (folder / name).write_text("{}", encoding="utf-8")
    export_run(guarded, sample_run, folder)
    return folder


@pytest.fixture(scope="module")
def quoted_folder(sample_analysis, sample_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quoted")
    export_run(replace(sample_analysis, source_text=False), sample_run, folder)
    return folder


# ---- names


def names_of_authors(analysis) -> set[str]:
    """By what names the authors go, without those that are ordinary words."""
    forms = {name for post in analysis.archive.posts for one in post.texts for name in (one.author_id, one.author_name)}
    for person in analysis.archive.people.values():
        forms |= {person.author_id, person.name, *person.aliases}
    return {form for form in forms if form and len(form) > 3 and not is_common(form)}


def test_sharing_with_pseudonyms_no_name_of_an_author_is_in_any_file(masked, sample_analysis):
    forms = names_of_authors(sample_analysis)
    assert len(forms) > 60
    assert {"report.xlsx", "session-pack.docx", "ours.qdpx", "posts.jsonl"} <= masked.keys()
    for name, text in masked.items():
        assert not [form for form in forms if form in text], name


def test_sharing_with_pseudonyms_alone_no_name_of_an_author_is_left(sample_analysis, sample_run, tmp_path):
    analysis = with_privacy(sample_analysis, sample_run, tmp_path / "key.json", mask=False, pseudonyms=True)
    written = " ".join(
        text
        for post in map(analysis.privacy.post, analysis.archive.posts)
        for text in (post.title or "", *(one.body for one in post.texts))
    )
    assert not [form for form in names_of_authors(sample_analysis) if form in written]


def test_sharing_with_masks_no_masked_span_is_shown_where_it_stood(masked, masked_analysis):
    privacy = masked_analysis.privacy
    shown = 0
    for (post_id, comment, part), masks in [*privacy.masks.items()][::4]:
        post = masked_analysis.posts[post_id]
        text = post.text(comment) if part == "body" else getattr(post, part)
        for mask in masks:
            around = text[max(0, mask.start - 6) : mask.end + 6]  # a name may be a word elsewhere
            shown += 1
            assert not [name for name, written in masked.items() if around in written], around
    assert shown > 100


# ---- few people


def counts_in(value: object, path: str = "") -> list[tuple[str, int]]:
    """Every count of people, and length of a list of people, in a report."""
    people = {"author_ids", "adding", "asking", "stuck", "agreeing", "doubting", "settling"}
    counts = {"authors", "before", "lately"}
    found = []
    if isinstance(value, dict):
        for name, one in value.items():
            here = f"{path}/{name}"
            if name in people:
                found.append((here, len(one)))
            elif name in counts and isinstance(one, int):
                found.append((here, one))
            elif name == "periods" and all(isinstance(each, int) for each in one):
                found += [(here, each) for each in one]
            elif name == "steps" and isinstance(one, dict):
                found += [(here, each) for each in one.values()]
            else:
                found += counts_in(one, here)
    elif isinstance(value, list):
        for one in value:
            found += counts_in(one, path)
    return found


@pytest.mark.parametrize("fewest", [3, 10])
def test_sharing_no_count_of_fewer_people_is_in_the_report(sample_analysis, fewest):
    report = json.loads(render_json(with_fewest(sample_analysis, fewest, OTHERS)))
    SCHEMA.validate(report)
    counts = counts_in(report)
    assert len(counts) > 500
    assert not [one for one in counts if 0 < one[1] < fewest]
    assert report["min_authors"] == fewest
    assert report["left_out"]["issues"] > 50
    all_counts = counts_in(json.loads(render_json(sample_analysis)))
    assert [one for one in all_counts if 0 < one[1] < fewest], "this test would not notice"


def test_sharing_what_is_left_out_is_in_no_file(sample_analysis, guarded, guarded_folder):
    assert not {*OF_POSTS} & {path.name for path in guarded_folder.iterdir()}, "nor of an earlier export"
    kept = guarded.insight
    gone = [issue for issue in sample_analysis.insight.issues if len(issue.group.author_ids) < 3]
    shown_by = [quote.text for quote in quotes_in(kept)]
    shown_by += [one.quote.text for step in kept.steps for one in step_quotes(guarded, step)]
    shown_by += [guarded.words_of(lesson.voice) for lesson in kept.lessons]
    quotes = {quote.text for issue in gone for quote in issue.quotes if len(quote.text) > 30}
    quotes = {text for text in quotes if not any(text in other or other in text for other in shown_by)}
    ids = {issue.group.id for issue in gone} - {issue.group.id for issue in kept.issues}
    assert min(len(quotes), len(ids)) > 40
    for name, text in texts_in(guarded_folder).items():
        assert not [one for one in ids if one in text], name
        if name not in {"issues.csv", "report.xlsx", "passages.csv"}:  # what they say may be of something else, too
            assert not [one for one in quotes if one in text], name
    shown = rows_of(guarded_folder, "issues.csv")
    assert shown and all(int(row["authors"]) >= 3 for row in shown)
    assert {row["rank"] for row in shown} == {str(issue.rank) for issue in kept.issues}


def test_sharing_table_of_passages_has_those_of_what_is_shown(sample_analysis, sample_run, tmp_path):
    fewest = 1 + min(len(step.author_ids) for step in sample_analysis.insight.steps)  # a step at least is left out
    guarded = with_fewest(sample_analysis, fewest, OTHERS)
    export_run(guarded, sample_run, tmp_path)
    rows = rows_of(tmp_path, "passages.csv")
    groups = {kind: {} for kind in ("topic", "step")}
    topics = {topic.group.id for topic in guarded.insight.topics} | {"-1"}
    steps = {step.id for step in guarded.insight.steps if step.members} | {"0"}
    hidden = [step.id for step in guarded.insight.steps if not step.members]
    assert hidden
    for row in rows:
        assert row["topic"] in topics and row["step"] in steps
        assert not [step for step in hidden if row[f"step_{step}"]]
        for kind, people in groups.items():
            people.setdefault(row[kind], set()).add(row["author_id"])
    members = {voice.passage_id for topic in guarded.insight.topics for voice in topic.group.members}
    assert members <= {row["passage_id"] for row in rows}
    assert len(rows) < guarded.insight.funnel["passages"]


def test_sharing_says_what_is_left_out_and_how_many(guarded, guarded_folder):
    assert set(guarded.left_out.counts) == set(LEFT_OUT)
    for lang, said in (("th", "อย่างน้อย 3 คนอยู่เบื้องหลัง"), ("en", "at least 3 people stand behind")):
        line = next(line for line in render_markdown(guarded, lang).splitlines() if said in line)
        assert str(guarded.left_out.counts["issues"]) in line
        assert "--pseudonyms" in line
    assert "อย่างน้อย 3 คนอยู่เบื้องหลัง" in texts_in(guarded_folder)["session-pack.docx"]
    about = json.loads((guarded_folder / "export.json").read_text(encoding="utf-8"))
    assert (about["min_authors"], about["source_text"]) == (3, True)


@pytest.mark.parametrize("lang", ["th", "en"])
def test_sharing_where_all_is_left_out_says_so_and_not_that_there_is_nothing(sample_analysis, lang):
    nothing = with_fewest(sample_analysis, 1000, OTHERS)
    assert not (nothing.insight.issues or nothing.insight.lessons or nothing.insight.topics)
    for render in (render_html, render_markdown):
        page, words = render(nothing, lang), Words(lang)
        assert words("candidates_left_out") in page and words("none_of_enough") in page
        assert words("candidates_none") not in page
        assert words("gap_unknown", count=1000) in html.unescape(page)


def test_sharing_small_communities_are_one_and_named_nowhere(sample_analysis):
    guarded = with_fewest(sample_analysis, 10, OTHERS)
    groups = {group.title: len(group.author_ids) for group in guarded.insight.communities}
    small = {g.title for g in sample_analysis.insight.communities if 0 < len(g.author_ids) < 10}
    assert len(small) == guarded.left_out.counts["communities"] == 3
    assert groups[OTHERS] == 27 and all(count >= 10 for count in groups.values() if count)
    for file, render in (RENDERERS | {"pack": render_pack}).items():
        data = render(guarded, "th")
        text = unpacked(data, packed=True) if isinstance(data, bytes) else data
        assert not [name for name in small if name in text], file


def test_sharing_leaves_an_analysis_alone_where_one_is_enough(sample_analysis):
    assert with_fewest(sample_analysis, 1, OTHERS) is sample_analysis


def test_sharing_what_is_computed_later_looks_at_the_same_bar(guarded, sample_analysis):
    assert {voice.passage_id for voice in guarded.step_voices} == {v.passage_id for v in sample_analysis.step_voices}
    whole = profile_of(guarded.step_voices, guarded.steps)
    before = profile_of(sample_analysis.step_voices, sample_analysis.steps)
    for step, was in zip(whole.steps, before.steps, strict=True):
        assert step == was if was.authors >= 3 else (step.authors, step.passages, step.share) == (0, 0, None)
        assert whole.coverage(step) == (before.coverage(was) if was.authors >= 3 else "unknown")
    for by in ("community", "profession", "issue", "year"):
        for profile in step_profiles(guarded, by).values():
            assert profile.authors >= 3 and not [one for one in profile.steps if 0 < one.authors < 3]
        slices = slices_of(guarded, by) if by != "issue" else None
        assert slices is None or all(one.authors >= 3 for one in slices.slices)
    for issue in guarded.insight.issues:
        session = session_for(guarded, issue)
        assert all(len(one.author_ids) >= 3 for one in session.invited)
        assert not [count for one in session.invited for _, count in one.professions if count < 3]
        assert "doubts" not in session.unknown


def voice(name: str, author: str | None, community: str | None) -> Voice:
    return Voice(f"{name}/0/0", name, None, 0, 5, author, community, None)


def test_sharing_joins_the_smallest_communities_until_they_are_enough(empty_analysis):
    people = {"ก": 1, "ข": 4, "ค": 5, "ง": 9, "": 2}
    groups = tuple(
        group_of(name, name, [voice(f"{name}{n}", f"{name}{n}", name or None) for n in range(count)], TrendMeter([]))
        for name, count in people.items()
    )
    analysis = replace(empty_analysis, insight=replace(empty_analysis.insight, communities=groups))

    def joined(fewest: int) -> dict[str, int]:
        communities = with_fewest(analysis, fewest, OTHERS).insight.communities
        return {group.title: len(group.author_ids) for group in communities}

    assert joined(2) == {OTHERS: 3, "ข": 4, "ค": 5, "ง": 9}  # one alone would be known by what is left
    assert joined(3) == {OTHERS: 3, "ข": 4, "ค": 5, "ง": 9}
    assert joined(5) == {OTHERS: 7, "ค": 5, "ง": 9}
    assert joined(99) == {OTHERS: 21}
    shown = with_fewest(analysis, 3, OTHERS)
    assert {voice.community for voice in shown.voices} == {OTHERS, "ข", "ค", "ง", None}
    assert shown.left_out.counts["communities"] == 2


def test_sharing_names_of_communities_change_everywhere(sample_analysis):
    old = next(group.title for group in sample_analysis.insight.communities if group.author_ids)
    renamed = rename_communities(sample_analysis, {old: "ชื่อใหม่"})
    assert old not in render_json(renamed) + render_markdown(renamed)
    assert len(renamed.insight.communities) == len(sample_analysis.insight.communities)
    assert renamed.privacy.communities == {old: "ชื่อใหม่"}
    again = rename_communities(renamed, {"ชื่อใหม่": OTHERS})
    assert again.privacy.communities[old] == OTHERS
    blank = {author: replace(one, home_community="") for author, one in sample_analysis.archive.people.items()}
    homeless = replace(sample_analysis, archive=replace(sample_analysis.archive, people=blank))
    assert OTHERS not in rename_communities(homeless, {"": OTHERS}).homes.values()


def test_sharing_counts_over_time_stay_only_where_none_is_small(guarded, sample_analysis):
    before = {issue.group.id: issue.group.trend for issue in sample_analysis.insight.issues}
    for issue in guarded.insight.issues:
        trend = issue.group.trend
        assert trend == before[issue.group.id] or trend == Trend(before[issue.group.id].direction)
    assert [issue for issue in guarded.insight.issues if not issue.group.trend.periods]


# ---- texts


def test_sharing_without_source_texts_has_quotes_and_nothing_else(quoted_folder, sample_analysis):
    quotes = [*quotes_in(sample_analysis.insight)]
    quotes += [one.quote for step in sample_analysis.insight.steps for one in step_quotes(sample_analysis, step)]
    letters: dict[tuple[str, int | None], set[int]] = {}
    for quote in quotes:
        letters.setdefault((quote.post_id, quote.comment), set()).update(range(quote.start, quote.end))
    bodies, pieces = [], []
    for post in sample_analysis.archive.posts:
        for one in post.texts:
            bodies.append(one.body)
            own = letters.get((post.id, getattr(one, "position", None)), ())
            pieces.append("".join(letter if place in own else "\0" for place, letter in enumerate(one.body)))

    def even(text: str) -> str:
        return " ".join(text.split())

    shown = "\0".join(map(even, pieces))
    runs = {even(body)[n : n + RUN] for body in bodies for n in range(0, len(even(body)) - RUN, RUN // 3)}
    unquoted = {run for run in runs if run == run.strip() and run not in shown}
    assert len(unquoted) > 3000
    for name, text in texts_in(quoted_folder).items():
        text = even(text.replace("\n\n", "\0").replace("\n> ", "\n"))
        assert not [n for n in range(len(text) - RUN) if text[n : n + RUN] in unquoted], name


def test_sharing_without_source_texts_keeps_the_quotes_where_they_stand(quoted_folder, sample_analysis):
    rows = rows_of(quoted_folder, "issues.csv")
    told = [row["quoted_text"] for row in rows if row["quoted_text"]]
    assert 0 < len(told) < len(rows)
    for issue in sample_analysis.insight.issues[:10]:
        assert [text for text in told if issue.quotes[0].text in text]
    lessons = {lesson.quote.text for lesson in sample_analysis.insight.lessons}
    for row in rows_of(quoted_folder, "lessons.csv"):
        assert any(quote in row["text"] for quote in lessons)
    assert "text" not in rows_of(quoted_folder, "passages.csv")[0]
    posts = rows_of(quoted_folder, "posts.csv")
    assert len(posts) == len(sample_analysis.archive.posts) and not [row for row in posts if row["body"]]
    assert not [row for row in rows_of(quoted_folder, "comments.csv") if row["body"]]
    assert not (quoted_folder / "posts.jsonl").exists()
    assert "เฉพาะคำพูดที่เลือกมาแสดง" in texts_in(quoted_folder)["report.xlsx"]
    assert json.loads((quoted_folder / "report.json").read_text(encoding="utf-8"))["source_text"] is False


def test_sharing_a_project_of_texts_is_refused_where_there_are_to_be_none(guarded, sample_analysis, tmp_path):
    for analysis in (guarded, replace(sample_analysis, source_text=False)):
        with pytest.raises(SettingsError) as refused:
            export_qda(analysis, tmp_path / "ours.qdpx")
        assert "--no-source-text" in refused.value.text("th") and ".qdpx" in refused.value.text("en")
    assert not list(tmp_path.iterdir())


# ---- words beside the texts


def test_sharing_words_out_of_texts_are_masked_as_whole_words():
    privacy = Privacy(authors={"a": "ผู้เขียน 1"}, originals={"สมศรี": "[ผู้เขียน 1]", "งาน": "[บุคคล 2]"})
    assert privacy.label("บ้านสมศรีรั่ว") == "บ้าน[ผู้เขียน 1]รั่ว"
    assert privacy.label("สมศรีี เสมศรี") == "สมศรีี เสมศรี"
    assert privacy.label("งานบุญ") == "งานบุญ"
    red = Privacy(authors={"a": "ผู้เขียน 1"}, originals={"แดง": "[บุคคล 2]"})
    assert red.label("เสื้อแดงของลุงแดง") == "เสื้อแดงของลุง[บุคคล 2]"
    assert privacy.person("สมศรี") == "[ผู้เขียน 1]"
    assert privacy.person("ลุงดำ") == "[…]"
    assert privacy.person("") == ""
    assert Privacy().person("ลุงดำ") == "ลุงดำ"
    masking = replace(privacy, masks={("1", None, "body"): ()})
    assert masking.note("โทรหาสมศรี 081-234-5678") == "โทรหา[ผู้เขียน 1] […]"
    assert privacy.note("โทร 081-234-5678") == "โทร 081-234-5678"
