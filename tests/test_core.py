import json
import mmap
import os
import pickle
import tempfile
import tracemalloc
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.core import errors
from minecop.core.dates import BANGKOK, find_thai_datetime, format_date, parse_datetime
from minecop.core.errors import InputError, MinecopError, OutputError
from minecop.core.executors import make_executor
from minecop.core.files import replacing, safe_name, sha256_of, write_text
from minecop.core.hashcounts import HashCounts
from minecop.core.largejson import Objects, json_pieces, read_large_json, write_large_json
from minecop.core.mapping import have_read, let_go, watched
from minecop.core.messages import LANGUAGES, _catalogue, message
from minecop.core.numbering import Numbering
from minecop.core.remembering import Remembered
from minecop.core.tables import Column, TableWriter, read_tables, unpacked_table, write_table
from minecop.core.wordlists import WordLists


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9 พฤษภาคม 2006 05:51 น.", (2006, 5, 9, 5, 51)),
        ("๙ มิ.ย. ๔๘", (2005, 6, 9, 0, 0)),
        ("9 ส.ค.48", (2005, 8, 9, 0, 0)),
        ("8 พฤษภาคม 2549", (2006, 5, 8, 0, 0)),
        ("11 กพ. ๔๙", (2006, 2, 11, 0, 0)),
        ("วันที่ ๑๗ กันยายน พ.ศ. ๒๕๔๙ เวลา ๒๑.๑๒ น.", (2006, 9, 17, 21, 12)),
        ("31 กุมภาพันธ์ 2550 หรือ 1 มี.ค. 2550", (2007, 3, 1, 0, 0)),
    ],
)
def test_dates_reads_what_thai_pages_write(text, expected):
    assert find_thai_datetime(text) == datetime(*expected, tzinfo=BANGKOK)


@pytest.mark.parametrize("text", ["", "วันที่ ๒๕๔๙", "1/2553", "ปี 50", "๒๑.๑๒ น.", "พรุ่งนี้"])
def test_dates_leaves_unknown_what_is_no_date(text):
    assert find_thai_datetime(text) is None


def test_dates_iso_may_be_buddhist_or_without_offset():
    assert parse_datetime("2553-03-01") == datetime(2010, 3, 1, tzinfo=BANGKOK)
    assert parse_datetime("2010-03-01T00:00:00Z") == datetime(2010, 3, 1, tzinfo=UTC)
    assert parse_datetime("2010-03-01T07:00:00").isoformat() == "2010-03-01T07:00:00+07:00"
    assert parse_datetime("no date") is None
    assert parse_datetime("0001-01-01") is None
    assert parse_datetime("9999-12-31") is None
    assert find_thai_datetime("1 มกราคม 3000") is None


def test_dates_are_shown_in_the_readers_years():
    day = datetime(2006, 5, 9, tzinfo=BANGKOK)
    assert format_date(day, "th") == "9 พ.ค. 2549"
    assert format_date(day, "en") == "9 May 2006"
    assert format_date(None, "th") == "ไม่ทราบวันที่"


def test_messages_stand_in_both_languages_with_the_same_names():
    import string

    for key, texts in _catalogue().items():
        assert set(texts) == set(LANGUAGES), key
        names = [{name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name} for lang in LANGUAGES]
        assert names[0] == names[1], key


def test_errors_are_one_tree_and_speak_both_languages():
    names = {n for n in dir(errors) if n.endswith("Error") and n != "MinecopError"}
    assert names == {
        "ClusterError",
        "InputError",
        "ModelError",
        "OutputError",
        "ProcessError",
        "QuoteError",
        "RunError",
        "SettingsError",
    }
    assert all(issubclass(getattr(errors, name), MinecopError) for name in names)
    error = InputError("file_refused", path="x.txt", reason_key="empty_file")
    assert error.text("th") == "อ่าน x.txt ไม่ได้: ไฟล์ว่าง"
    assert str(error) == "x.txt cannot be read: the file is empty"
    assert message("kind_read", "en") == "read"


def test_errors_come_whole_out_of_another_process():
    error = InputError("file_refused", path="x.txt", reason_key="empty_file")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is InputError
    assert again.text("th") == error.text("th")


@pytest.mark.parametrize(
    ("text", "name"),
    [("บันทึกของ ครูติ๋ม", "บันทึกของ-ครูติ๋ม"), ("a/b\\c:d", "a-b-c-d"), ("../../etc/passwd", "etc-passwd")],
)
def test_files_safe_name_keeps_letters_of_any_script(text, name):
    assert safe_name(text) == name


@pytest.mark.parametrize("text", ["", "...", "CON", "nul.txt", "ก" * 300, "\x00", "com1"])
def test_files_safe_name_is_never_empty_reserved_or_too_long(text):
    name = safe_name(text)
    assert 1 <= len(name) <= 80
    assert name.split(".")[0].lower() not in {"con", "nul", "com1"}
    assert "/" not in name
    assert safe_name(text) == name


def test_files_replacing_leaves_the_old_file_when_the_block_fails(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError), replacing(path) as temporary:
        temporary.write_bytes(b"half") and temporary.write_text("ไทย", encoding="ascii")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_files_unwritable_place_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_text(tmp_path / "file" / "below.txt", "x")


def test_files_hash_of_a_value_ignores_the_order_of_keys():
    assert sha256_of({"a": 1, "ข": 2}) == sha256_of(json.loads('{"ข": 2, "a": 1}'))


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@settings(deadline=None)
@given(VALUES)
def test_large_json_is_the_text_that_json_writes(value):
    assert "".join(json_pieces(value)) == json.dumps(value, ensure_ascii=False, indent=1)


@dataclass
class _Spoken:
    who: str
    when: datetime
    steps: dict[int, tuple[str, ...]]


def test_large_json_comes_back_object_by_object(tmp_path):
    day = datetime(2010, 1, 1, tzinfo=BANGKOK)
    spoken = [_Spoken("ครู\u2028\n}", day, {2: ("น้ำ",)}), _Spoken("", day, {})]
    value = {"spoken": spoken, "counts": {"a": {"b": [1]}}, "name": "x", "nobody": [], "nothing": {}}
    path = tmp_path / "x.json"
    write_large_json(path, value)
    plain = json.loads(json.dumps(value | {"spoken": [asdict(one) for one in spoken]}, default=datetime.isoformat))
    assert path.read_text(encoding="utf-8") == json.dumps(plain, ensure_ascii=False, indent=1) + "\n"
    made = {"spoken": lambda one: (one["who"], one["steps"]), "nobody": None}
    assert read_large_json(path, made) == plain | {"spoken": [("ครู\u2028\n}", {"2": ["น้ำ"]}), ("", {})]}
    whole = path.read_text(encoding="utf-8")
    for length in range(0, len(whole) - 1, 7):
        path.write_text(whole[:length], encoding="utf-8")
        with pytest.raises((ValueError, KeyError)):
            read_large_json(path, made)


def test_large_json_has_short_forms_of_objects_wherever_they_stand(tmp_path):
    one = _Spoken("ครู", datetime(2010, 1, 1, tzinfo=BANGKOK), {})
    write_large_json(
        tmp_path / "x.json", {"all": [{"some": (one, one)}], "one": {"of": one}}, {_Spoken: lambda s: s.who}
    )
    assert json.loads((tmp_path / "x.json").read_text("utf-8")) == {
        "all": [{"some": ["ครู", "ครู"]}],
        "one": {"of": "ครู"},
    }


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({"a": PLAIN, '"%s': PLAIN}), max_size=3))
def test_large_json_of_objects_in_columns_is_that_of_a_list_of_them(some):
    columns = {name: [one[name] for one in some] for name in ("a", '"%s')}
    kept = Objects(len(some), lambda: columns)
    assert [*kept] == some and kept[:1] == some[:1]
    value = {"x": [{"members": kept}, {"members": some}]}
    assert "".join(json_pieces(value)) == json.dumps(value, ensure_ascii=False, indent=1, default=list)


@settings(deadline=None)
@given(st.lists(st.lists(st.text(max_size=2), max_size=4), max_size=6), st.integers(1, 6))
def test_word_lists_are_the_lists_that_they_were_made_of(lists, rows):
    whole = pa.table({"words": lists}, schema=pa.schema([("words", pa.list_(pa.string()))]))
    column = pa.chunked_array(
        [chunk for batch in whole.to_batches(max_chunksize=rows) for chunk in [batch["words"]]],
        pa.list_(pa.string()),
    )
    words = WordLists()
    words.add(column[:3])
    words.add(column[3:])
    assert list(words) == lists == words[:] == [words[row] for row in range(len(words))]
    assert [words[row] for row in range(-len(lists), 0)] == lists
    with pytest.raises(IndexError):
        words[len(lists)]


# ---- what is too much to hold


def test_numbering_gives_equal_values_one_number_over_all_pieces():
    names = Numbering[str]()
    assert names.numbers(pa.chunked_array([["นิด", None, "แดง"], ["นิด"]])).tolist() == [0, -1, 1, 0]
    assert names.numbers(pa.chunked_array([["แดง", "เขียว"]])).tolist() == [1, 2]
    assert names.numbers(pa.chunked_array([], pa.string())).tolist() == []
    assert (names.values, names.find("เขียว"), names.find("ดำ")) == (["นิด", "แดง", "เขียว"], 2, -1)


def test_unpacked_tables_give_any_row_and_leave_no_file(tmp_path):
    texts = [f"ข้อความที่ {n}" if n % 7 else None for n in range(9_000)]
    write_table(tmp_path / "texts.parquet", pa.table({"text": texts, "left": range(9_000)}))
    table = unpacked_table(tmp_path / "texts.parquet", ["text"], tmp_path)
    assert table.column_names == ["text"]
    column = Column(table["text"])
    assert (len(column), column[8_999], column[-1], column[0]) == (9_000, texts[-1], texts[-1], None)
    assert column[1_998:2_002] == texts[1_998:2_002]
    assert list(column) == texts
    assert [path.name for path in tmp_path.iterdir()] == ["texts.parquet"]
    with pytest.raises(IndexError):
        column[9_000]
    write_table(tmp_path / "none.parquet", pa.table({"text": pa.array([], pa.string())}))
    assert len(Column(unpacked_table(tmp_path / "none.parquet", ["text"])["text"])) == 0


def test_hash_counts_tell_what_several_have_in_parts_on_disk(monkeypatch, tmp_path):
    monkeypatch.setattr("minecop.core.hashcounts._HELD", 100)
    random = np.random.default_rng(1)
    extremes = [-(1 << 63), (1 << 63) - 1, 0, -1]
    numbers = [*random.integers(-(1 << 63), (1 << 63) - 1, 300).tolist(), *extremes]
    people = [{numbers[n] for n in random.integers(0, len(numbers), 40).tolist()} for _ in range(50)] + [
        set(extremes)
    ] * 2
    expected = {n: c for n, c in Counter(n for own in people for n in own).items() if c > 1}
    with HashCounts(tmp_path) as counts:
        for own in people:
            counts.add(own)
        hashes, users = counts.several()
    assert dict(zip(hashes.tolist(), users.tolist(), strict=True)) == expected
    assert hashes.tolist() == sorted(expected)
    with HashCounts() as nothing:
        assert nothing.several()[0].tolist() == []


def test_workers_sum_in_one_thread(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with make_executor(2) as executor:
        assert executor.submit(os.getenv, "OMP_NUM_THREADS").result() == "1"
    assert "OMP_NUM_THREADS" not in os.environ


class Heavy:
    """A function that holds much, and counts how often it was sent."""

    def __init__(self):
        self.held = bytes(1_000_000)
        self.sent = 0

    def __getstate__(self):
        self.sent += 1
        return {"held": self.held, "sent": self.sent}

    def __call__(self, number):
        return number + len(self.held)


def test_workers_get_a_large_function_once_and_not_with_every_chunk(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    heavy = Heavy()
    with make_executor(2) as executor:
        found = executor.map(heavy, range(50))
        assert next(found) == 1_000_000
        assert [path.name for path in tmp_path.glob("*/*")] == ["function"]
        assert list(found) == [*range(1_000_001, 1_000_050)]
    assert heavy.sent == 1
    assert not any(tmp_path.iterdir()), "and the file is gone"


def test_what_was_read_of_mapped_files_is_let_go_of(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(bytes(1 << 22))
    asked = []

    class Map(mmap.mmap):
        def madvise(self, how):
            asked.append(how)
            super().madvise(how)

    with path.open("rb") as file:
        handle = watched(Map(file.fileno(), 0, access=mmap.ACCESS_READ))
    let_go()
    asked.clear()
    monkeypatch.setattr("minecop.core.mapping._LET_GO", 1 << 21)
    for _ in range(32):
        have_read(1)
    assert not asked
    have_read(1)
    assert asked == ([mmap.MADV_DONTNEED] if hasattr(mmap, "MADV_DONTNEED") else [])
    assert handle[: 1 << 12] == bytes(1 << 12)
    handle.close()
    let_go()


@given(st.lists(st.integers(0, 9)), st.integers(1, 5))
def test_remembered_answers_are_those_of_the_function_and_few(asked, most):
    remembered = Remembered(int.__neg__, most)
    assert [remembered[number] for number in asked] == [-number for number in asked]
    assert len(remembered) <= most


def test_remembered_keeps_what_is_asked_again():
    told = []
    remembered = Remembered(lambda number: told.append(number) or number, 2)
    for number in (1, 2, 3, 1, 4, 1):
        remembered[number]
    assert told == [1, 2, 3, 4]


def test_tables_are_read_without_what_was_read_before(tmp_path):
    random = np.random.default_rng(0)
    schema = pa.schema([("text", pa.string())])
    with TableWriter(tmp_path / "t.parquet", schema) as table:
        for _ in range(10):
            table.write(pa.table({"text": [random.bytes(50).hex() for _ in range(10_000)]}, schema=schema))
    size = (tmp_path / "t.parquet").stat().st_size
    tracemalloc.start()
    try:
        held = [tracemalloc.get_traced_memory()[0] for _ in read_tables(tmp_path / "t.parquet", 1_000)]
    finally:
        tracemalloc.stop()
    assert len(held) == 100
    assert max(held) < size / 2
