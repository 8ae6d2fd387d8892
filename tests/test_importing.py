"""From files to an archive that grows: nothing lost, nothing twice, the same bytes however it was made."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE

from minecop.archive import reading
from minecop.archive.fetching import fetched
from minecop.archive.importing import SPOOL_FILE, import_archive, make_archive, read_sources
from minecop.archive.models import Entry
from minecop.archive.readers import xmlstream
from minecop.archive.store import archive_hash, iterate_posts, read_archive, read_entries, read_head
from minecop.core.errors import InputError, OutputError
from minecop.core.executors import make_executor

EXPORT = ROOT / "tests/fixtures/archive/wordpress/teachers.xml"
LONG = "เมื่อวานไปเยี่ยมบ้านยายมา แกเล่าว่าน้ำประปาหมู่บ้านไหลเฉพาะตอนตีสอง ต้องตื่นมารองไว้ใช้ทั้งวัน ลูกหลานก็ไปทำงานกรุงเทพฯ กันหมด"
OTHER = "กลุ่มออมทรัพย์ประชุมกันเรื่องหนี้ค้าง คนที่ค้างนานไม่ค่อยมาประชุม กรรมการเลยตกลงว่าจะไปคุยที่บ้านทีละหลัง ไม่ประกาศชื่อในที่ประชุม"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture
def grown(jsonl, tmp_path):
    """An archive of two posts, to be added to."""
    source = jsonl(
        [
            {
                "id": "7",
                "url": "http://www.blog.example/posts/7",
                "author": "sri",
                "author_name": "คุณสมศรี ใจงาม",
                "body": LONG,
                "comments": [
                    {"id": "c1", "body": "น่าเห็นใจค่ะ"},
                    {"body": "ที่บ้านผมก็เป็น", "author_name": "นาง สมศรี ใจงาม"},
                ],
            },
            {"id": "8", "url": "http://www.blog.example/posts/8", "body": "สั้น ๆ"},
        ],
        "first/a.jsonl",
    )
    return source, import_archive(source, tmp_path / "ours")[0]


def test_importing_the_same_again_changes_nothing(grown):
    source, folder = grown
    before = archive_hash(folder)
    _, head = import_archive(source, folder)
    assert archive_hash(folder) == before
    assert (head.posts, head.account.new_posts, head.account.updated_posts, head.account.new_comments) == (2, 0, 0, 0)


def test_importing_adds_updates_and_never_doubles(grown, jsonl):
    _, folder = grown
    more = jsonl(
        [
            {
                "id": "7",
                "url": "https://blog.example/blog/yai/7",
                "title": "น้ำตีสอง",
                "body": LONG + " แก้ไข: อบต. มาดูแล้ว",
                "comments": [{"id": "c1", "body": "น่าเห็นใจค่ะ"}, {"id": "c9", "body": "แล้วเขาว่าอย่างไรบ้าง"}],
            },
            {"id": "7", "url": "http://another.example/7", "body": "คนละเว็บ"},
            {"id": "9", "body": OTHER},
        ],
        "second/b.jsonl",
    )
    _, head = import_archive(more, folder)
    counts = head.account
    assert (counts.new_posts, counts.updated_posts, counts.new_comments) == (2, 1, 1)
    posts = {post.id: post for post in iterate_posts(folder)}
    assert list(posts) == ["7", "8", "another.example/7", "9"]
    assert posts["7"].title == "น้ำตีสอง"
    assert posts["7"].body.endswith("มาดูแล้ว")
    assert [(c.position, c.id, c.author_id) for c in posts["7"].comments] == [
        (1, "c1", None),
        (2, None, "sri"),
        (3, "c9", None),
    ]
    assert posts["8"].body == "สั้น ๆ"


def test_importing_keeps_what_the_account_said_of_earlier_imports(tmp_path, jsonl):
    first = jsonl([{"id": "1", "body": OTHER}, "broken"], "one/a.jsonl")
    folder, head = import_archive(first, tmp_path / "ours")
    assert head.lines["refused", "not_an_object"] == 1
    import_archive(jsonl([{"id": "2", "body": LONG}], "two/b.jsonl"), folder)
    assert read_head(folder).lines["refused", "not_an_object"] == 1
    import_archive(first, folder)
    assert read_head(folder).lines["refused", "not_an_object"] == 1


def test_importing_authors_csv_is_written_and_respected(grown, jsonl):
    _, folder = grown
    table = folder / "authors.csv"
    assert "sri,คุณสมศรี ใจงาม,นาง สมศรี ใจงาม" in table.read_text(encoding="utf-8-sig")
    table.write_text(
        "author_id,name,aliases,home_community,organisation,province,profession,group\n"
        "sri,ป้าศรี,คุณสมศรี ใจงาม,บ้านโคก,,,,แกนนำ\nother,นางสมศรีอีกคน,นาง สมศรี ใจงาม,,,,,\n",
        encoding="utf-8-sig",
    )
    import_archive(jsonl([{"id": "20", "author_name": "นาง สมศรี  ใจงาม", "body": OTHER}], "x/c.jsonl"), folder)
    archive = read_archive(folder)
    assert archive.people["sri"].group == "แกนนำ"
    assert {post.id: post.author_id for post in archive.posts} == {"7": "sri", "8": None, "20": "other"}


def test_importing_communities_csv_is_written_and_respected(jsonl, tmp_path):
    posts = [
        {"id": str(n), "url": f"http://blog.example/{n}", "tags": ["ประปา"], "body": f"{LONG} {n}"} for n in range(3)
    ]
    source = jsonl(posts, "pages/p.jsonl")
    folder, _ = import_archive(source.parent, tmp_path / "ours")
    table = folder / "communities.csv"
    text = table.read_text(encoding="utf-8-sig")
    assert "host,blog.example,3,\n" in text
    table.write_text(text.replace("tag,ประปา,3,", "tag,ประปา,3,คนน้ำ"), encoding="utf-8-sig")
    _, head = import_archive(source.parent, folder)
    assert head.communities == ["คนน้ำ"]
    assert "tag,ประปา,,คนน้ำ" in table.read_text(encoding="utf-8-sig")


def test_importing_an_archive_into_another(grown, tmp_path, jsonl):
    _, folder = grown
    other, _ = import_archive(jsonl([{"id": "50", "body": OTHER}], "o/o.jsonl"), tmp_path / "other")
    _, head = import_archive(folder, other)
    assert [post.id for post in iterate_posts(other)] == ["50", "7", "8"]
    assert head.account.new_posts == 2
    with pytest.raises(InputError, match="added to"):
        import_archive(folder, folder)


def test_importing_number_of_workers_does_not_matter(tmp_path):
    made = []
    for workers in (1, 2):
        folder = tmp_path / str(workers) / "a"
        with make_executor(workers) as executor:
            import_archive(SAMPLE, folder, executor=executor)
        made.append(contents(folder))
    assert made[0] == made[1]


CHILD = """
import sys, time
from pathlib import Path
from minecop.archive import reading
from minecop.archive.importing import import_archive
real = reading.read_source
def slowly(*arguments):
    time.sleep(0.02)
    yield from real(*arguments)
reading.read_source = slowly
reading._BATCH_FILES = 3
import_archive(Path(sys.argv[1]), Path(sys.argv[2]))
"""


def test_importing_killed_goes_on_and_ends_in_the_same_bytes(tmp_path, monkeypatch):
    source = tmp_path / "pages"
    source.mkdir()
    for n in range(60):
        text = f"เรื่องที่ {n}\n\n{LONG} ครั้งที่ {n} {'ก' * n}\n\nหมายเลขบันทึก: {n + 100}เขียนเมื่อ 9 พฤษภาคม 2006 05:51 น. ()\n"
        (source / f"{n}.txt").write_text(text, encoding="utf-8")
    import_archive(source, tmp_path / "whole" / "a")
    target = tmp_path / "killed" / "a"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(source), str(target)], cwd=ROOT)
    spool = target / SPOOL_FILE
    until = time.monotonic() + 60
    while time.monotonic() < until and not (spool.is_file() and _files_done(spool) >= 6):
        time.sleep(0.02)
    os.kill(child.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    child.wait()
    done = _files_done(spool)
    assert 6 <= done < 60
    read = []
    from minecop.archive import reading

    real = reading.read_source
    monkeypatch.setattr(reading, "read_source", lambda source, *rest: read.append(source.name) or real(source, *rest))
    import_archive(source, target)
    assert len(read) == 60 - done
    assert contents(target) == contents(tmp_path / "whole" / "a")


def _files_done(spool: Path) -> int:
    import sqlite3

    try:
        db = sqlite3.connect(f"file:{spool}?mode=ro", uri=True, timeout=5)
        try:
            return db.execute("SELECT COUNT(*) FROM files").fetchone()[0]
        finally:
            db.close()
    except sqlite3.OperationalError:
        return 0


def without_account(folder: Path) -> tuple[dict[str, bytes], list[Entry]]:
    """Return the contents of an archive, with the lines of its account in any order: what is counted stands where it was first met."""
    found = contents(folder)
    del found["account.parquet"]
    return found, sorted(read_entries(folder), key=repr)


@pytest.fixture
def in_sections(monkeypatch):
    """Files of a few kilobytes are large."""
    monkeypatch.setattr(xmlstream, "SECTION_BYTES", 1_500)
    monkeypatch.setattr(reading, "_BATCH_BYTES", 1_500)


def test_importing_reads_a_large_export_in_sections_on_all_workers(tmp_path, request):
    whole, _ = import_archive(EXPORT, tmp_path / "whole" / "ours")
    request.getfixturevalue("in_sections")
    events = []
    for workers in (1, 2):
        with make_executor(workers) as executor:
            target = tmp_path / str(workers) / "ours"
            folder, head = import_archive(EXPORT, target, executor=executor, listener=events.append)
        assert without_account(folder) == without_account(whole)
        assert head.account.files == 1
    assert max(event.total for event in events if event.stage == "import") > 3


def test_importing_goes_on_within_a_large_export(tmp_path, monkeypatch, request):
    whole, _ = import_archive(EXPORT, tmp_path / "whole" / "ours")
    request.getfixturevalue("in_sections")
    done: list[tuple[int, int]] = []
    read_batch = reading._read_batch

    def counted(batch, *args, **options):
        if len(done) == stop_at:
            raise KeyboardInterrupt
        done.extend(unit.key for unit in batch)
        return read_batch(batch, *args, **options)

    monkeypatch.setattr(reading, "_read_batch", counted)
    stop_at = 2
    with pytest.raises(KeyboardInterrupt):
        import_archive(EXPORT, tmp_path / "ours")
    stop_at = None
    folder, _ = import_archive(EXPORT, tmp_path / "ours")
    assert without_account(folder) == without_account(whole)
    assert len(done) > 3
    assert len(done) == len(set(done))


def test_importing_killed_while_files_change_places_is_finished(grown, jsonl):
    _, folder = grown
    ready = folder / ".ready"
    ready.mkdir()
    make_archive(jsonl([{"id": "99", "body": OTHER}], "n/n.jsonl"), ready, "ours")
    (ready / "posts.parquet").replace(folder / "posts.parquet")  # as far as it came
    import_archive(jsonl([{"id": "100", "body": LONG}], "m/m.jsonl"), folder)
    assert [post.id for post in iterate_posts(folder)] == ["99", "100"]
    assert not ready.exists()


def test_importing_leaves_nothing_behind_where_nothing_could_be_read(tmp_path):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "broken.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(InputError):
        import_archive(tmp_path / "x", tmp_path / "ours")
    assert not (tmp_path / "ours").exists()
    with pytest.raises(InputError):
        import_archive(tmp_path / "missing", tmp_path / "ours")
    assert not (tmp_path / "ours").exists()


def test_importing_never_into_a_folder_of_other_things(tmp_path, jsonl):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("years of work")
    with pytest.raises(OutputError):
        import_archive(jsonl([{"body": LONG}]), tmp_path / "mine")
    assert contents(tmp_path / "mine") == {"thesis.doc": b"years of work"}


def test_importing_reader_that_breaks_loses_nothing_that_came_before(tmp_path, monkeypatch, jsonl):
    from minecop.archive import formats

    def breaking(source, options, account):
        from minecop.archive.models import Post

        yield Post(id="1", body=LONG, source=source.name)
        raise ZeroDivisionError

    monkeypatch.setattr(formats.Format, "reader", property(lambda self: breaking))
    posts, _, account = read_sources(jsonl([{"body": "x"}]))
    assert [post.body for post in posts] == [LONG]
    assert [(entry.kind, entry.key) for entry in account.entries] == [("refused", "reader_failed")]


def test_archive_command_sums_up(grown, minecop):
    _, folder = grown
    code, out, _ = minecop("archive", folder, "--lang", "en")
    assert code == 0
    assert "2 posts, 2 comments, 1 authors, 0 communities" in out
    code, out, _ = minecop("archive", folder, "--json")
    values = json.loads(out)
    assert values["gaps"]["posts_without_date"] == 2
    code, out, _ = minecop("archive", folder, "--account")
    assert code == 0
    code, _, err = minecop("archive", folder.parent)
    assert code == 1
    assert "minecop import" in err


def test_archive_command_shows_years_as_bars_without_holes(jsonl, tmp_path, minecop):
    posts = [
        {"id": str(n), "published": f"{year}-05-01", "body": f"{LONG} {n}"} for n, year in enumerate([2006, 2006, 2009])
    ]
    import_archive(jsonl(posts), tmp_path / "ours")
    _, out, _ = minecop("archive", tmp_path / "ours")
    rows = [line.split() for line in out.splitlines() if line.startswith("25")]
    assert [row[:2] for row in rows] == [["2549", "2"], ["2550", "0"], ["2551", "0"], ["2552", "1"]]
    assert "█" in out


def test_importing_from_an_address_is_reading_a_copy(minecop, tmp_path, jsonl):
    from fsspec.implementations.memory import MemoryFileSystem

    memory = MemoryFileSystem()
    memory.put(str(jsonl([{"body": "ฝนตก"}]).parent), "/bucket/ours", recursive=True)
    code, _, errors = minecop("import", "memory://bucket/ours", "--to", tmp_path / "copy")
    assert code == 0, errors
    assert [post.body for post in read_archive(tmp_path / "copy").posts] == ["ฝนตก"]
    with fetched("memory://bucket/ours/posts.jsonl") as copy:
        assert copy.name == "posts.jsonl"
        assert copy.is_file()
    assert not copy.exists()
    memory.rm("/bucket", recursive=True)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://nowhere/at-all", "There is nothing at memory://nowhere/at-all"),
        ("nonsense://bucket/a", "Protocol not known: nonsense"),
    ],
)
def test_importing_from_an_address_says_what_is_wrong(address, said, minecop, tmp_path):
    code, _, errors = minecop("import", address, "--to", tmp_path / "a", "--lang", "en")
    assert code == 1
    assert said in errors
    assert not (tmp_path / "a").exists()
