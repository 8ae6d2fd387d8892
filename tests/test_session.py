"""Issues as a group takes them up: their order, their names, how sure they are, and what a session needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from minecop.archive.models import Person
from minecop.insight.analysis import Analysis
from minecop.insight.candidates import find_candidates, with_stability
from minecop.insight.clauses import telling_clauses
from minecop.insight.models import Grounds, Trend
from minecop.insight.naming import Namer
from minecop.insight.ordering import ORDERS, in_order
from minecop.insight.session import session_for
from minecop.report.session import session_view
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse
from minecop.text.words import phrases, words
from minecop.vectors.models import shipped_model

WATER = "ท่อน้ำแตกอีกแล้ว น้ำไม่ไหลมาสามวัน หนักใจมาก ยังไม่รู้จะไปพึ่งใคร อยากให้มีช่างประจำตำบลสักคนก็คงดี "


@pytest.fixture(scope="module")
def analysis(tmp_path_factory) -> Analysis:
    import json

    folder = tmp_path_factory.mktemp("session")
    posts = [
        {
            "id": str(n),
            "title": f"เรื่องน้ำ {'กขคงจ'[n]}",
            "author": f"p{n}",
            "community": [["เหนือ", "ใต้"][n % 2]],
            "published": f"2010-0{n + 1}-01",
            "body": WATER + f"ที่บ้าน{'กขคงจ'[n]}เดือดร้อนกันทั้งคุ้ม",
        }
        for n in range(5)
    ]
    posts.append(
        {
            "id": "9",
            "author": "far",
            "community": ["ตะวันตก"],
            "published": "2010-03-01",
            "body": "วันนี้ไปเที่ยวทะเลกับลูก สนุกดีค่ะ กินปูด้วย",
        }
    )
    source = folder / "posts.jsonl"
    source.write_text("\n".join(json.dumps(post, ensure_ascii=False) for post in posts), encoding="utf-8")
    found = load_analysis(analyse(source, folder / "run"))
    people = [
        Person("p0", profession="ครู", group="การศึกษา"),
        Person("p2", profession="ครู"),
        Person("far", group="ท่องเที่ยว"),
    ]
    found.archive.people.clear()
    found.archive.people.update({person.author_id: person for person in people})
    return found


def test_session_tells_whom_to_invite_and_who_has_not_been_heard(analysis):
    issue = analysis.insight.issues[0]
    assert issue.status == "shared"
    session = session_for(analysis, issue)
    assert [(one.community, len(one.author_ids)) for one in session.invited] == [("เหนือ", 3), ("ใต้", 2)]
    assert session.invited[0].professions == (("ครู", 2),)
    assert session.unheard_communities == ("ตะวันตก",)
    assert session.unheard_groups == ("ท่องเที่ยว",)
    assert {"trend", "provinces", "tried", "doubts"} <= set(session.unknown)
    assert "wishes" not in session.unknown
    assert all("อยากให้" in analysis.verified(wish).text for wish in issue.wishes)


def test_session_questions_are_asked_with_words_of_the_archive(analysis):
    issue = analysis.insight.issues[0]
    view = session_view(analysis, issue, Words("th"))
    good, tension = view["questions"]
    assert analysis.verified(issue.headline).text in good
    assert analysis.verified(issue.wishes[0]).text in tension
    doubted = replace(issue, objection=issue.quotes[1])
    assert "อีกเสียงว่า" in session_view(analysis, doubted, Words("th"))["questions"][1]
    gap = replace(issue, wishes=(), grounds=Grounds(steps={6: 4}, gaps=(3,)))
    names = {step.number: step.names["th"] for step in analysis.process.steps}
    asked = session_view(analysis, gap, Words("th"))["questions"][1]
    assert names[6] in asked
    assert names[3] in asked


@pytest.mark.parametrize("by", ORDERS)
def test_order_is_by_what_is_asked_for_and_ranks_stay(analysis, by):
    first = analysis.insight.issues[0]
    low = replace(first, rank=1, grounds=Grounds())
    high = replace(
        first,
        rank=2,
        agreement=9.0,
        group=replace(
            first.group,
            author_ids=tuple(f"a{n}" for n in range(20)),
            community_names=tuple("กขคงจฉ"),
            trend=Trend("rising", 1, 9, 4.0, 2.0, 8.0),
        ),
        grounds=Grounds(9.0, ("ก", "ข"), ("ก", "ข"), (), ("x", "y"), ("x",), ("y",), (), ("x",), (), 3, 2, {}, (), 0.9),
    )
    early = replace(high, rank=3, status="early")
    shuffled = replace(analysis, insight=replace(analysis.insight, issues=(early, low, high)))
    ranks = [issue.rank for issue in in_order(shuffled, by).insight.issues]
    assert ranks == ([1, 2, 3] if by == "rank" else [2, 1, 3])


def test_stability_is_of_what_is_found_again_without_a_fifth():
    likeness = np.full((40, 40), -0.5, dtype=np.float32)
    likeness[:15, :15] = 2.5  # a firm group
    for n in range(20, 30):  # and a chain, of which each is like the next alone
        likeness[n, n + 1] = likeness[n + 1, n] = 3.0
    np.fill_diagonal(likeness, 0)
    posts = [str(n) for n in range(40)]
    steady = Trend("steady", ratio=1.0, low=0.5, high=2.0)

    def measure(some):
        return len(some) >= 3, float(len(some)), steady

    found = with_stability(find_candidates(likeness, posts, measure), likeness, posts, measure)
    stability = {candidate.tellings[0]: candidate.stability for candidate in found}
    assert stability[0] > 0.95
    assert all(value < 0.8 for first, value in stability.items() if first)


def test_title_is_the_clause_nearest_to_what_all_say():
    """By meaning, not by the words that happen to be common; what is half a sentence, a number's or somebody's is none."""
    texts = [
        "ฝนตกแต่เช้าเลยนะ กรอกข้อมูลซ้ำทุกเดือนจนไม่มีเวลาดูคนไข้",
        "สวัสดีค่ะพี่ทุกคน ต้องคีย์รายงานชุดเดิมส่งสามหน่วยงาน ขอบคุณมากค่ะ",
        "ข้อมูลชุดเดิมแต่ต้องกรอกใหม่อีกระบบ แล้วก็ที่ต้อง",
    ]
    encode = shipped_model().encode_words
    vectors, nothing = encode(list(map(words, texts))), [[]] * 3
    found = telling_clauses(texts, vectors, np.array([0.9, 0.6, 0.6]), [["ไม่มีเวลา"], [], []], ["กรอก"], encode)
    assert found[0] == "กรอกข้อมูลซ้ำทุกเดือนจนไม่มีเวลาดูคนไข้"
    assert set(found[1:3]) == {"ต้องคีย์รายงานชุดเดิมส่งสามหน่วยงาน", "ข้อมูลชุดเดิมแต่ต้องกรอกใหม่อีกระบบ"}
    assert not any(clause.startswith("แล้ว") or clause.endswith("นะ") for clause in found)
    places = [
        telling_clauses(texts, vectors, np.array(voicing), nothing, [], encode).index(found[1])
        for voicing in ([0.1, 0.9, 0.9], [0.9, 0.1, 0.1])
    ]
    assert places[0] < places[1], "whoever voices something comes first"
    named = Namer([phrases(words(text)) for text in texts], np.arange(3), ["คุณข้อมูล"])
    assert not named.names_nobody(found[0]) and named.names_nobody("ฝนตกแต่เช้าเลย")


def test_title_of_texts_without_a_clause():
    encode = shipped_model().encode_words
    texts = ["555", "ค่ะ", "https://example.org"]
    assert not telling_clauses(texts, encode(list(map(words, texts))), np.zeros(3), [[]] * 3, [], encode)
