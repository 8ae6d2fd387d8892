"""Zip and tar files of everything: as if they had been unpacked, and nothing unpacked to where its name says."""

import io
import tarfile
import zipfile

import pytest

from minecop.archive.importing import import_archive, read_sources
from minecop.archive.models import Account
from minecop.archive.reading import read_safely
from minecop.archive.sources import Options, Source

ONE = "ประชุมกลุ่มแม่บ้านเมื่อวาน ตกลงกันว่าจะเลิกใช้โฟมใส่ขนม แต่ใบตองหายากขึ้นทุกวัน ใครมีวิธีเก็บใบตองให้อยู่ได้หลายวันบ้าง"
TWO = "ลูกชายกลับมาช่วยทำนา เขาจะลองหว่านปุ๋ยพืชสดแทนปุ๋ยเคมี พ่อไม่เห็นด้วยเท่าไหร่ แต่ก็ยอมให้ลองสองไร่ก่อน"


def zipped(members, **options):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data.encode() if isinstance(data, str) else data, **options)
    return out.getvalue()


def tarred(members, mode="w:gz"):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:
        for name, data in members.items():
            data = data.encode() if isinstance(data, str) else data
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(data, name):
    account = Account()
    posts = list(read_safely(Source.of_bytes(data, name), Options(), account))
    return posts, [(entry.kind, entry.source, entry.key) for entry in account.entries if entry.kind == "refused"]


MEMBERS = {
    "บันทึก/๑.txt": ONE,
    "บันทึก/๒.txt": TWO,
    "บันทึก/รูป.exe": b"MZ\x00",
    "__MACOSX/._x.txt": "x",
    ".hidden/x.txt": "x",
    "readme.md": "ไม่ใช่บันทึก",
    "authors.csv": "author_id,name\n",
}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.zip", zipped(MEMBERS)),
        ("a.tar.gz", tarred(MEMBERS)),
        ("a.tgz", tarred(MEMBERS)),
        ("a.tar", tarred(MEMBERS, "w")),
        ("a.tar.bz2", tarred(MEMBERS, "w:bz2")),
        ("a.tar.xz", tarred(MEMBERS, "w:xz")),
    ],
)
def test_archivefile_members_are_read_as_files_of_a_folder(name, data):
    posts, refused = read(data, name)
    assert [(post.id, post.body, post.source) for post in posts] == [
        ("๑", ONE, f"{name}/บันทึก/๑.txt"),
        ("๒", TWO, f"{name}/บันทึก/๒.txt"),
    ]
    assert refused == [("refused", f"{name}/บันทึก/รูป.exe", "unknown_kind")]


def test_archivefile_thai_names_of_old_windows():
    data = zipped({"XXXXX.txt": ONE})
    name = "เรื่อง".encode("cp874")[:5]
    posts, _ = read(data.replace(b"XXXXX", name), "old.zip")
    assert posts[0].source == f"old.zip/{name.decode('cp874')}.txt"


def test_archivefile_resources_of_a_saved_page_are_no_posts():
    page = f"<html><body><p>{ONE}</p></body></html>"
    posts, refused = read(zipped({"p/หน้า.html": page, "p/หน้า_files/ads.html": page, "p/หน้า_files/x.js": "1"}), "a.zip")
    assert [post.source for post in posts] == ["a.zip/p/หน้า.html"]
    assert not refused


def test_archivefile_within_one_another_up_to_a_depth():
    data = zipped({"x.txt": ONE})
    for _ in range(2):
        data = zipped({"in.zip": data})
    posts, refused = read(data, "a.zip")
    assert [post.body for post in posts] == [ONE]
    posts, refused = read(zipped({"in.zip": data}), "a.zip")
    assert not posts
    assert [key for _, _, key in refused] == ["archive_too_deep"]


@pytest.mark.parametrize("build", [zipped, tarred])
def test_archivefile_names_that_lead_out_write_nothing(tmp_path, build):
    name = "evil.zip" if build is zipped else "evil.tar.gz"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(build({"../../out.txt": ONE, "/etc/out.txt": TWO}))
    before = sorted(tmp_path.rglob("*"))
    posts, _, _ = read_sources(tmp_path / "in" / name)
    assert sorted(post.body for post in posts) == sorted([ONE, TWO])
    assert sorted(tmp_path.rglob("*")) == before


def test_archivefile_links_and_devices_are_left_alone(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("ความลับของเครื่องนี้", encoding="utf-8")
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
        pipe = tarfile.TarInfo("pipe.txt")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
        data = ONE.encode()
        info = tarfile.TarInfo("ok.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    posts, _ = read(out.getvalue(), "a.tar")
    assert [post.body for post in posts] == [ONE]


def test_archivefile_bomb_is_refused_before_it_bursts():
    posts, refused = read(zipped({"bomb.txt": b"0" * (100 * 2**20), "ok.txt": ONE}), "a.zip")
    assert not posts
    assert [key for _, _, key in refused] == ["archive_too_large"]


def test_archivefile_lying_directory_gives_no_more_than_it_says():
    data = zipped({"x.txt": ONE + "ก" * 3000})
    size = len((ONE + "ก" * 3000).encode()).to_bytes(4, "little")
    lying = data.replace(size, (600).to_bytes(4, "little"))
    assert lying != data
    posts, refused = read(lying, "a.zip")
    assert sum(len(post.body) for post in posts) <= 600
    assert posts or refused


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz", "a.tar.xz"])
def test_archivefile_that_is_cut_or_none_is_refused(name):
    whole = zipped(MEMBERS) if name == "a.zip" else tarred(MEMBERS, "w:gz" if name.endswith("gz") else "w:xz")
    for data in (whole[:200], b"PK\x03\x04", b"\x1f\x8b\x08", b"hello"):
        posts, refused = read(data, name)
        assert posts or refused, data[:10]


def test_archivefile_encrypted_member_is_refused_by_name():
    data = bytearray(zipped({"x.txt": ONE}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + offset
        data[at] |= 1
    _, refused = read(bytes(data), "a.zip")
    assert [key for _, _, key in refused] == ["archive_encrypted"]


def test_archivefile_large_member_of_a_tar_is_read_from_disk(tmp_path):
    lines = "".join(f'{{"id": "{n}", "body": "{TWO} {n} {"ก" * 3000}"}}\n' for n in range(1200))
    assert len(lines.encode()) > 8 * 2**20
    path = tmp_path / "big.tar.gz"
    path.write_bytes(tarred({"posts.jsonl": lines}))
    _, head = import_archive(path, tmp_path / "ours")
    assert head.posts == 1200
