"""The pages in the browser: what is found, what is shown, and who may see it."""

import json
import re
import socket
import threading
from urllib.parse import quote, unquote

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import browser, needs_browser
from exploring import reader, served
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient
from test_report import HOSTILE

from minecop.core.errors import OutputError
from minecop.core.files import remove
from minecop.curation.decisions import Curation
from minecop.explore.app import Shown, make_app
from minecop.explore.asking import Asking
from minecop.explore.deciding import Desk
from minecop.explore.guarding import Pass
from minecop.explore.index import KINDS, make_index, open_index
from minecop.explore.pages import Pages
from minecop.explore.passages import pieces
from minecop.explore.postings import Postings, write_postings
from minecop.explore.searching import Query, Search
from minecop.explore.serving import open_port
from minecop.explore.splitting import PASSAGES_ON_A_PAGE, rows_in, spans_of
from minecop.explore.words import PageWords
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

HOME = "http://127.0.0.1:8765"


@pytest.fixture(scope="session")
def sample_index(sample_run, sample_analysis):
    return make_index(sample_run, sample_analysis)


@pytest.fixture(scope="session")
def search(sample_index, sample_run):
    return Search(sample_index, sample_run)


@pytest.fixture(scope="session")
def client(sample_index, sample_run):
    return reader(sample_index, sample_run)


@pytest.fixture(scope="session")
def masked_index(sample_run, masked_analysis):
    index = make_index(sample_run, masked_analysis)
    yield index
    remove(index.folder)


# ---- the index


def test_index_is_kept_in_the_run_and_opened_again(sample_run, sample_index):
    assert sample_index.folder == sample_run.folder / "cache" / "explore"
    again = open_index(sample_run)
    assert again is not None and len(again) == len(sample_index)
    damaged = sample_index.folder.with_name("explore-shown") / "topic.npy"
    whole = damaged.read_bytes()
    try:
        damaged.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        assert open_index(sample_run) is None
    finally:
        damaged.write_bytes(whole)


def test_index_is_the_same_bytes_again(sample_run, sample_analysis, sample_index):
    before = {path.name: path.read_bytes() for path in sample_index.folder.iterdir()}
    made = make_index(sample_run, sample_analysis)
    assert {path.name: path.read_bytes() for path in made.folder.iterdir()} == before


def test_index_says_of_each_passage_what_the_analysis_says(sample_index, sample_analysis):
    columns = sample_index.columns
    for topic in sample_analysis.insight.topics:
        number = int(topic.group.id)
        assert np.flatnonzero(columns["topic"] == number).tolist() == sorted(topic.group.members.rows.tolist())
    for issue in sample_analysis.insight.issues:
        number = issue.rank
        rows = columns["issue_passage"][columns["issue"] == number].tolist()
        assert rows == sorted(issue.group.members.rows.tolist())
        for voice in issue.group.members:
            assert number in sample_index.issues_of(voice.row)
            assert sample_index.texts[voice.row] == sample_analysis.words_of(voice)
            body = sample_index.body(int(columns["text"][voice.row]))
            assert body == sample_analysis.posts[voice.post_id].text(voice.comment)


@pytest.mark.parametrize("kind", ["sample_index", "masked_index"])
def test_index_spans_are_those_of_the_bodies_as_shown(request, kind):
    index = request.getfixturevalue(kind)
    columns = index.columns
    for row in range(len(index)):
        body = index.body(int(columns["text"][row]))
        assert body[columns["start"][row] : columns["end"][row]] == index.texts[row]


def test_postings_over_several_pieces_are_those_of_one(tmp_path):
    import pyarrow as pa

    said = [["น้ำ", "ท่วม", "น้ำ"], ["ฝาย"], [], ["น้ำ", "ฝาย"], ["ครู"]]
    for name, cuts in (("one", [(0, 5)]), ("many", [(0, 2), (2, 3), (3, 5)])):
        (tmp_path / name).mkdir()
        pieces = ((pa.chunked_array([pa.array(said[a:b], pa.list_(pa.string()))]), {}) for a, b in cuts)
        write_postings(tmp_path / name, pieces, len(said))
    one, many = (Postings.open(tmp_path / name) for name in ("one", "many"))
    assert one.vocabulary == many.vocabulary
    for name in ("starts", "passages", "times", "lengths"):
        assert getattr(one, name).tolist() == getattr(many, name).tolist()
    scores, times = one.scores([["น้ำ"], ["ฝาย", "เขื่อน"]])
    assert times.tolist() == [1, 1, 0, 2, 0]
    assert int(scores.argmax()) == 3


# ---- searching


def test_search_by_words_finds_passages_with_all_of_them(search, sample_index):
    found = search(Query("เงิน ข้าว", "words"))
    assert len(found.rows) and found.every
    postings = sample_index.postings
    for word in ("เงิน", "ข้าว"):
        number = postings.numbers[word]
        here = postings.passages[postings.starts[number] : postings.starts[number + 1]]
        assert set(found.rows.tolist()) <= set(here.tolist())


def test_search_forgives_a_misspelling_and_says_so(search, client):
    right, wrong = search(Query("สหกรณ์", "words")), search(Query("สหกรน์", "words"))
    assert ("สหกรน์", ("สหกรณ์",)) in wrong.asked.instead
    assert set(right.rows.tolist()) <= set(wrong.rows.tolist()) and len(right.rows)
    page = client.get("/search", params={"q": "สหกรน์", "lang": "en"}).text
    assert "also searched for สหกรณ์" in page


def test_search_a_quoted_phrase_stands_there_letter_for_letter(search, sample_index):
    text = next(text for text in sample_index.texts if len(text) > 120)
    phrase = " ".join(text[40:60].split())
    rows = search(Query(f'"{phrase}"', "words")).rows.tolist()
    assert rows == [row for row in range(len(sample_index)) if phrase in sample_index.texts[row]]
    assert rows


def test_search_by_meaning_finds_what_plain_cosine_finds(search, sample_index, sample_run):
    from minecop.explore.index import embedder_of

    embedder = embedder_of(sample_run)
    vectors = np.asarray(sample_index.vectors[:, sample_index.asked_from :], dtype=np.float32)
    lengths = np.linalg.norm(vectors, axis=1)
    assert vectors.shape[1] == embedder.dimensions and np.allclose(lengths, np.sqrt(0.5), atol=0.01)
    nearness = vectors @ embedder.encode(["น้ำไม่พอทำนา"])[0]
    rows = search(Query("น้ำไม่พอทำนา", "meaning")).rows.tolist()
    assert rows[:5] == np.argsort(-nearness, kind="stable")[:5].tolist()


def test_search_of_both_orders_by_the_sum_of_reciprocal_ranks(search):
    text = "เงินสหกรณ์"
    words, meaning = (search(Query(text, mode)).rows.tolist() for mode in ("words", "meaning"))
    both = search(Query(text)).rows.tolist()
    assert {*words} <= set(both) <= {*words, *meaning}

    def score(row):
        return sum(1 / (61 + rows.index(row)) for rows in (words, meaning) if row in rows)

    assert [score(row) for row in both] == sorted(map(score, both), reverse=True)


def test_search_counts_people_not_passages(search, sample_index):
    query = Query("น้ำ")
    found, columns = search(query), sample_index.columns
    authors = columns["author"][found.rows]
    assert found.people == len({*authors.tolist()} - {-1}) < len(found.rows)
    assert found.unnamed == int((authors < 0).sum())
    for facet in ("topic", "step", "community"):
        for count in found.facets[facet]:
            rows = found.rows[columns[facet][found.rows] == count.number]
            assert count.passages == len(rows)
            assert count.people == len({*columns["author"][rows].tolist()} - {-1})
    count = found.facets["kind"][0]
    chosen = search(query.choosing("kind", count.number))
    assert (chosen.people, len(chosen.rows)) == (count.people, count.passages)


def test_search_choices_combine_and_can_be_taken_back(search, sample_index):
    query = Query()
    whole = search(query)
    for facet in ("topic", "issue", "step", "community", "author", "year", "kind"):
        count = next(count for count in whole.facets[facet] if facet != "step" or count.number)
        narrowed = search(query.choosing(facet, count.number))
        assert len(narrowed.rows) == count.passages and narrowed.people == count.people
        more = search(query.choosing(facet, count.number).choosing("step" if facet == "kind" else "kind", 2))
        assert set(more.rows.tolist()) <= set(narrowed.rows.tolist())
        assert query.choosing(facet, count.number).choosing(facet, None) == query


def test_search_over_time_counts_the_people_of_each_quarter(search, sample_index):
    found = search(Query())
    months, authors = sample_index.columns["month"], sample_index.columns["author"]
    for name, people in found.years:
        year, quarter = map(int, name.split("/"))
        here = months // 3 == year * 4 + quarter - 1
        assert people == len({*authors[here].tolist()} - {-1})


def test_search_like_a_passage_is_not_itself_and_near(search, sample_index):
    row = int(np.flatnonzero(sample_index.columns["issue"] == 1)[0])
    row = int(sample_index.columns["issue_passage"][row])
    found = search.like(row)
    assert row not in [other for other, _ in found]
    assert [near for _, near in found] == sorted((near for _, near in found), reverse=True)
    issue = set(sample_index.columns["issue_passage"][sample_index.columns["issue"] == 1].tolist())
    assert issue & {other for other, _ in found[:10]}


@pytest.mark.parametrize(
    "text", ["", '"', '""', "   ", "a" * 9_000, "ก" * 500, "\x00", "๏๏๏", '"ก', "%_[]()*\\", "น้ำ " * 200]
)
def test_search_takes_whatever_is_typed(search, client, text):
    search(Query(text[:400]))
    assert client.get("/search", params={"q": text[:900]}).status_code == 200


def test_asking_knows_words_of_the_archive(sample_index):
    asked = Asking(sample_index.postings)('สหกรณ์ "ขอบคุณ ครับ" น้ำ')
    assert asked.phrases == ("ขอบคุณ ครับ",)
    assert asked.wanted == (("สหกรณ์",), ("น้ำ",))


def test_pieces_mark_the_longest_and_lose_nothing():
    text = "น้ำท่วมบ้าน น้ำ"
    made = pieces(text, ["น้ำ", "น้ำท่วม"])
    assert "".join(piece for piece, _ in made) == text
    assert [piece for piece, marked in made if marked] == ["น้ำท่วม", "น้ำ"]


# ---- pages

PATHS = (
    "/", "/search?q=น้ำ", "/search", "/thread/0", "/like/3", "/issue/1", "/topic/0", "/step/2", "/step/0", "/person/0", "/community/0",
    "/issues", "/topics", "/steps", "/people", "/communities", "/search?all=topic", "/search?topic=0&page=999", "/issues?status=early&page=2",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_page_in_both_languages(client, path):
    for lang in ("th", "en"):
        response = client.get(path, params={"lang": lang} if "?" not in path else None)
        assert response.status_code == 200, path
        tree = HTMLParser(response.text)
        assert tree.css_first("h1") is not None
        for node in tree.css("a[href], link[href], script[src], form[action]"):
            target = node.attributes.get("href") or node.attributes.get("src") or node.attributes.get("action") or ""
            outside = target.startswith("http")
            assert target.startswith(("/", "#")) or (outside and node.attributes["rel"] == "noopener noreferrer")
        assert not tree.css("[style], [onclick], style") and not [s for s in tree.css("script") if s.text().strip()]


def test_page_links_lead_somewhere(client):
    """What the first pages link to is there, and its anchors are."""
    seen, ahead = set(), ["/", "/search?q=น้ำ", "/issue/1", "/thread/3"]
    for path in ahead:
        for node in HTMLParser(client.get(path).text).css("main a[href]"):
            target = node.attributes["href"]
            if target.startswith("/") and target not in seen and len(seen) < 60:
                seen.add(target)
                place, _, anchor = target.partition("#")
                page = client.get(place)
                assert page.status_code == 200, target
                assert not anchor or f'id="{anchor}"' in page.text, target


def test_page_thread_shows_every_passage_with_its_marks(client, sample_index):
    columns = sample_index.columns
    step_rows = np.flatnonzero(columns["step"] > 0)
    row = int(step_rows[0])
    page = client.get(f"/thread/{columns['post'][row]}", params={"lang": "th"}).text
    tree = HTMLParser(page)
    rows = np.flatnonzero(columns["post"] == columns["post"][row]).tolist()
    assert [node.attributes["id"] for node in tree.css(".passage")] == [f"p-{one}" for one in rows]
    for one in rows:
        passage = tree.css_first(f"#p-{one}")
        assert passage.css_first(".body").text() == sample_index.texts[one]
        assert len(passage.css(".marks li.kind")) == int(columns["kinds"][one]).bit_count()
        assert bool(passage.css(".marks li.step")) == bool(columns["step"][one])
    why = tree.css_first(f"#p-{row} .marks li.step .why").text()
    assert "มั่นใจ" in why


def test_page_thread_shows_a_step_beside_the_first(client, sample_index):
    rows = range(len(sample_index))
    told = [list(json.loads(sample_index.row(sample_index.passages, row)["step_evidence"])) for row in rows]
    row = next(row for row in rows if len(told[row]) == 2)
    page = client.get(f"/thread/{sample_index.columns['post'][row]}", params={"lang": "en"}).text
    first, second = HTMLParser(page).css(f"#p-{row} .marks li.step")
    assert first.css_first("a").attributes["href"] == f"/step/{sample_index.columns['step'][row]}"
    assert {f"/step/{step}" for step in told[row]} == {one.css_first("a").attributes["href"] for one in (first, second)}
    assert "told of, too" in second.css_first(".why").text()


def test_page_of_results_can_be_narrowed_and_widened(client):
    tree = HTMLParser(client.get("/search?q=น้ำ").text)
    first = tree.css_first("aside ul a").attributes["href"]
    narrowed = HTMLParser(client.get(first).text)
    back = narrowed.css_first(".chosen a").attributes["href"]
    assert unquote(back) == "/search?q=น้ำ"
    assert [value.attributes["value"] for value in narrowed.css("header input[type=hidden]")]


def test_page_texts_and_names_are_masked_everywhere(masked_index, masked_analysis, sample_run, sample_index):
    client = reader(masked_index, sample_run)
    authors = [person["name"] for person in sample_index.groups["people"]]
    pseudonyms = {person["name"] for person in masked_index.groups["people"]}
    assert not pseudonyms & set(authors)
    everything = (
        "".join(client.get(f"/thread/{n}").text for n in range(20)) + client.get("/people").text + client.get("/").text
    )
    shown = HTMLParser(everything).text()
    assert not [name for name in authors if len(name) > 8 and name in shown]
    assert 'rel="noopener noreferrer"' not in everything  # an address names its author
    changed = np.flatnonzero(masked_index.columns["kinds"] >> KINDS.index("masked") & 1)
    assert len(changed) and masked_index.folder != sample_index.folder


def test_index_masked_passages_are_found_by_what_is_shown_alone(masked_index, sample_index, sample_run):
    from minecop.explore.index import embedder_of
    from minecop.text.words import words

    columns, postings = masked_index.columns, masked_index.postings
    changed = np.flatnonzero(columns["kinds"] >> KINDS.index("masked") & 1)[:40].tolist()
    embedder = embedder_of(sample_run)
    written = sample_index.texts
    for row in changed:
        shown = masked_index.texts[row]
        hidden = set(words(written[row])) - set(words(shown))
        if row in columns["post_row"]:
            hidden -= set(words(masked_index.posts["title"][int(columns["post"][row])].as_py()))
        for word in hidden:
            number = postings.numbers.get(word)
            here = [] if number is None else postings.passages[postings.starts[number] : postings.starts[number + 1]]
            assert row not in here
        vector = np.asarray(masked_index.vectors[row], dtype=np.float32)
        assert np.allclose(vector * np.sqrt(2), embedder.encode([shown])[0], atol=0.005)


def test_page_of_an_archive_with_nothing_in_it(empty_analysis, tmp_path):
    (tmp_path / "posts.jsonl").write_text('{"body": "ขอบคุณครับ"}\n', encoding="utf-8")
    run = analyse(tmp_path / "posts.jsonl", tmp_path / "run")
    client = reader(make_index(run, load_analysis(run)), run)
    for path in (
        "/",
        "/search?q=น้ำ",
        "/search",
        "/thread/0",
        "/like/0",
        "/issues",
        "/topics",
        "/steps",
        "/people",
        "/communities",
    ):
        for lang in ("th", "en"):
            assert client.get(path, params=None if "?" in path else {"lang": lang}).status_code == 200, path


# ---- safety


def test_guard_opens_once_and_to_that_browser_alone(sample_index, sample_run):
    held = Pass(8765)
    app = make_app(Search(sample_index, sample_run), held, Shown())
    stranger, first, second = (TestClient(app, base_url=HOME) for _ in range(3))
    assert stranger.get("/").status_code == 403
    assert stranger.get("/?token=wrong").status_code == 403
    token = held.address
    opened = first.get(token, follow_redirects=False)
    assert opened.status_code == 303 and opened.headers["location"] == "/"
    cookie = opened.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    assert first.get("/").status_code == 200
    assert second.get(token).status_code == 403
    assert (
        first.get(token, follow_redirects=False).status_code == 303
    )  # the same address once more, in the browser that has it


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "evil.example:8765", "", "127.0.0.1:8765.evil.example"]
)
def test_guard_knows_only_its_own_names(client, host):
    response = client.get("/", headers={"host": host})
    assert response.status_code == 403
    assert "sample" not in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_guard_takes_nothing_in(client, method):
    assert client.request(method, "/", headers={"origin": "https://evil.example"}).status_code == 403
    assert client.request(method, "/", headers={"origin": HOME}).status_code == 405
    assert client.request(method, "/").status_code == 403


def test_guard_headers_are_on_every_answer(client):
    for path in (
        "/",
        "/nothing",
        "/search?topic=x",
        "/static/explore.css",
        "/static/nothing",
        "/search?q=" + "a" * 5_000,
    ):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none';")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert path.startswith("/static/ex") or headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404), ("/thread/999999", 404), ("/thread/x", 404), ("/topic/9999", 404), ("/like/99999999", 404), ("/search?topic=9999", 404),
        ("/search?topic=x", 400), ("/search?by=x", 400), ("/search?page=x", 400), ("/search?all=x", 400), ("/issues?status=x", 400),
        ("/search?kind=99", 404), ("/search?topic=-1", 400), ("/search?topic=99999999999999999999", 400), ("/search?q=" + "a" * 20_000, 414),
        ("/static/", 404), ("/static/../app.py", 404), ("/static/%2e%2e/app.py", 404), ("/static/..%2fapp.py", 404), ("/static", 404),
        ("/%2e%2e/%2e%2e/etc/passwd", 404), ("/static/explore.css/", 404), ("/static/base.html.j2", 404),
    ],
)  # fmt: skip
def test_error_pages_say_what_to_do(client, path, status):
    for lang, back in (("th", "กลับไปหน้าแรก"), ("en", "Back to the start")):
        client.get("/", params={"lang": lang})
        response = client.get(path, follow_redirects=False)
        assert response.status_code == status
        assert back in response.text


def test_error_of_the_program_is_a_page_too(sample_index, sample_run, monkeypatch):
    held = Pass(8765)
    app = make_app(Search(sample_index, sample_run), held, Shown("en"))
    quiet = TestClient(app, base_url=HOME, raise_server_exceptions=False)
    quiet.get(held.address)
    monkeypatch.setattr(Pages, "start", lambda *_: 1 / 0)
    response = quiet.get("/")
    assert response.status_code == 500 and "Nothing in the archive was touched" in response.text
    assert "Traceback" not in response.text and "content-security-policy" in response.headers


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A run whose texts, names and addresses want to be executed, and its index."""
    import json

    folder = tmp_path_factory.mktemp("hostile")
    posts = [
        {
            "id": f'{n}"><script>alert({n})</script>',
            "title": HOSTILE,
            "author": f"{HOSTILE} {n}",
            "url": [
                "javascript:alert(1)",
                "data:text/html,<script>alert(1)</script>",
                'https://example.org/"onmouseover=alert(1)',
            ][n % 3],
            "communities": [HOSTILE],
            "published": f"2010-0{n + 1}-01",
            "body": f"น้ำไม่ไหลอีกแล้วครับ {HOSTILE} บ้านที่ {n} รอช่างอยู่ {{{{ 7 * 7 }}}} {{% raw %}}",
            "comments": [{"author": HOSTILE, "body": f"{HOSTILE} ที่นี่ก็ไม่ไหลครับ"}],
        }
        for n in range(6)
    ]
    (folder / "posts.jsonl").write_text(
        "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8"
    )
    run = analyse(folder / "posts.jsonl", folder / "run")
    return make_index(run, load_analysis(run)), run


def test_hostile_texts_stay_texts(hostile):
    client = reader(*hostile)
    for path in (
        "/",
        f"/search?q={quote('น้ำ')}",
        f"/search?q={quote(HOSTILE)}",
        "/thread/0",
        "/thread/1",
        "/thread/2",
        "/people",
        "/person/0",
        "/community/0",
        "/like/0",
        f"/people?part={quote(HOSTILE)}",
    ):
        page = client.get(path)
        assert page.status_code == 200
        tree = HTMLParser(page.text)
        assert len(tree.css("script")) == 1 and tree.css_first("script").attributes["src"].startswith(
            "/static/explore.js"
        )
        assert not re.search(r'(?:href|src|action)="(?!/|#|https?://)', page.text)
        for node in tree.css("*"):
            assert not [name for name in node.attributes if name.startswith("on")]
        assert "{{ 7 * 7 }}" in tree.text() or "49" not in tree.css_first("main").text()


# ---- decisions

SENT = {"origin": HOME}


@pytest.fixture
def deciding(sample_run, sample_analysis, sample_index, tmp_path):
    """A browser in which decisions can be taken, and what has been decided."""

    def decided():
        return Curation.read(tmp_path / "sample.curation")

    yield reader(sample_index, sample_run, Desk(sample_run, decided)), decided
    make_index(sample_run, sample_analysis)


def forms(page, action):
    """What the forms for an action on a page would send."""
    found = [
        form for form in HTMLParser(page).css("form[method=post]") if form.css(f"input[name=action][value={action}]")
    ]
    return [
        {field.attributes["name"]: field.attributes.get("value") or "" for field in form.css("input")} for form in found
    ]


def test_decision_is_seen_first_then_kept_with_a_name_and_shown_at_once(deciding):
    client, decided = deciding
    values = forms(client.get("/topic/1?lang=en").text, "rename")[0] | {"to": "น้ำในเหมืองฝาย <b>"}
    seen = client.post("/decide", data=values, headers=SENT)
    assert seen.status_code == 200 and "น้ำในเหมืองฝาย &lt;b&gt;" in seen.text and not decided()
    assert (
        client.post("/decide", data=values | {"sure": "1"}, headers=SENT).text.count("Please say who decides") == 1
        and not decided()
    )
    kept = client.post("/decide", data=values | {"sure": "1", "who": "ครูติ๋ม", "note": "ชื่อที่เข้าใจตรงกัน"}, headers=SENT)
    assert [(one.action, one.who, one.note) for one in decided().decisions] == [("rename", "ครูติ๋ม", "ชื่อที่เข้าใจตรงกัน")]
    assert str(kept.url).startswith(f"{HOME}/topic/1?done=d")
    tree = HTMLParser(kept.text)
    assert tree.css_first("h1").text() == "น้ำในเหมืองฝาย <b>" and "ครูติ๋ม" in tree.css_first(".human").text()
    assert "น้ำในเหมืองฝาย" in tree.css_first(".done").text()
    assert "น้ำในเหมืองฝาย" in client.get("/topics").text
    again = client.post("/decide", data=forms(client.get("/topic/2").text, "hide")[0], headers=SENT)
    assert HTMLParser(again.text).css_first("input[name=who]").attributes["value"] == "ครูติ๋ม"  # asked once
    undo = forms(client.get("/decisions").text, "undo")[0]
    client.post("/decide", data=undo | {"sure": "1"}, headers=SENT)
    assert not decided().of("topics") and "น้ำในเหมืองฝาย" not in client.get("/topics").text
    assert "น้ำในเหมืองฝาย" in client.get("/decisions").text


def test_decision_on_issues_quotes_steps_marks_and_people(deciding, sample_index):
    client, decided = deciding
    sure = {"sure": "1", "who": "ก"}

    def post(values, **more):
        return client.post("/decide", data=values | sure | more, headers=SENT)

    issue = client.get("/issue/2").text
    assert post(forms(issue, "accept")[0]).status_code == 200
    assert post(forms(issue, "reject")[0]).status_code == 200
    assert post(forms(issue, "merge")[0], to="1").status_code == 200
    assert client.get("/issue/2").status_code == 404
    row = int(np.flatnonzero(sample_index.columns["step"] > 0)[0])
    corrected = post(forms(client.get(f"/correct/{row}").text, "step")[0], to="0")
    assert corrected.status_code == 200 and not HTMLParser(corrected.text).css(".asked .marks .step")
    assert post(forms(client.get(f"/correct/{row}").text, "mark")[0], to="+lesson").status_code == 200
    person = client.get("/person/0").text
    assert "วิเคราะห์คลังอีกครั้ง" in person  # what is said of people is counted by the next run
    assert post(forms(person, "join")[0], to=sample_index.groups["people"][1]["id"]).status_code == 200
    assert post(forms(person, "assign")[0], to="ชุมชนใหม่").status_code == 200
    assert post(forms(client.get("/issue/1").text, "note")[0], note="ถามคนสูบน้ำก่อน").status_code == 200
    assert "ถามคนสูบน้ำก่อน" in client.get("/issue/1").text
    kinds = {one.kind for one in decided().decisions}
    assert kinds == {"issues", "quotes", "steps", "marks", "people", "communities", "notes"}
    wrong = post(forms(client.get("/issue/1").text, "merge")[0], to="1")
    assert wrong.status_code == 400 and len(decided().decisions) == 8
    assert client.get("/decisions").text.count('value="undo"') == 8


def test_decision_on_a_mark_shows_with_the_passage_and_in_what_is_chosen_by_it(deciding, sample_index):
    client, _ = deciding
    case, concern = (KINDS.index(kind) for kind in ("case", "concern"))
    kinds = sample_index.columns["kinds"]
    row = int(np.flatnonzero((kinds >> concern & 1) & ~(kinds >> case & 1))[0])
    place = f"/thread/{sample_index.columns['post'][row]}"

    def mark(to):
        values = forms(client.get(f"/correct/{row}?lang=en").text, "mark")[0] | {"to": to}
        seen = client.post("/decide", data=values, headers=SENT).text
        client.post("/decide", data=values | {"sure": "1", "who": "ก"}, headers=SENT)
        return seen

    def counted(number):
        return HTMLParser(client.get(f"/search?kind={number}&lang=en").text).css_first(".found").text()

    before = counted(case), counted(concern)
    assert "reports count issues and lessons as before" in mark("+case")
    assert "reports count issues and lessons as before" not in mark("-concern")
    passage = HTMLParser(client.get(place).text).css_first(f"#p-{row}")
    given, off = (
        [node for node in passage.css(".marks li.kind") if "by a person" in node.text()],
        passage.css(".marks li.off"),
    )
    assert [node.css_first(".chip").text() for node in given] == ["adds a case"]
    assert "is not: concern" in off[0].text() and "by a person" in off[0].text() and len(off) == 1
    assert counted(case) != before[0] and counted(concern) != before[1]
    undo = forms(client.get("/decisions").text, "undo")
    for values in undo:
        client.post("/decide", data=values | {"sure": "1"}, headers=SENT)
    assert (counted(case), counted(concern)) == before
    assert "by a person" not in HTMLParser(client.get(place).text).css_first(f"#p-{row}").text()


def test_decision_on_people_that_is_taken_back_says_when_that_holds(deciding, sample_index):
    client, decided = deciding
    home = next(n for n, one in enumerate(sample_index.groups["people"]) if one["home"])
    person = client.get(f"/person/{home}?lang=en").text
    values = forms(person, "assign")[0]  # as it is counted already
    client.post("/decide", data=values | {"sure": "1", "who": "ก"}, headers=SENT)
    undo = forms(client.get("/decisions").text, "undo")[0]
    seen = client.post("/decide", data=undo, headers=SENT).text
    assert "until the archive is analysed again" in seen and "shown at once" not in seen
    assert "until the archive is analysed again" in client.post("/decide", data=undo | {"sure": "1"}, headers=SENT).text
    assert not decided().of("communities")


# ---- splitting


def fields(page):
    """What the form on the page of a split would send, with what is ticked."""
    form = HTMLParser(page).css_first("form.split")
    found = {"pick": [], "shown": []}
    for field in form.css("input"):
        name, value = field.attributes["name"], field.attributes.get("value") or ""
        if name in found:
            if name == "shown" or "checked" in field.attributes:
                found[name].append(value)
        else:
            found[name] = value
    return found | {"only": ""}


@pytest.fixture
def large_topic(sample_index):
    """A topic whose passages need several pages, and their rows."""
    topic = sample_index.columns["topic"]
    number = int(np.bincount(topic[topic >= 0]).argmax())
    rows = np.flatnonzero(topic == number).tolist()
    assert len(rows) > PASSAGES_ON_A_PAGE
    return number, rows


def test_split_is_chosen_over_pages_and_searches_seen_and_kept(deciding, sample_index, large_topic):
    client, decided = deciding
    number, rows = large_topic
    page = client.get(f"/topic/{number}?lang=en").text
    assert f'href="/split/topic/{number}"' in page

    def send(values, **more):
        return client.post("/split", data=values | more, headers=SENT)

    first = client.get(f"/split/topic/{number}").text
    values = fields(first)
    assert len(values["shown"]) == PASSAGES_ON_A_PAGE and {*map(int, values["shown"])} < {*rows}
    chosen = values["shown"][:2]
    second = send(values, pick=chosen, do="page:2")
    assert "page=2" in str(second.url) and not {*fields(second.text)["shown"]} & {*values["shown"]}
    chosen.append(fields(second.text)["shown"][0])
    found = send(fields(second.text), pick=chosen[2:], find="น้ำ", do="find")
    only = send(fields(found.text), find="", only="chosen", do="find")
    assert sorted(fields(only.text)["shown"]) == sorted(fields(only.text)["pick"]) == sorted(chosen)
    left = send(fields(only.text), pick=chosen[1:], only="chosen")  # one is taken out again
    assert sorted(fields(left.text)["pick"]) == sorted(chosen[1:])
    nameless = send(fields(left.text), do="decide")
    assert "Name the new matter first" in nameless.text and not decided()
    seen = send(fields(nameless.text), title=" เรื่องใหม่  <b> ", do="decide")
    confirm = HTMLParser(seen.text).css_first("form.whole")
    kept = {one.attributes["name"]: one.attributes.get("value") or "" for one in confirm.css("input")}
    assert "เรื่องใหม่ &lt;b&gt;" in seen.text and "passages 2" in seen.text and not decided()
    done = client.post("/decide", data=kept | {"sure": "1", "who": "ครูติ๋ม"}, headers=SENT)
    (one,) = decided().decisions
    assert (one.kind, one.action, one.target, one.to) == ("topics", "split", str(number), "เรื่องใหม่ <b>")
    assert {*one.anchors} == {sample_index.passage_id(int(row)) for row in chosen[1:]}
    tree = HTMLParser(done.text)
    assert tree.css_first("h1").text() == "เรื่องใหม่ <b>" and tree.css_first(".done") is not None
    assert len(tree.css(".found-one")) == 2
    assert not fields(client.get(f"/split/topic/{number}").text)["pick"]  # the next one begins anew
    assert client.get(HTMLParser(client.get("/decisions").text).css_first("a.open").attributes["href"]).text.count(
        "เรื่องใหม่"
    )
    client.post("/decide", data=forms(client.get("/decisions").text, "undo")[0] | {"sure": "1"}, headers=SENT)
    assert len(HTMLParser(client.get("/topics").text).css(".lines li")) == sum(map(bool, sample_index.groups["topics"]))


def test_split_takes_all_that_is_found_and_whole_threads(deciding, sample_index, search, large_topic):
    client, _ = deciding
    number, rows = large_topic
    post = sample_index.columns["post"]

    def picked(values, do):
        client.post("/split", data=values | {"do": do}, headers=SENT)
        pages = range(1, len(rows) // PASSAGES_ON_A_PAGE + 2)
        shown = (fields(client.get(f"/split/topic/{number}?show=chosen&page={page}").text)["shown"] for page in pages)
        return {int(row) for some in shown for row in some}

    word = "คน"
    found = {*search(Query(word, "words", (("topic", number),))).rows.tolist()}
    assert 0 < len(found) < len(rows)
    values = fields(client.get(f"/split/topic/{number}?q={word}").text)
    assert picked(values, "take") == found
    thread = int(post[next(iter(found))])
    assert picked(values | {"pick": values["shown"]}, f"take:{thread}") == found | {
        row for row in rows if post[row] == thread
    }
    assert picked(values | {"pick": values["shown"]}, f"leave:{thread}") == {
        row for row in found if post[row] != thread
    }
    assert picked(values, "clear") == set()


def test_split_of_an_issue_and_what_cannot_be_split(deciding, sample_index):
    client, decided = deciding
    page = client.get("/split/issue/1?lang=en").text
    values = fields(page)
    none = client.post("/split", data=values | {"title": "ก", "do": "decide"}, headers=SENT)
    every = client.post("/split", data=values | {"title": "ก", "pick": values["shown"], "do": "decide"}, headers=SENT)
    assert all("leave one at least" in answer.text for answer in (none, every)) and not decided()
    entered = client.post(
        "/split", data=values | {"title": "เรื่องแยก", "pick": values["shown"][:1], "find": ""}, headers=SENT
    )
    assert 'name="sure"' in entered.text  # Enter in the name leads on
    sent = {
        one.attributes["name"]: one.attributes.get("value") or ""
        for one in HTMLParser(entered.text).css("form.whole input")
    }
    assert (
        client.post("/decide", data=sent | {"passages": "x", "sure": "1", "who": "ก"}, headers=SENT).status_code == 400
    )
    assert (
        client.post(
            "/decide", data=sent | {"passages": "0-999999999", "sure": "1", "who": "ก"}, headers=SENT
        ).status_code
        == 400
    )
    assert not decided()
    client.post("/decide", data=sent | {"sure": "1", "who": "ก"}, headers=SENT)
    assert [(one.kind, one.to) for one in decided().decisions] == [("issues", "เรื่องแยก")]
    for path, status in (("/split/topic/9999", 404), ("/split/step/1", 404), ("/split/topic/x", 404), ("/split", 405)):
        assert client.get(path).status_code == status
    for wrong in ({"facet": "step"}, {"number": "x"}, {"pick": "x"}, {"do": "page:x"}, {"do": "take:x"}):
        assert client.post("/split", data=values | wrong, headers=SENT).status_code == 400
    assert client.post("/split", data=values | {"number": "9999"}, headers=SENT).status_code == 404
    assert client.post("/split", data=values | {"form": "x"}, headers=SENT).status_code == 403
    assert client.post("/split", data=values, headers={"origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("rows", [[], [5], [1, 2, 3, 9, 10, 12]])
def test_split_rows_are_carried_by_a_form(rows):
    assert rows_in(spans_of(rows), 13) == tuple(rows)
    assert rows_in("3-999999999 400", 5) == (3, 4)


def test_decision_comes_from_these_pages_alone(deciding):
    client, decided = deciding
    values = forms(client.get("/topic/1").text, "hide")[0] | {"sure": "1", "who": "ก"}
    for headers in ({}, {"origin": "https://evil.example"}, {"origin": "null"}, {"origin": "http://127.0.0.1:80"}):
        assert client.post("/decide", data=values, headers=headers).status_code == 403
    assert client.post("/decide", data=values | {"form": "x"}, headers=SENT).status_code == 403
    assert client.post("/decide", data={}, headers=SENT).status_code == 403
    assert client.post("/decide", data=values | {"note": "ก" * 30_000}, headers=SENT).status_code == 400
    assert client.post("/topics", data=values, headers=SENT).status_code == 405
    assert client.get("/decide").status_code == 405
    assert not decided()
    for back in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb"):
        values = forms(client.get("/topic/1").text, "rename")[0] | {"sure": "1", "who": "ก", "to": "ชื่อ", "back": back}
        answer = client.post("/decide", data=values, headers=SENT, follow_redirects=False)
        assert answer.headers["location"].startswith("/decisions?done=")


def test_decision_none_can_be_taken_where_pages_are_for_reading(sample_index, sample_run, masked_index, tmp_path):
    desk = Desk(sample_run, lambda: Curation.read(tmp_path))
    for client in (reader(sample_index, sample_run, desk, read_only=True), reader(masked_index, sample_run)):
        for path in ("/topic/1", "/issue/1", "/person/0", "/thread/0"):
            assert '<form class="decide"' not in client.get(path).text
        assert client.post("/decide", data={"form": client.held.form}, headers=SENT).status_code == 405
        for path in ("/correct/0", "/split/topic/1"):
            assert client.get(path).status_code == 404
        assert client.post("/split", data={"form": client.held.form}, headers=SENT).status_code == 405


# ---- served


def test_port_another_is_chosen_where_the_usual_one_is_taken(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setattr("minecop.explore.serving.PORT", taken.getsockname()[1])
        with open_port(None) as free:
            assert free.getsockname()[0] == "127.0.0.1"
            assert free.getsockname()[1] != taken.getsockname()[1]
        with pytest.raises(OutputError):
            open_port(taken.getsockname()[1])


def test_served_to_fifty_readers_at_once(sample_index, sample_run):
    import http.client

    wrong = []
    with served(sample_index, sample_run) as held:

        def read(number):
            paths = ("/", f"/search?q={quote('น้ำ')}&page={number % 5 + 1}", f"/thread/{number}", "/issues")
            connection = http.client.HTTPConnection("127.0.0.1", held.port, timeout=30)
            for path in paths:
                connection.request("GET", path, headers={"Cookie": f"{held.cookie}={held.secret}"})
                answer = connection.getresponse()
                if answer.status != 200 or b"</html>" not in answer.read():
                    wrong.append((number, path, answer.status))
            connection.close()

        readers = [threading.Thread(target=read, args=(number,)) for number in range(50)]
        for one in readers:
            one.start()
        for one in readers:
            one.join()
    assert not wrong


def test_explore_command_tells_its_address_and_ends(minecop, sample_run, sample_index, monkeypatch):
    from minecop.explore import serving

    asked = {}

    def serve(app, at, ready):
        ready()
        asked["port"] = at.getsockname()[1]
        at.close()
        raise KeyboardInterrupt

    launched = []
    monkeypatch.setattr(serving, "serve", serve)
    monkeypatch.setattr("click.launch", launched.append)
    code, out, err = minecop("explore", sample_run.folder, "--lang", "en")
    assert code == 0
    assert launched == [out.split()[-1]] and f"http://127.0.0.1:{asked['port']}/?token=" in out
    assert "Ctrl-C" in err and err.strip().endswith("Ended.")
    code, out, _ = minecop("explore", sample_run.folder, "--no-browser")
    assert code == 0 and len(launched) == 1
    code, _, err = minecop("explore", sample_run.folder / "nothing", "--no-browser", "--lang", "en")
    assert code == 1 and err


def test_page_words_are_there_in_both_languages():
    from minecop.explore.words import _texts

    names = re.compile(r"\{(\w+)")
    for key, texts in _texts().items():
        assert set(texts) == {"th", "en"}, key
        assert {*names.findall(texts["th"])} == {*names.findall(texts["en"])}, key
    assert PageWords("th")("search") == "ค้น" and PageWords("en")("issue") == "Issue"


# ---- in a real browser

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@needs_browser
def test_walk_from_a_search_to_a_topic_by_keyboard(sample_index, sample_run):
    with served(sample_index, sample_run) as held, browser() as chromium:
        for lang, width in (("th", 1280), ("en", 390)):
            with chromium.new_context(viewport={"width": width, "height": 900}) as there:
                there.add_cookies([{"name": held.cookie, "value": held.secret, "url": f"http://127.0.0.1:{held.port}"}])
                page = there.new_page()
                home = f"http://127.0.0.1:{held.port}"
                wrong = []
                page.on("console", lambda said, wrong=wrong: wrong.append(said.text))
                page.on("pageerror", lambda error, wrong=wrong: wrong.append(str(error)))
                page.on(
                    "request",
                    lambda sent, wrong=wrong, home=home: None if sent.url.startswith(home) else wrong.append(sent.url),
                )

                def looked(page=page, width=width):
                    found = Axe().run(page, options=AXE)
                    assert found.violations_count == 0, found.generate_report()
                    assert page.evaluate("document.documentElement.scrollWidth") <= width

                def follow(selector, page=page):
                    """Go to a link with the tabulator, and open it."""
                    for _ in range(60):
                        page.keyboard.press("Tab")
                        if page.evaluate("what => document.activeElement.matches(what)", selector):
                            target = page.evaluate("document.activeElement.href")
                            page.keyboard.press("Enter")
                            page.wait_for_url(target)
                            return
                    pytest.fail(f"no way to {selector}")

                page.goto(f"{home}/?lang={lang}")
                looked()
                page.keyboard.press("/")
                page.keyboard.type("น้ำไม่ไหล")
                page.keyboard.press("Enter")
                page.wait_for_url("**/search?**")
                assert page.locator("html").get_attribute("lang") == lang
                looked()
                follow(".found-one .ways a[href^='/thread/']")
                assert page.locator(".passage:target").count() == 1
                looked()
                follow(".passage .ways a")
                assert page.locator(".found-one").count() > 5
                looked()
                follow(".marks .topic a")
                assert "/topic/" in page.url
                looked()
                assert wrong == []


@needs_browser
def test_decision_in_a_browser_by_keyboard(sample_index, sample_run, sample_analysis, tmp_path):
    desk = Desk(sample_run, lambda: Curation.read(tmp_path / "kept"))
    with served(sample_index, sample_run, desk) as held, browser() as chromium, chromium.new_context() as there:
        there.add_cookies([{"name": held.cookie, "value": held.secret, "url": f"http://127.0.0.1:{held.port}"}])
        page = there.new_page()
        page.goto(f"http://127.0.0.1:{held.port}/topic/1?lang=en")
        page.locator("details.deciding summary").press("Enter")
        page.locator("details.deciding input[name=to]").first.fill("น้ำในเหมืองฝาย")
        page.locator("details.deciding input[name=to]").first.press("Enter")
        page.locator("input[name=who]").fill("ครูติ๋ม")
        assert Axe().run(page, options=AXE).violations_count == 0
        page.locator("button[name=sure]").press("Enter")
        page.wait_for_url("**/topic/1?done=*")
        assert page.locator("main h1").inner_text() == "น้ำในเหมืองฝาย"
        assert Axe().run(page, options=AXE).violations_count == 0
        page.goto(f"http://127.0.0.1:{held.port}/decisions")
        assert Axe().run(page, options=AXE).violations_count == 0
    assert [one.to for one in Curation.read(tmp_path / "kept").of("topics")] == ["น้ำในเหมืองฝาย"]
    make_index(sample_run, sample_analysis)


@needs_browser
def test_hostile_texts_do_nothing_in_a_browser(hostile):
    with served(*hostile) as held, browser() as chromium, chromium.new_context() as there:
        there.add_cookies([{"name": held.cookie, "value": held.secret, "url": f"http://127.0.0.1:{held.port}"}])
        page = there.new_page()
        wrong = []
        page.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda said: wrong.append(said.text))
        for path in ("/", f"/search?q={quote(HOSTILE)}", "/thread/0", "/people"):
            page.goto(f"http://127.0.0.1:{held.port}{path}")
        assert wrong == []
