import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive import streams
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import csvtable
from minecop.archive.readers.csvtable import read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "table"


def of_file(name, **columns):
    account = Account()
    path = FIXTURES / name
    return list(read(Source.of_file(path, path.name), Options(columns), account)), account


def of_text(text, name="t.csv", encoding="utf-8", columns=None):
    account = Account()
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return list(read(Source.of_bytes(data, name), Options(columns or {}), account)), account


def told(account, *, read=False):
    return [(e.kind, e.source, e.key) for e in account.entries if read or e.key != "columns_read"]


def bodies(posts):
    return [(post.id, post.body, [comment.body for comment in post.comments]) for post in posts]


def test_csv_of_a_provincial_health_office():
    posts, account = of_file("health-office.csv")
    assert posts == [
        Post(
            id="118",
            title="ป้าบัวลาไม่ได้ดื้อ",
            author_id="จันทร์เพ็ญ ศรีวงค์งาม",
            author_name="จันทร์เพ็ญ ศรีวงค์งาม",
            communities=("สอ.บ้านหนองแวงน้อย",),
            published=datetime(2008, 3, 12, tzinfo=BANGKOK),
            tags=("เบาหวาน", "เยี่ยมบ้าน"),
            body='คลินิกเบาหวานวันพุธ ป้าบัวลาขาดนัดเป็นเดือนที่สาม ในแฟ้มเขียนไว้ตัวแดงว่า "ไม่ให้ความร่วมมือ" ดิฉันก็เกือบจะเขียนซ้ำลงไปอีกบรรทัดแล้ว\n\n'
            "พอดีบ่ายนั้นต้องไปส่งนมเด็กแถวบ้านแก เลยแวะ ถึงได้รู้ว่าแกเลี้ยงหลานสองคน คนเล็กเพิ่งเจ็ดเดือน รถสองแถวออกตีห้าครึ่งเที่ยวเดียว "
            'จะเอาหลานไปด้วยก็กลัวติดหวัดที่โรงพยาบาล แกบอกว่า "หมอ กูอยากไปอยู่ แต่กูไปบ่ได้"\n\n'
            "กลับมาคุยกันในสถานีอนามัยสามคน ตกลงว่าจะเจาะเลือดให้แกที่บ้านเดือนละครั้ง แล้วเอายาไปส่งพร้อมนมเลย น้ำตาลจาก 268 ลงมาเหลือ 170 กว่าๆ ในสองเดือน "
            "ไม่ได้ใช้ยาเพิ่มสักเม็ด ที่ได้เรียนรู้คือก่อนจะเขียนว่าใครดื้อ ให้ไปดูทางเดินมาหาเราของเขาก่อนค่ะ",
            comments=(
                Comment(1, "ขอบคุณพี่เพ็ญค่ะ ที่ สอ.โนนสำราญก็มีตาสิงห์อีกคน ขาดนัดเพราะไม่มีใครไปส่ง จะลองเอาวิธีนี้ไปใช้ดู"),
                Comment(2, "เห็นด้วยครับ แต่ถ้ามีสัก 20 คนแบบนี้ เราสามคนจะวิ่งไหวไหม อยากรู้ว่าที่อื่นเขาจัดเวรกันอย่างไร"),
                Comment(3, "อ่านแล้วน้ำตาซึม สู้ๆ นะคะ"),
            ),
            source="health-office.csv:4",
        ),
        Post(
            id="121",
            title="คว่ำกะลาอย่างเดียวไม่พอ",
            author_id="ลุงถาวร (อสม. หมู่ 6)",
            author_name="ลุงถาวร (อสม. หมู่ 6)",
            communities=("สอ.บ้านหนองแวงน้อย",),
            published=datetime(2008, 6, 9, tzinfo=BANGKOK),
            tags=("ไข้เลือดออก", "อสม."),
            body="ผมเป็น อสม. มา 14 ปี ทุกปีหน้าฝนก็เดินคว่ำกะลา ใส่ทรายอะเบทเหมือนเดิม ปีนี้หมู่เรามีเด็กป่วย 4 คน ทั้งที่ค่าลูกน้ำเราต่ำสุดในตำบล\n\n"
            "ผมเลยชวนหลานไปนั่งเฝ้าดูยุงจริงๆ ที่วัด สรุปว่าไม่ใช่ตุ่มตามบ้านหรอก แต่เป็นแจกันศาลพระภูมิกับยางรถเก่าหลังเมรุ ไม่มีใครนับเพราะไม่ใช่บ้านใคร "
            'เดือนนี้เราเลยเพิ่มช่องในแบบสำรวจว่า "ที่ของส่วนรวม" ให้เณรช่วยดูคนละจุด เณรชอบมาก แข่งกันนับตัวใครได้มากกว่ากัน',
            comments=(Comment(1, "เยี่ยมมากครับลุง ขอแบบสำรวจที่เพิ่มช่องแล้วได้ไหมครับ หมู่ 2 อยากได้"),),
            source="health-office.csv:5",
        ),
        Post(
            id="125",
            title="แปรงฟันหลังข้าวเที่ยง",
            author_id="ทันตาภิบาลจอย",
            author_name="ทันตาภิบาลจอย",
            communities=("สอ.ท่าม่วง",),
            published=datetime(2008, 7, 25, tzinfo=BANGKOK),
            tags=("ฟันผุ ศูนย์เด็กเล็ก",),
            body="ศูนย์เด็กเล็กท่าม่วงมีเด็ก 32 คน ฟันผุ 27 คน ตอนแรกจอยทำโปสเตอร์ไปติดสวยมาก สามเดือนผ่านไปเท่าเดิม ครูพี่เลี้ยงบอกตรงๆ ว่าก๊อกน้ำมีหัวเดียว "
            "กว่าจะแปรงครบห้องหนึ่งเด็กหลับไปครึ่งแล้วจ้า\n\n"
            "เลยไปขอช่างของ อบต. ต่อท่อพีวีซีเจาะรู 8 รู ใช้เงินไม่ถึง 600 บาท ทีนี้แปรงพร้อมกันทั้งแถวเลย ยังไม่รู้ว่าฟันผุจะลดหรือเปล่านะคะ "
            "แต่ตอนนี้เด็กแปรงทุกวันแล้ว โปสเตอร์เอาออกไปแล้วด้วย 555",
            comments=(
                Comment(1, "ท่อพีวีซีของเราก็ทำ แต่ตะไคร่ขึ้นเร็วมาก ต้องให้ครูขัดทุกศุกร์"),
                Comment(2, "ขอรูปหน่อยค่ะน้องจอย จะเอาไปให้นายกดู"),
            ),
            source="health-office.csv:6",
        ),
        Post(
            id="130",
            title="ประชุมทั้งวันได้อะไร",
            communities=("กลุ่มงานพัฒนายุทธศาสตร์",),
            body="วันนี้ประชุมประจำเดือน 6 ชั่วโมง จดมาได้สามบรรทัด ลองนับดูแล้ว คนที่ได้พูดมี 5 คนจาก 41 คน ถ้าเอาเวลาสักครึ่งชั่วโมงให้แต่ละอำเภอเล่าเรื่องที่ทำแล้วได้ผลเรื่องเดียว "
            "จะดีกว่าไหม ฝากคิด",
            source="health-office.csv:7",
        ),
    ]
    assert told(account, read=True) == [
        ("guessed", "health-office.csv", "encoding_guessed"),
        ("read", "health-office.csv", "columns_read"),
        ("refused", "health-office.csv:8", "no_body"),
        ("guessed", "health-office.csv", "comments_split"),
        ("warning", "health-office.csv", "columns_unused"),
    ]
    assert account.entries[-1].details == {"columns": "ผู้คีย์"}


def test_csv_of_a_google_form_takes_the_long_answers_for_the_text():
    posts, account = of_file("aar-form.tsv")
    expected, beyond, less, after = (
        "ก่อนมาอบรมคาดหวังอะไรไว้",
        "อะไรที่ได้เกินคาด",
        "อะไรที่ยังน้อยกว่าคาด และอยากให้ปรับ",
        "กลับไปจะทำอะไรต่อ",
    )
    assert posts == [
        Post(
            id="aar-form-2",
            author_id="นางสาวกนกอร ใจเที่ยง",
            author_name="นางสาวกนกอร ใจเที่ยง",
            communities=("บ้านห้วยไคร้วิทยา",),
            published=datetime(2022, 5, 14, 16, 20, 11, tzinfo=BANGKOK),
            body=f"{expected}\nอยากได้เครื่องมือที่เอาไปใช้กับ ป.2 ได้จริง ไม่ใช่ทฤษฎี\n\n"
            f"{beyond}\nไม่คิดว่าจะได้ร้องไห้ ตอนพี่สมพงษ์เล่าเรื่องเด็กที่หายไปจากห้องแล้วไม่มีใครไปตาม มันคือเด็กห้องหนูเลย\n\n"
            f"{less}\nเวลาน้อยมากค่ะ วงเล็กคุยกำลังเข้าเรื่องก็หมดเวลา อยากให้ตัดช่วงบรรยายบ่ายออก\n\n"
            f"{after}\nจะนัดครู ป.1-ป.3 กินข้าวเที่ยงด้วยกันทุกวันพฤหัส แล้วเล่าเรื่องเด็กคนละหนึ่งคน เอาแค่ 20 นาที",
            source="aar-form.tsv:2",
        ),
        Post(
            id="aar-form-3",
            author_id="สมพงษ์ ก.",
            author_name="สมพงษ์ ก.",
            communities=("บ้านสันป่าตึง",),
            published=datetime(2022, 5, 14, 16, 24, 40, tzinfo=BANGKOK),
            body=f"{expected}\nไม่ได้คาดหวัง ถูกส่งมาแทน ผอ.\n\n"
            f'{beyond}\nได้ยินครูรุ่นใหม่พูดคำว่า "กลัวเด็ก" ออกมาดังๆ กลางวง\nผมสอนมา 27 ปียังไม่เคยกล้าพูด\n\n'
            f"{after}\nจะกลับไปเล่าให้คนที่ส่งผมมาฟัง ว่าเขาน่าจะมาเอง",
            source="aar-form.tsv:3",
        ),
        Post(
            id="aar-form-4",
            communities=("ชุมชนวัดปากคลองเหนือ",),
            published=datetime(2022, 5, 14, 16, 31, 5, tzinfo=BANGKOK),
            body=f"{expected}\nมาดูว่า PLC ที่เขาพูดกันหน้าตาเป็นยังไง เพราะที่โรงเรียนทำแต่เอกสาร\n\n"
            f"{beyond}\nที่นี่ไม่มีแบบฟอร์มเลยสักแผ่น ตกใจ แต่ดี\n\n"
            f"{less}\nไม่มีตัวอย่างของโรงเรียนใหญ่ เรามีครู 96 คน จะนั่งวงยังไงให้ครบ\n\n"
            f"{after}\nลองกับสาระภาษาไทยก่อน 11 คน ถ้าไปได้ค่อยขยาย ถ้าไม่ได้ก็จะมาเล่าว่าทำไมไม่ได้",
            source="aar-form.tsv:4",
        ),
    ]
    assert told(account) == [
        ("guessed", "aar-form.tsv", "columns_joined"),
        ("warning", "aar-form.tsv", "columns_unused"),
    ]


def test_csv_of_one_long_answer_is_that_answer_without_its_question():
    posts, _ = of_text("ประทับเวลา,ชื่อ-สกุล,เล่าเรื่องที่ประทับใจ\n1/2/2565,นก,วันที่น้ำท่วมโรงเรียนแล้วผู้ปกครองมาช่วยกันล้าง\n")
    assert posts[0].body == "วันที่น้ำท่วมโรงเรียนแล้วผู้ปกครองมาช่วยกันล้าง"


def test_csv_form_whose_opinion_is_one_question_of_several():
    header = "ประทับเวลา,สิ่งที่ได้เรียนรู้ในวันนี้,ความคิดเห็น\n"
    posts, account = of_text(
        header + "1/2/2565,ฟังเด็กให้จบก่อนจะพูด ไม่ใช่ฟังเพื่อรอพูด,อยากให้จัดนอกสถานที่บ้าง ห้องประชุมมันแคบเกินไป\n"
    )
    assert posts[0].body.startswith("สิ่งที่ได้เรียนรู้ในวันนี้\nฟังเด็ก") and "ความคิดเห็น\nอยากให้" in posts[0].body
    assert posts[0].comments == ()
    assert "columns_joined" in {e.key for e in account.entries}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("name", ["t.csv", "t.tsv"])
def test_csv_any_delimiter(delimiter, name):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([["รหัส", "เนื้อหา"], ["7", f"หนึ่ง{delimiter} สอง, สาม; สี่ | ห้า\nหก"], ["8", "เจ็ด"]])
    posts, account = of_text(out.getvalue(), name)
    assert bodies(posts) == [("7", f"หนึ่ง{delimiter} สอง, สาม; สี่ | ห้า\nหก", []), ("8", "เจ็ด", [])]
    assert told(account) == []


def test_csv_excels_own_word_for_the_delimiter():
    assert bodies(of_text("sep=;\r\nรหัส;เนื้อหา\r\n7;ก,ข\r\n")[0]) == [("7", "ก,ข", [])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp874", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_csv_encodings_and_line_ends(encoding, ends):
    text = ends.join(["รหัส,เนื้อหา", '7,"บรรทัดแรก', 'บรรทัดสอง"', "8,จบแล้วจริงๆ"]) + ends
    posts, account = of_text(text, encoding=encoding)
    assert bodies(posts) == [
        ("7", f"บรรทัดแรก{ends.replace(chr(13) + chr(10), chr(10))}บรรทัดสอง", []),
        ("8", "จบแล้วจริงๆ", []),
    ]
    guessed = [e.details["encoding"] for e in account.entries if e.key == "encoding_guessed"]
    assert guessed == ([encoding] if encoding in {"cp874", "utf-16-le", "utf-16-be"} else [])


def test_csv_a_letter_cut_by_the_end_of_the_sample_does_not_mislead():
    for shift in range(3):
        text = "รหัส,เนื้อหา\n1," + "x" * shift + "ก" * 60_000 + "\n"
        posts, account = of_text(text)
        assert posts[0].body == "x" * shift + "ก" * 60_000
        assert told(account) == []


def test_csv_thai_that_begins_behind_the_sample_is_found():
    ascii_rows = "".join(f"{n},plain words\n" for n in range(9_000))
    posts, account = of_text(("id,body\n" + ascii_rows + "9999,ภาษาไทยอยู่ไกลมาก\n").encode("cp874"))
    assert posts[-1].body == "ภาษาไทยอยู่ไกลมาก"
    assert [e.details for e in account.entries if e.key == "encoding_guessed"] == [{"encoding": "cp874"}]


def test_csv_a_few_broken_bytes_are_told_and_the_rest_read():
    data = "รหัส,เนื้อหา\n1,".encode() + "ดีอยู่ทั้งหมด ".encode() * 20 + b"\xff\xfe x\n"
    posts, account = of_text(data)
    assert posts[0].body.endswith("\ufffd\ufffd x")
    assert ("warning", "t.csv", "characters_lost") in told(account)


def test_csv_a_guess_that_no_stream_can_follow_is_not_taken():
    with pytest.raises(InputError) as caught:
        of_text(b"\t\xfe\xff")
    assert caught.value.key == "no_heading"


def test_csv_marks_of_the_unreadable_that_were_written_are_no_damage():
    for encoding in ("utf-8", "utf-8-sig"):
        posts, account = of_text("รหัส,เนื้อหา\n1,ก\ufffdข\n", encoding=encoding)
        assert posts[0].body == "ก\ufffdข"
        assert told(account) == []


def test_csv_nul_bytes_are_taken_out_and_told():
    posts, account = of_text("รหัส,เนื้อหา\n1,ก\0ข\n" + "2,ค\n" * 20)
    assert posts[0].body == "กข"
    assert ("warning", "t.csv", "nul_removed") in told(account)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_csv_empty(data):
    with pytest.raises(InputError) as caught:
        of_text(data)
    assert caught.value.key == "empty_file"


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n" + bytes(200), bytes(range(32)) * 40, b"\0" * 500])
def test_csv_that_is_no_text(data):
    with pytest.raises(InputError) as caught:
        of_text(data)
    assert caught.value.key == "binary_file"


def test_csv_ragged_rows_are_told_by_number():
    posts, account = of_text("รหัส,เนื้อหา,วันที่\n1,ก\n2,ข,2549-05-09,เกิน\n3,ค,2549-05-10\n4,ง,2549-05-11,\n")
    assert bodies(posts) == [("1", "ก", []), ("2", "ข", []), ("3", "ค", []), ("4", "ง", [])]
    assert told(account) == [("warning", "t.csv:2", "row_ragged"), ("warning", "t.csv:3", "row_ragged")]
    assert account.entries[-1].details == {"found": "4", "expected": "3"}


def test_csv_a_text_that_was_not_quoted_stays_whole():
    posts, account = of_text("รหัส,เนื้อหา\n1,ไปตลาด, ซื้อผัก, แล้วกลับ\n")
    assert posts[0].body == "ไปตลาด, ซื้อผัก, แล้วกลับ"
    assert told(account) == [("warning", "t.csv:2", "row_ragged")]


def test_csv_many_ragged_rows_are_told_in_one_line_more():
    _, account = of_text("รหัส,เนื้อหา,x\n" + "".join(f"{n},ก\n" for n in range(1000)))
    assert [e.key for e in account.entries].count("row_ragged") == 20
    assert account.entries[-1].key == "rows_ragged"
    assert account.entries[-1].details == {"count": "980", "last": "1001"}


def test_csv_a_quotation_mark_that_nobody_closes_costs_one_row():
    rows = "".join(f"{n},ข้อความที่ {n}\n" for n in range(3, 2000))
    posts, account = of_text('รหัส,เนื้อหา\n1,"เขาพูดว่า\n2,ต่อไป\n' + rows)
    assert bodies(posts[:3]) == [("1", '"เขาพูดว่า', []), ("2", "ต่อไป", []), ("3", "ข้อความที่ 3", [])]
    assert len(posts) == 1999
    assert told(account) == [("warning", "t.csv:2", "quote_not_closed")]


def test_csv_open_quotation_marks_in_every_row_end(monkeypatch):
    monkeypatch.setattr(csvtable, "_MOST_LINES", 50)
    posts, account = of_text("รหัส,เนื้อหา\n" + "".join(f'a{n}","ข{n}\n' for n in range(3000)))
    assert len(posts) == 3000
    assert [e.key for e in account.entries].count("quote_not_closed") <= 21


def test_csv_a_huge_cell_is_read_and_a_line_without_end_is_refused(monkeypatch):
    posts, _ = of_text("รหัส,เนื้อหา\n1," + "ก" * 300_000 + "\n2,ข\n")
    assert [len(post.body) for post in posts] == [300_000, 1]
    monkeypatch.setattr(csvtable, "LARGEST_WHOLE", 2**20)
    monkeypatch.setattr(streams.lines_of, "__defaults__", (2**20,))
    with pytest.raises(InputError) as caught:
        of_text("รหัส,เนื้อหา\n1," + "x" * 2**21)
    assert (caught.value.key, caught.value.details["line"]) == ("line_too_long", 2)


def test_csv_headings_below_title_rows_and_again_on_every_page():
    text = "รายงานเรื่องเล่า,,\nข้อมูล ณ วันที่ 5 พ.ค. 2551,,\n,,\nรหัส,เรื่อง,เนื้อหา\n1,ก,ข\nรหัส,เรื่อง,เนื้อหา\n2,ค,ง\n"
    posts, account = of_text(text)
    assert bodies(posts) == [("1", "ข", []), ("2", "ง", [])]
    assert told(account) == []


def test_csv_headings_are_looked_for_in_ten_rows():
    blank = "หมายเหตุ,ยาว\n"
    assert len(of_text(blank * 9 + "รหัส,เนื้อหา\n1,ก\n")[0]) == 1
    with pytest.raises(InputError):
        of_text(blank * 10 + "รหัส,เนื้อหา\n1,ก\n")


def test_csv_without_known_headings_lists_its_columns_and_the_option():
    with pytest.raises(InputError) as caught:
        of_text("ข้อหนึ่ง,ข้อสอง\nก,ข\n")
    assert caught.value.key == "no_heading"
    for lang in ("th", "en"):
        assert "ข้อหนึ่ง, ข้อสอง" in caught.value.text(lang) and "--map" in caught.value.text(lang)


def test_csv_with_headings_and_no_text_lists_its_columns_and_the_option():
    with pytest.raises(InputError) as caught:
        of_text("รหัส,ผู้เขียน,คะแนน\n1,ก,5\n")
    assert caught.value.key == "no_text_column"
    assert "รหัส, ผู้เขียน, คะแนน" in caught.value.text("th") and "--map" in caught.value.text("th")


def test_csv_map_names_the_columns():
    posts, account = of_text("ก,ข,ค\n1,เรื่อง,ตู่\n", columns={"ข": "body", "ค": "author_name"})
    assert (posts[0].body, posts[0].author_id) == ("เรื่อง", "ตู่")
    assert told(account) == [("warning", "t.csv", "columns_unused")]
    with pytest.raises(InputError) as caught:
        of_text("รหัส,เนื้อหา\n1,ก\n", columns={"เนื่อหา": "body"})
    assert caught.value.key == "column_missing"
    assert "รหัส, เนื้อหา" in caught.value.text("th")


def test_csv_map_of_several_columns_to_the_text():
    posts, _ = of_text("ปัญหา,ทำอะไร\nน้ำแห้ง,\nน้ำท่วม,ขุดคลอง\n", columns={"ปัญหา": "body", "ทำอะไร": "body"})
    assert [post.body for post in posts] == ["ปัญหา\nน้ำแห้ง", "ปัญหา\nน้ำท่วม\n\nทำอะไร\nขุดคลอง"]


def test_csv_columns_that_were_not_used_are_told_only_if_anything_stands_in_them():
    _, account = of_text("ลำดับ,เนื้อหา,หมายเหตุ,ว่าง\n1,ก,ดี,\n2,ข,,-\n")
    assert [e.details for e in account.entries if e.key == "columns_unused"] == [{"columns": "หมายเหตุ"}]


@pytest.mark.parametrize(
    ("cell", "comments"),
    [
        ("ดีมากครับ", ["ดีมากครับ"]),
        ("ดีมากครับ\nบรรทัดสอง", ["ดีมากครับ\nบรรทัดสอง"]),
        ("หนึ่ง\n\nสอง\n \n\nสาม", ["หนึ่ง", "สอง", "สาม"]),
        ("1. หนึ่ง\nต่อ\n2. สอง\n\nต่ออีก\n3) สาม", ["หนึ่ง\nต่อ", "สอง\n\nต่ออีก", "สาม"]),
        ("๑) หนึ่ง\n๒) สอง", ["หนึ่ง", "สอง"]),
        ("ความเห็นที่ 1 หนึ่ง\n1. ก\n2. ข\nความคิดเห็นที่ 2: สอง", ["หนึ่ง\n1. ก\n2. ข", "สอง"]),
        ("#1 หนึ่ง\n#2 สอง", ["หนึ่ง", "สอง"]),
        # numbers that do not count from one part nothing
        ("2. สอง\n3. สาม", ["2. สอง\n3. สาม"]),
        ("1. ข้อเดียว", ["1. ข้อเดียว"]),
        ("ปี 2549\n1. ก\n2. ข", ["ปี 2549\n1. ก\n2. ข"]),
        ("3", []),
        ("-", []),
    ],
)
def test_csv_comments_in_one_cell(cell, comments):
    out = io.StringIO()
    csv.writer(out).writerows([["รหัส", "เนื้อหา", "ความเห็น"], ["1", "ก", cell]])
    (post,), account = of_text(out.getvalue())
    assert [comment.body for comment in post.comments] == comments
    assert [comment.position for comment in post.comments] == list(range(1, len(comments) + 1))
    assert ("comments_split" in {e.key for e in account.entries}) == (len(comments) > 1)
    assert post.comments_said == (3 if cell == "3" else None)


def test_csv_comments_in_columns_of_their_own():
    (post,), _ = of_text("รหัส,เนื้อหา,ความเห็นที่ 1,ความเห็นที่ 2,ความเห็นที่ 3\n1,ก,หนึ่ง,,สาม\n")
    assert [(c.position, c.body) for c in post.comments] == [(1, "หนึ่ง"), (2, "สาม")]


def test_csv_rows_of_one_post_gather_and_late_ones_come_alone():
    posts, _ = of_text(
        "รหัส,ชื่อเรื่อง,เนื้อหา,ผู้แสดงความเห็น,ความเห็น,วันที่แสดงความเห็น\n"
        "1,น้ำ,ท่อแตก,นก,เมื่อไร,9 พ.ค. 2549\n"
        "1,น้ำ,ท่อแตก,แก้ว,เมื่อวาน,\n"
        "1,,,ตู่,ซ่อมแล้ว,\n"
        ",,,,ขอบคุณ,\n"
        "2,ไฟ,ดับ,,,\n"
        "1,,,หนู,มาช้าไปไหม,\n"
    )
    assert posts == [
        Post(
            id="1",
            title="น้ำ",
            body="ท่อแตก",
            comments=(
                Comment(1, "เมื่อไร", author_id="นก", author_name="นก", published=datetime(2006, 5, 9, tzinfo=BANGKOK)),
                Comment(2, "เมื่อวาน", author_id="แก้ว", author_name="แก้ว"),
                Comment(3, "ซ่อมแล้ว", author_id="ตู่", author_name="ตู่"),
                Comment(4, "ขอบคุณ"),
            ),
            source="t.csv:2",
        ),
        Post(id="2", title="ไฟ", body="ดับ", source="t.csv:6"),
        Post(id="1", body="", comments=(Comment(1, "มาช้าไปไหม", author_id="หนู", author_name="หนู"),), source="t.csv:7"),
    ]


def test_csv_of_comments_alone():
    posts, account = of_text(
        "post_id,comment_id,username,date,text,parent_id\n7,c1,kaeo,2010-01-02,หนึ่ง,\n7,c2,tu,,สอง,c1\n,c3,x,,ของใคร,0\n",
        "c.csv",
    )
    assert posts == [
        Post(
            id="7",
            body="",
            comments=(
                Comment(1, "หนึ่ง", id="c1", author_id="kaeo", published=datetime(2010, 1, 2, tzinfo=BANGKOK)),
                Comment(2, "สอง", id="c2", author_id="tu", reply_to="c1"),
                Comment(3, "ของใคร", id="c3", author_id="x"),
            ),
            source="c.csv:2",
        )
    ]
    assert told(account) == []


def test_csv_a_comment_before_any_post_is_told():
    posts, account = of_text("post_id,comment_body\n,ลอยๆ\n", "c.csv")
    assert [(post.id, len(post.comments)) for post in posts] == [("c-2", 1)]
    assert told(account) == [("warning", "c.csv:2", "comment_without_post")]


def test_csv_one_id_with_two_texts_stays_two_posts():
    assert bodies(of_text("รหัส,เนื้อหา\n1,ก\n1,ข\n")[0]) == [("1", "ก", []), ("1", "ข", [])]


def test_csv_html_in_cells_becomes_text_and_is_told():
    posts, account = of_text(
        'รหัส,เนื้อหา\n1,"<p>ก&nbsp;ข</p><p>ค</p>"\n2,"<b>ง</b>\nจ"\n3,x &amp; y\n4,1 < 2 และ a & b\n'
    )
    assert [post.body for post in posts] == ["ก\u00a0ข\n\nค", "ง\nจ", "x & y", "1 < 2 และ a & b"]
    assert [e.details for e in account.entries if e.key == "html_to_text"] == [{"count": "3"}]


def test_csv_scripts_in_cells_are_not_text():
    (post,), _ = of_text('รหัส,เนื้อหา\n1,"<p>ก</p><script>alert(1)</script><p onclick=""x()"">ข</p>"\n')
    assert post.body == "ก\n\nข"


def test_csv_ids_from_addresses_and_from_rows():
    posts, _ = of_text(
        "url,เนื้อหา\nhttps://www.gotoknow.org/blog/nurse/40655,ก\nhttps://x.example/about,ข\n", "ชุด/t.csv"
    )
    assert [(post.id, post.blog, post.source) for post in posts] == [
        ("40655", "nurse", "ชุด/t.csv:2"),
        ("t-3", None, "ชุด/t.csv:3"),
    ]


def test_csv_dates_that_cannot_be_read_are_told():
    posts, account = of_text("เนื้อหา,วันที่\nก,เมื่อวาน\nข,-\nค,1147150260\n")
    assert [post.published for post in posts] == [None, None, datetime(2006, 5, 9, 11, 51, tzinfo=BANGKOK)]
    assert [(e.source, e.key) for e in account.entries if e.kind == "warning"] == [("t.csv:2", "date_not_read")]


@given(st.text(max_size=300))
@settings(deadline=None)
def test_csv_any_text_ends_in_posts_or_a_clear_error(text):
    account = Account()
    try:
        posts = list(read(Source.of_bytes(("รหัส,เนื้อหา,ความเห็น\n" + text).encode(), "x.csv"), Options(), account))
    except InputError as error:
        error.text("th")
    else:
        assert all(post.body.strip() or post.comments for post in posts)


@given(st.binary(max_size=300))
@settings(deadline=None)
def test_csv_any_bytes_end_in_posts_or_a_clear_error(data):
    try:
        list(read(Source.of_bytes(data, "x.csv"), Options(), Account()))
    except InputError as error:
        error.text("en")


def test_csv_is_read_as_it_passes(tmp_path):
    """Posts come while the file is still being read, and not more than a part of it is held."""
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("รหัส,เนื้อหา\n")
        for n in range(4_000):
            file.write(f'{n},"เรื่องที่ {n} ' + "ยาว" * 600 + '"\n')
    import tracemalloc

    tracemalloc.start()
    try:
        count = sum(1 for _ in read(Source.of_file(path, path.name), Options(), Account()))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 4_000
    assert path.stat().st_size > 20_000_000
    assert peak < 8_000_000
