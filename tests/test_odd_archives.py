"""Archives that nobody would write on purpose: every one ends in a report or in one clear error."""

import json
import random
from functools import partial

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_qda import check_project
from test_report_schema import SCHEMA

from minecop.archive.models import Account
from minecop.archive.readers.textpage import read_textpage
from minecop.report.qda import render_qdpx
from minecop.report.rendering import write_reports
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

LETTERS = list("กขคงนมรสอเแโใไะาำิีึืุู่้๊๋ํ์ๆ ฯ๑๒12aB.\n\r\t•-<>&\"'{}$\u200b\u00a0\u2028\u202e\ufeff\x00😀")
PIECES = [
    "ท่อน้ำ",
    "แตก",
    "ขอบคุณครับ",
    "ไม่รู้จะทำอย่างไร",
    "เด็ก",
    "1.",
    "- ",
    "ตอนที่ ๓",
    "(3)",
    "หมายถึง",
    "\n\n",
    "กังวล",
    "มีใครเคย",
    "บ้างครับ",
    "ที่บ้านเรา",
    "gotoknow",
    "=cmd",
    "http://x.y/z",
]
ADDRESSES = ["http://a.example/7", "javascript:x", "http://[bad", "//x", "http://b.example/a/b?c#d"]


def odd_text(dice: random.Random) -> str:
    kind = dice.random()
    if kind < 0.2:
        return "".join(dice.choices(LETTERS, k=dice.randrange(1, 400)))
    if kind < 0.25:
        return dice.choice(LETTERS) * dice.randrange(1, 3000)
    return "".join(dice.choice(PIECES) + dice.choice([" ", "", "\n"]) for _ in range(dice.randrange(1, 120)))


def odd_post(dice: random.Random, number: int) -> dict:
    text = partial(odd_text, dice)
    fields = {
        "id": dice.choice([str(number), "a/b", "..", "CON", str(dice.randrange(3)), ""]),
        "url": dice.choice(ADDRESSES),
        "title": text()[:80],
        "author": f"u{dice.randrange(6)}",
        "author_name": text()[:20],
        "community": dice.choice(["c1", "c2", ["c1", "c2"], [], 5]),
        "published": dice.choice(["2010-05-01", "2553-05-01", "เมื่อวาน", "0001-01-01", "9999-12-31"]),
    }
    comments = [{"author": f"u{dice.randrange(9)}", "body": text()} for _ in range(dice.randrange(5))]
    return {name: value for name, value in fields.items() if dice.random() < 0.7} | {
        "body": text(),
        "comments": comments,
    }


@pytest.mark.parametrize("seed", range(8))
def test_odd_archive_ends_in_a_report(jsonl, tmp_path, seed):
    dice = random.Random(seed)
    posts = [odd_post(dice, number) for number in range(dice.choice([1, 2, 3, 8, 30]))]
    posts.append({"body": "อย่างน้อยมีชิ้นหนึ่งที่อ่านได้"})
    run = analyse(jsonl(posts), tmp_path / "run")
    for lang in ("th", "en"):
        analysis = load_analysis(run)
        page = write_reports(analysis, tmp_path / "report", lang)
        check_project(render_qdpx(analysis, lang), analysis)
        assert openpyxl.load_workbook(tmp_path / "report" / "report.xlsx").sheetnames
        assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
        SCHEMA.validate(json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8")))


@given(
    st.lists(
        st.one_of(
            st.text(max_size=60),
            st.sampled_from(
                [
                    "\n\n",
                    "หมายเลขบันทึก: 7เขียนเมื่อ 9 พฤษภาคม 2006 05:51 น. ()",
                    "ความเห็น (3)\n",
                    "• ก",
                    "สมชาย ใจดี",
                    "ClassStart",
                ]
            ),
        ),
        max_size=20,
    )
)
def test_odd_text_is_read_or_refused(parts):
    account = Account()
    posts = list(read_textpage("\n".join(parts), "p.txt", account))
    assert len(posts) + account.count("refused") >= 1
    for post in posts:
        assert [comment.position for comment in post.comments] == list(range(1, len(post.comments) + 1))
        assert all(comment.body.strip() for comment in post.comments)
