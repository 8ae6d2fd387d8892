"""Sources for papers: one entry a post, that BibTeX can read whatever people wrote."""

import re
from dataclasses import replace

import pytest
from test_report import shared_posts

from minecop.archive.posts import Posts
from minecop.core.errors import QuoteError
from minecop.report.citing import render_bibtex
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def entries(text: str) -> dict[str, dict[str, str]]:
    """Read entries as BibTeX does: by counting braces, whatever stands before them."""
    found = {}
    for kind, key, body in re.findall(r"@(\w+)\{([^,\s{}]+),\n((?:  .*\n)*)\}\n", text):
        assert kind == "online"
        assert key not in found
        found[key] = {}
        for line in body.splitlines():
            name, value = re.fullmatch(r"  (\w+) = \{(.*)\},", line).groups()
            depth = 0
            for mark in re.findall(r"[{}]", value):
                depth += 1 if mark == "{" else -1
                assert depth >= 0, line
            assert depth == 0, line
            found[key][name] = value
    assert text.count("@online{post-") == len(found)
    return found


def test_bibtex_has_every_post_of_an_issue_once(sample_analysis):
    found = entries(render_bibtex(sample_analysis, "en"))
    posts = {voice.post_id for issue in sample_analysis.insight.issues for voice in issue.group.members}
    assert {f"post-{post}" for post in posts} <= set(found) <= {f"post-{post}" for post in sample_analysis.posts}
    for key, entry in found.items():
        post = sample_analysis.posts[key.removeprefix("post-")]
        assert entry.get("date", "") == (
            post.published.date().isoformat()[: 7 if post.estimated else 10] if post.published else ""
        )
        assert entry.get("url", "") == (post.url or "")
        if post.author_id:
            assert entry["author"] == f"{{{sample_analysis.names[post.author_id]}}}"
    assert any(entry.get("note", "").startswith("community: ") for entry in found.values())


def test_bibtex_escapes_what_tex_takes_for_markup(jsonl, tmp_path):
    posts = shared_posts()
    title, posts[2]["title"] = posts[2]["title"], r"50% & {ก} _#_ $x$ ~ ^ \\input{y} \" @misc{z,"
    posts[3]["url"] = "http://a.example/{3}\\ ก%20"
    posts[4]["id"] = "blog.example/เรื่อง 4"
    analysis = load_analysis(analyse(jsonl(posts), tmp_path / "run"))
    found = entries(render_bibtex(analysis))
    assert title not in found["post-2"]["title"]
    assert found["post-2"]["title"].startswith(r"{50\% \& \textbraceleft{}ก\textbraceright{} \_\#\_ \$x\$")
    assert found["post-3"]["url"] == "http://a.example/%7B3%7D%5C%20ก%20"
    assert "url" not in found["post-0"], "javascript: is no address"
    (odd,) = (key for key in found if "blog.example" in key)
    assert re.fullmatch(r"post-blog\.example/-4-[0-9a-f]{8}", odd)
    assert all(re.fullmatch(r"[A-Za-z0-9.:/-]+", key) for key in found)


def test_bibtex_with_pseudonyms_names_nobody_and_no_address(sample_analysis, masked_analysis):
    text = render_bibtex(masked_analysis)
    found = entries(text)
    assert set(found) == set(entries(render_bibtex(sample_analysis)))
    assert not [entry for entry in found.values() if "url" in entry]
    assert {entry["author"].strip("{}") for entry in found.values() if "author" in entry} <= {
        *masked_analysis.privacy.authors.values()
    }


def test_bibtex_of_nothing_is_nothing(empty_analysis):
    insight = replace(empty_analysis.insight, issues=(), topics=(), lessons=(), steps=())
    assert render_bibtex(replace(empty_analysis, insight=insight)) == ""


def test_bibtex_estimated_date_is_a_month(sample_analysis):
    dated = next(post for post in sample_analysis.archive.posts if post.published and not post.estimated)
    archive = replace(sample_analysis.archive, posts=Posts([replace(dated, estimated=True)]))
    (entry,) = entries(_of_all(replace(sample_analysis, archive=archive))).values()
    assert entry["date"] == f"{dated.published:%Y-%m}"


def _of_all(analysis) -> str:
    """Entries of every post."""
    members = tuple(
        replace(analysis.insight.issues[0].group.members[0], post_id=post.id) for post in analysis.archive.posts
    )
    issue = analysis.insight.issues[0]
    issue = replace(issue, group=replace(issue.group, members=members), quotes=(), wishes=(), objection=None)
    insight = replace(analysis.insight, issues=(issue,), topics=(), steps=(), lessons=())
    return render_bibtex(replace(analysis, insight=insight))


def test_bibtex_a_quote_that_is_not_its_source_stops_it(sample_analysis):
    topic, *topics = sample_analysis.insight.topics
    wrong = replace(topic, quotes=(replace(topic.quotes[0], text="ไม่ได้พูดอย่างนี้"),))
    broken = replace(sample_analysis, insight=replace(sample_analysis.insight, topics=(wrong, *topics)))
    with pytest.raises(QuoteError):
        render_bibtex(broken)
