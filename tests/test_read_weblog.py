"""Pages of weblogs and sites of any make: whole pages, the lists of comments that they use, and what must not be taken for what."""

import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.page import page_posts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "page"


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=BANGKOK)


def fixture(name: str) -> tuple[list[Post], list[tuple[str, str]]]:
    account = Account()
    posts = list(read(Source.of_file(FIXTURES / name, name), Options(), account))
    return posts, [(entry.kind, entry.key) for entry in account.entries]


def page(
    body: str, head: str = "<title>เรื่องหนึ่ง</title>", url: str | None = None, account: Account | None = None
) -> Post:
    (post,) = page_posts(f"<html><head>{head}</head><body>{body}</body></html>", url, "page.html", account or Account())
    return post


TEXT = (
    "<p>เมื่อวานฝนตกทั้งวัน เดินตรวจลูกน้ำได้แค่สิบสองหลัง จากเป้าสามสิบ เจอลูกน้ำห้าหลัง ส่วนมากอยู่ในจานรองกระถางกับยางรถเก่าหลังบ้าน</p>"
    "<p>บ้านที่ไม่เจอเลยคือบ้านที่ยายเลี้ยงปลาหางนกยูงไว้ในโอ่ง แกว่าเลี้ยงไว้ให้หลานดู ไม่ได้คิดเรื่องยุง</p>"
)


def test_weblog_wordpress_page_with_threaded_comments():
    posts, account = fixture("wordpress.html")
    assert posts == [
        Post(
            id="418",
            body="บ่ายวันอังคารที่ 12 มิถุนายน 2555 ไปเยี่ยมป้าเขียวที่ท้ายซอยวัด แกเป็นเบาหวานกับความดันมาสิบเอ็ดปีแล้ว น้ำตาลรอบนี้ 286 ทั้งที่แกบอกว่ากินยาครบทุกมื้อ\n\n"
            "นิดเลยขอดูยา\n\n"
            "แกหิ้วออกมาสามถุงค่ะ ถุงแรกของโรงพยาบาลอำเภอ ถุงที่สองลูกสาวซื้อให้จากร้านในตลาด ถุงที่สามเป็นถุงแป้งเก่า ข้างในมียาเม็ดขาวๆ ปนกันหมด ไม่มีซอง แกบอกว่า “อันนี้ของตาเสริฐ แกตายแล้ว เสียดาย”\n\n"
            "นับไปนับมา มียาความดันซ้ำกันสองตัว ส่วนยาเบาหวานเหลืออยู่ตั้ง 140 กว่าเม็ด เพราะป้าอ่านซองไม่ออก หมอเปลี่ยนขนาดตั้งแต่เดือนมีนา แกก็กินแบบเดิม\n\n"
            "• วันนั้นทำได้แค่แยกยาใส่กล่องสบู่ เขียนรูปพระอาทิตย์กับพระจันทร์ติดไว้\n"
            "• ฝากพี่หวาน อสม. ข้างบ้านช่วยดูตอนเช้า\n"
            "• โทร.บอกเภสัชที่โรงพยาบาล เขาก็เพิ่งรู้เหมือนกัน\n\n"
            "กลับมานั่งคิดว่า ที่เราบันทึกใน Family folder ว่า “รับประทานยาสม่ำเสมอ” มาทุกเดือน มันคืออะไร เราถามแต่ไม่เคยขอดู\u00a0\u00a0ที่อื่นเขาทำกันยังไงคะ",
            url="https://nid-anamai.example/2012/06/third-bag/",
            title="ถุงยาใบที่สาม",
            author_id="nid",
            author_name="นิด อนามัย",
            published=at(2012, 6, 14, 20, 42, 9),
            modified=at(2012, 6, 17, 7, 5),
            tags=("เยี่ยมบ้าน", "ยาเหลือใช้", "เบาหวาน"),
            comments=(
                Comment(
                    1,
                    "อ่านแล้วสะดุ้งเลยครับ ที่ห้องยาเราจ่ายไป 3 เดือน ไม่เคยรู้ว่าของเก่าเหลือเท่าไหร่\n\n"
                    "ที่นี่กำลังลองให้คนไข้หิ้ว “ถุงผ้ายาเดิม” มาทุกนัด เดือนแรกเอามาแค่ 4 ใน 10 คน แต่เจอยาซ้ำไปสองราย",
                    id="71",
                    author_id="เภสัชโอ๋",
                    author_name="เภสัชโอ๋",
                    published=at(2012, 6, 14, 21, 30),
                ),
                Comment(
                    2,
                    "ขอบคุณค่ะพี่โอ๋ ขอยืมถุงผ้าไปใช้บ้างนะคะ ของเราคงต้องให้ อสม. เดินถือไปเอง",
                    id="73",
                    author_id="nid",
                    author_name="นิด อนามัย",
                    published=at(2012, 6, 15, 7, 5),
                    reply_to="71",
                ),
                Comment(
                    3,
                    "เอาไปเลยครับ มีเหลือ 200 ใบ",
                    id="80",
                    author_id="เภสัชโอ๋",
                    author_name="เภสัชโอ๋",
                    published=at(2012, 6, 15, 12, 11),
                    reply_to="73",
                ),
                Comment(
                    4,
                    "แม่หนูก็เป็นค่ะ กินยาน้าเพราะ “เม็ดสีเหมือนกัน” ต้องล้างไตไปแล้วข้างนึง อยากให้ทุก รพ.สต. ขอดูถุงยาแบบนี้บ้าง",
                    id="92",
                    published=at(2012, 7, 2, 22, 48),
                ),
            ),
            comments_said=4,
            source="wordpress.html",
        )
    ]
    assert account == [("warning", "pingbacks_left_out")]


def test_weblog_blogger_page_with_a_definition_list_of_comments():
    posts, account = fixture("blogger.html")
    assert posts == [
        Post(
            id="6612094417720035518",
            body="ปีแรกมาลงชื่อกันยี่สิบแปดคน เกษตรตำบลมาเปิดงาน ถ่ายรูปกันเต็มศาลา\n\n"
            "ปีที่สองเหลือสิบห้า ปีนี้นับเมื่อวานได้หก รวมผมกับแม่บ้าน\n\n"
            "ผมไปเดินถามทีละบ้าน เขาก็พูดไม่เหมือนกันนะ\n"
            "- บ้านหนึ่งว่า ปุ๋ยกองกลางได้ช้า กว่าจะได้ใช้ข้าวออกรวงแล้ว\n"
            "- บ้านหนึ่งว่า ขี้วัวตัวเองมี ทำไมต้องเอาไปรวมแล้วซื้อคืน\n"
            "- อีกบ้านว่าตรงๆ ว่า ไม่ชอบกรรมการ (ก็คือผม 555)\n\n"
            'คิดอยู่หลายคืน สรุปเอาเองว่าเราเอา "กลุ่ม" ตั้งก่อน แล้วค่อยหา "งาน" ให้มันทำ มันกลับหัวกลับหาง ถ้าทำใหม่จะไม่ตั้งกลุ่มเลย จะชวนทำกองข้างคันนาใครคันนามัน ใครขาดอะไรค่อยมาแลกกัน\n\n'
            "เขียนไว้เผื่อหมู่อื่นกำลังจะตั้งเหมือนกัน จะได้ไม่เจ็บเหมือนผม",
            url="http://nahinlad.blogspot.example/2010/05/blog-post_23.html",
            title="ทำไมกลุ่มปุ๋ยหมักบ้านเราเหลือหกคน",
            author_id="09918273645546372819",
            author_name="ลุงหมาย นาหินลาด",
            published=at(2010, 5, 23, 20, 14),
            tags=("ปุ๋ยหมัก", "กลุ่ม"),
            comments=(
                Comment(
                    1,
                    "ลุงคะ ที่ดอนตาลก็เหลือห้าคนค่ะ\n"
                    "แต่ห้าคนนี้ทำจริง ขายได้ด้วย หนูเลยคิดว่าจำนวนคนอาจไม่ใช่คำตอบ ขอเอาเรื่องลุงไปเล่าให้ชมรมเด็กฟังนะคะ",
                    id="4410873625510092213",
                    author_id="05544332211009988776",
                    author_name="ครูแหม่ม ดอนตาล",
                    published=at(2010, 5, 24, 16, 0),
                ),
                Comment(
                    2,
                    "เกษตรตำบลไม่ได้อยากเปิดงานหรอกครับ ตัวชี้วัดเขาให้นับหัว ผมเป็นเอง",
                    id="1120034885590017723",
                    published=at(2010, 5, 25, 8, 41),
                ),
                Comment(
                    3,
                    "ครูแหม่มเอาไปเถอะ ส่วนท่านที่สองผมไม่โกรธ ดีใจที่พูด มาคุยกันที่เถียงนาได้ทุกเย็น",
                    id="7715520094418830265",
                    author_id="09918273645546372819",
                    author_name="ลุงหมาย นาหินลาด",
                    published=at(2010, 5, 25, 19, 20),
                ),
            ),
            comments_said=3,
            source="blogger.html",
        )
    ]
    assert account == []


def test_weblog_drupal_page_with_indented_replies_and_american_dates():
    posts, account = fixture("drupal.html")
    assert posts == [
        Post(
            id="213",
            body="เทอมนี้ลองเปลี่ยนอย่างเดียวค่ะ คือก่อนขึ้นเรื่องใหม่ ให้ทุกคนเขียนคำถามคนละใบใส่กล่อง ไม่ต้องลงชื่อ\n\n"
            'เรื่องแสง ห้องสองได้มา 31 ใบ มีตั้งแต่ "ทำไมเงาตอนเที่ยงสั้น" ไปจนถึง "ครูเคยสอบตกวิทย์มั้ย" (เคยค่ะ)\n\n'
            "ห้อง | ใบที่ถามเรื่องแสง | สอบผ่าน\n2/1 (สอนแบบเดิม) | - | 19 จาก 34\n2/2 | 22 | 26 จาก 31\n\n"
            "ตัวเลขคงยังสรุปอะไรไม่ได้ เพราะห้องสองเก่งกว่าอยู่แล้ว แต่ที่ต่างชัดคือเสียง ห้องสองเสียงดังจนครูห้องข้างๆ มาถาม\n\n"
            "ปัญหาคือเวลา กล่องคำถามกินไปคาบครึ่ง ใครมีวิธีที่เร็วกว่านี้บ้างคะ",
            title="ให้เด็กถามก่อนครูสอน",
            author_id="ครูปาน",
            author_name="ครูปาน",
            published=at(2009, 5, 12, 21, 7),
            tags=("ชั้น ม.2",),
            comments=(
                Comment(
                    1,
                    "ลองแบบนี้ครับ\nผมให้เขียนใส่กระดาษกาวตั้งแต่คาบก่อน 5 นาทีท้ายชั่วโมง แปะหน้าห้อง พักเที่ยงเด็กมายืนอ่านกันเอง ครูแทบไม่ต้องทำอะไร",
                    id="881",
                    author_id="สมพงษ์ ม.ต้น",
                    author_name="สมพงษ์ ม.ต้น",
                    published=at(2009, 5, 13, 6, 40),
                ),
                Comment(
                    2,
                    "เข้าท่ามากค่ะครูสมพงษ์ พรุ่งนี้จะไปซื้อกระดาษกาวเลย",
                    id="882",
                    author_id="ครูปาน",
                    author_name="ครูปาน",
                    published=at(2009, 5, 13, 20, 15),
                    reply_to="881",
                ),
                Comment(3, "ได้ผลไหมครับ มาตามข่าว", id="890", published=at(2009, 6, 1, 9, 2), reply_to="882"),
                Comment(
                    4,
                    "ฝากคิดค่ะ\nดีใจที่ครูเล่าตัวเลขตรงๆ แต่ถ้าปีหน้าสลับห้องกันสอน จะตอบได้ชัดขึ้นนะคะว่าเป็นที่กล่องหรือที่เด็ก",
                    id="885",
                    author_id="ศน.อรวรรณ",
                    author_name="ศน.อรวรรณ",
                    published=at(2009, 5, 14, 11, 30),
                ),
            ),
            source="drupal.html",
        )
    ]
    assert account == []


def test_weblog_homepage_made_by_hand_in_windows_874():
    posts, account = fixture("homepage.htm")
    assert posts == [
        Post(
            id="homepage",
            body="น้ำเสียวันพระใหญ่\n\n"
            "สมัยก่อนผมเป็นนายท้ายเรือเมล์ วิ่งจากวัดไปตลาดวันละสองเที่ยว น้ำใสจนเห็นกุ้ง เดี๋ยวนี้ปลดเกษียณมาอยู่บ้าน นั่งดูคลองทุกเช้า มีเรื่องจะเล่า\n\n"
            "วันพระใหญ่เดือนสามปี ๒๕๔๕ น้ำดำมาทั้งคลอง ปลาลอยตั้งแต่หน้าวัดถึงท้ายสวนผม คนโทษโรงงานเส้นหมี่ โรงงานว่าไม่ใช่ เถียงกันสามวัน\n\n"
            "ผมเลยทำอย่างที่เคยทำตอนขับเรือ คือจด เอาขวดน้ำปลาใส่น้ำหน้าบ้านวันละขวด เขียนวันที่ปิดไว้ เรียงบนชานสิบสี่ขวด ใครมาก็เห็นว่าขวดไหนดำ\n\n"
            "ขวดที่ดำ ตรงกับวันที่ตลาดสดล้างแผงทุกขวด\n\n"
            "ไม่ใช่โรงงานหรอกครับ พวกเราเอง\n\n"
            "วันล้างแผง | น้ำหน้าบ้าน\nก่อนขอร้อง | ดำ ๖ ขวด\nหลังขอร้อง | ดำ ๑ ขวด\n\n"
            "แม่ค้าเขาก็ดี พอเห็นขวดก็ยอมกวาดเศษใส่เข่งก่อนฉีดน้ำ ไม่ต้องมีป้าย ไม่ต้องมีกฎ\n\n"
            "จบแค่นี้ก่อน แก่แล้วพิมพ์ช้า",
            title="เรื่องเล่าจากคลองบางช้าง",
            author_id="ลุงทองสุข ท้ายสวน",
            author_name="ลุงทองสุข ท้ายสวน",
            published=at(2002, 4, 18),
            modified=at(2002, 5, 2),
            source="homepage.htm",
        )
    ]
    assert account == [("guessed", "id_from_file_name")]


# ---- lists of comments


def told(post: Post) -> list[tuple]:
    return [(c.id, c.author_name, c.published, c.body) for c in post.comments]


def test_weblog_comments_of_the_first_wordpress_themes():
    post = page(
        f"""<div class="post" id="post-12"><h2>ตรวจลูกน้ำ</h2><small>May 3rd, 2008 by พี่แดง อสม.</small><div class="entry">{TEXT}
        <p class="postmetadata alt"><small>This entry was posted on Saturday</small></p></div></div>
        <h3 id="comments">2 Responses to &#8220;ตรวจลูกน้ำ&#8221;</h3>
        <ol class="commentlist">
        <li class="alt" id="comment-5"><cite><a href="http://x.example">หมอแอ๊ด</a></cite> Says: <br />
        <small class="commentmetadata"><a href="#comment-5">May 4th, 2008 at 5:11 pm</a> </small><p>ปลาหางนกยูงของยายต้องขยายผลครับ</p></li>
        <li id="comment-6"><cite>แดง</cite> Says: <br /><small class="commentmetadata"><a href="#comment-6">May 5th, 2008 at 8:00 am</a></small>
        <p>ยายแจกลูกปลาแล้วค่ะ</p></li></ol><h3 id="respond">Leave a Reply</h3>"""
    )
    assert (post.id, post.author_name, post.published, post.comments_said) == ("12", "พี่แดง อสม.", at(2008, 5, 3), 2)
    assert told(post) == [
        ("5", "หมอแอ๊ด", at(2008, 5, 4, 17, 11), "ปลาหางนกยูงของยายต้องขยายผลครับ"),
        ("6", "แดง", at(2008, 5, 5, 8, 0), "ยายแจกลูกปลาแล้วค่ะ"),
    ]
    assert post.body.startswith("เมื่อวานฝนตก") and post.body.endswith("ไม่ได้คิดเรื่องยุง")


def test_weblog_comments_of_wordpress_27_have_no_element_for_their_text():
    post = page(
        f"""<div class="entry-content">{TEXT}</div><ul class="commentlist">
        <li class="comment even depth-1" id="comment-31"><div id="div-comment-31" class="comment-body">
        <div class="comment-author vcard"><img class="avatar"><cite class="fn">ครูน้อย</cite> <span class="says">พูดว่า:</span></div>
        <div class="comment-meta commentmetadata"><a href="#comment-31">3 พฤษภาคม 2553 เวลา 14:05 น.</a> <a class="comment-edit-link">(แก้ไข)</a></div>
        <p>ที่โรงเรียนก็มีค่ะ</p><p>ในแจกันหน้าห้อง</p><div class="reply"><a class="comment-reply-link">ตอบ</a></div></div>
        <ul class="children"><li class="comment odd depth-2" id="comment-40"><div class="comment-body"><div class="comment-author vcard"><cite class="fn">พี่แดง</cite></div>
        <div class="comment-meta commentmetadata"><a>4 พฤษภาคม 2553 เวลา 9:00 น.</a></div><p>เทน้ำทุกศุกร์พอค่ะ</p></div></li></ul></li></ul>"""
    )
    assert told(post) == [
        ("31", "ครูน้อย", at(2010, 5, 3, 14, 5), "ที่โรงเรียนก็มีค่ะ\n\nในแจกันหน้าห้อง"),
        ("40", "พี่แดง", at(2010, 5, 4, 9, 0), "เทน้ำทุกศุกร์พอค่ะ"),
    ]
    assert [c.reply_to for c in post.comments] == [None, "31"]


def test_weblog_comments_of_later_blogger_pages_with_replies():
    post = page(
        f"""<div class="post hentry"><h3 class="post-title entry-title">ลูกน้ำ</h3><div class="post-body entry-content">{TEXT}</div></div>
        <div class="comments" id="comments"><h4>2 ความคิดเห็น:</h4><div class="comments-content"><div class="comment-thread toplevel-thread"><ol>
        <li class="comment" id="c5571000"><div class="avatar-image-container"><img></div><div class="comment-block"><div class="comment-header">
        <cite class="user"><a href="https://www.blogger.com/profile/00112233445566778899">น้องเมย์</a></cite><span class="icon user"></span>
        <span class="datetime secondary-text"><a href="#c5571000">11 มกราคม 2556 เวลา 10:14</a></span></div><p class="comment-content">ขอไปเล่าต่อค่ะ<br>ได้ไหมคะ</p>
        <span class="comment-actions secondary-text"><a class="comment-reply">ตอบ</a><span class="item-control"><a>ลบ</a></span></span></div>
        <div class="comment-replies"><div class="comment-thread inline-thread"><span class="thread-toggle"><a>การตอบกลับ</a></span><ol class="thread-chrome"><div>
        <li class="comment" id="c5572000"><div class="comment-block"><div class="comment-header"><cite class="user blog-author">พี่แดง</cite><span class="datetime"><a>11 มกราคม 2556 เวลา 12:00</a></span></div>
        <p class="comment-content">ได้จ้ะ</p></div></li></div><div class="continue"><a class="comment-reply">ตอบ</a></div></ol></div></div></li></ol></div></div></div>"""
    )
    assert told(post) == [
        ("5571000", "น้องเมย์", at(2013, 1, 11, 10, 14), "ขอไปเล่าต่อค่ะ\nได้ไหมคะ"),
        ("5572000", "พี่แดง", at(2013, 1, 11, 12, 0), "ได้จ้ะ"),
    ]
    assert [c.reply_to for c in post.comments] == [None, "5571000"]
    assert post.comments[0].author_id == "00112233445566778899"


def test_weblog_comments_of_drupal_7_and_8():
    seven = page(
        f"""<div id="node-9" class="node"><div class="content"><div class="field field-name-body"><div class="field-items">{TEXT}</div></div></div></div>
        <div id="comments" class="comment-wrapper"><h2 class="title">ความคิดเห็น</h2><a id="comment-45"></a>
        <div class="comment clearfix" about="/comment/45#comment-45"><h3 property="dc:title"><a href="/comment/45#comment-45" class="permalink">ลองแล้ว</a></h3>
        <div class="submitted"><span property="dc:date dc:created" content="2012-05-12T14:20:00+07:00">Submitted by <span class="username" typeof="sioc:UserAccount">นภา</span> on Sat, 05/12/2012 - 14:20</span></div>
        <div class="content"><div class="field field-name-comment-body"><div class="field-items"><p>ลองแล้วได้ผลค่ะ</p></div></div></div>
        <ul class="links inline"><li><a>ตอบ</a></li></ul></div></div>"""
    )
    eight = page(
        f"""<article class="node"><h1>ก</h1><div class="field--name-body">{TEXT}</div></article>
        <section id="comments"><article id="comment-77" class="comment js-comment"><footer class="comment__meta"><p class="comment__author"><span class="username">นภา</span></p>
        <p class="comment__time">จันทร์, 14/05/2012 - 08:00</p></footer><div class="comment__content"><h3><a href="#comment-77" class="permalink">ลองแล้ว</a></h3>
        <div class="field--name-comment-body"><p>ได้ผลค่ะ</p></div></div></article></section>"""
    )
    assert told(seven) == [("45", "นภา", at(2012, 5, 12, 14, 20), "ลองแล้วได้ผลค่ะ")]
    assert told(eight)[0][:3] == ("77", "นภา", at(2012, 5, 14, 8, 0))
    assert told(eight)[0][3].endswith("ได้ผลค่ะ")


def test_weblog_comments_of_pages_made_by_hand():
    boxes = page(
        f"""<h1>เรื่องหนึ่ง</h1>{TEXT}<div id="allcomments"><div class="commentbox" id="comment1"><span class="author">ป้าศรี</span> <span class="date">12 มี.ค. 2550 14:20</span><p>ขอบคุณที่เล่า</p></div>
        <div class="commentbox" id="comment2"><span class="author">ครูนก</span> <span class="date">13 มี.ค. 2550 08:10</span><p>จะลองเลี้ยงปลาบ้าง</p></div></div>"""
    )
    assert told(boxes) == [
        ("1", "ป้าศรี", at(2007, 3, 12, 14, 20), "ขอบคุณที่เล่า"),
        ("2", "ครูนก", at(2007, 3, 13, 8, 10), "จะลองเลี้ยงปลาบ้าง"),
    ]
    bare = page(
        f"""{TEXT}<div class="comment"><b>ป้าศรี</b> (12 มี.ค. 2550 14:20)<br>ขอบคุณที่เล่า</div>
        <div class="comment">จะลองเลี้ยงปลาบ้าง<br>จากคุณ : ครูนก [ 13 มี.ค. 2550 08:10:33 ]</div>"""
    )
    assert told(bare) == [
        (None, "ป้าศรี", at(2007, 3, 12, 14, 20), "ขอบคุณที่เล่า"),
        (None, "ครูนก", at(2007, 3, 13, 8, 10, 33), "จะลองเลี้ยงปลาบ้าง"),
    ]
    for post in (boxes, bare):
        assert post.body.startswith("เมื่อวานฝนตก") and post.body.endswith("ไม่ได้คิดเรื่องยุง")


PHPBB = """<div id="page-body"><h2 class="topic-title"><a href="viewtopic.php?t=4">ปลาหางนกยูง</a></h2>
<div id="p10" class="post bg2"><div class="inner"><dl class="postprofile"><dt><a href="memberlist.php" class="username">พี่แดง</a></dt></dl><div class="postbody"><h3><a href="#p10">ปลาหางนกยูง</a></h3>
<p class="author">โดย <strong><a class="username">พี่แดง</a></strong> &raquo; 3 พ.ค. 2553 20:10</p><div class="content">ใครเคยเลี้ยงในโอ่งบ้างคะ</div></div></div></div>
<div id="p11" class="post bg1"><div class="inner"><div class="postbody"><h3><a href="#p11">Re: ปลาหางนกยูง</a></h3>
<p class="author">โดย <strong><a class="username">ลุงหมาย</a></strong> &raquo; 4 พ.ค. 2553 06:00</p><div class="content">เลี้ยงอยู่ สามปีแล้ว</div></div></div></div></div>"""


def test_weblog_first_message_of_a_forum_topic_is_the_post():
    post = page(PHPBB, url="http://board.example/viewtopic.php?t=4")
    assert (post.id, post.body, post.author_name, post.published) == (
        "4",
        "ใครเคยเลี้ยงในโอ่งบ้างคะ",
        "พี่แดง",
        at(2010, 5, 3, 20, 10),
    )
    assert told(post) == [("11", "ลุงหมาย", at(2010, 5, 4, 6, 0), "เลี้ยงอยู่ สามปีแล้ว")]
    assert [c.position for c in post.comments] == [1]


def test_weblog_later_page_of_a_forum_topic_holds_comments_only():
    post = page(PHPBB, url="http://board.example/viewtopic.php?t=4&start=20")
    assert (post.id, post.body, post.author_name) == ("4", "", None)
    assert [c.id for c in post.comments] == ["10", "11"]


def test_weblog_simple_machines_forum():
    post = page(
        """<div id="forumposts"><div class="post_wrapper"><div class="poster"><h4><a href="?u=1">พี่แดง</a></h4></div><div class="postarea"><div class="keyinfo"><h5><a>ปลา</a></h5>
        <div class="smalltext">&#171; เมื่อ: 12 พฤษภาคม 2553, 20:10:01 &#187;</div></div><div class="post"><div class="inner" id="msg_70">ใครเคยเลี้ยงบ้าง</div></div></div></div>
        <div class="post_wrapper"><div class="poster"><h4>ลุงหมาย</h4></div><div class="postarea"><div class="keyinfo"><div class="smalltext">&#171; ตอบ #1 เมื่อ: 13 พฤษภาคม 2553, 06:00:00 &#187;</div></div>
        <div class="post"><div class="inner" id="msg_71">เลี้ยงอยู่</div></div></div></div></div>"""
    )
    assert (post.body, post.author_name, post.published) == ("ใครเคยเลี้ยงบ้าง", "พี่แดง", at(2010, 5, 12, 20, 10, 1))
    assert [(c.author_name, c.published, c.body) for c in post.comments] == [
        ("ลุงหมาย", at(2010, 5, 13, 6, 0), "เลี้ยงอยู่")
    ]


def test_weblog_comment_without_text_is_told_and_keeps_its_place():
    account = Account()
    post = page(
        f"""<div class="entry-content">{TEXT}</div><ol class="commentlist"><li class="comment" id="comment-1"><cite class="fn">ก</cite><div class="comment-content"><img src=a.gif></div></li>
        <li class="comment" id="comment-2"><cite class="fn">ข</cite><div class="comment-content">ดีค่ะ</div></li></ol>""",
        account=account,
    )
    assert [(c.position, c.id) for c in post.comments] == [(2, "2")]
    assert ("refused", "page.html#1", "no_body") in [(e.kind, e.source, e.key) for e in account.entries]


def test_weblog_page_that_holds_comments_only():
    post = page(
        """<ol class="commentlist"><li class="comment" id="comment-8"><cite class="fn">ก</cite><div class="comment-content">มาอ่านย้อนหลังค่ะ</div></li></ol>""",
        url="http://a.example/?p=7",
    )
    assert (post.id, post.body) == ("7", "")
    assert told(post) == [("8", "ก", None, "มาอ่านย้อนหลังค่ะ")]


def test_weblog_box_of_comments_in_unknown_markup():
    post = page(
        f"""<div class="entry-content">{TEXT}</div><div id="comments"><h3>ความเห็น</h3><p>โดย : มดแดง เมื่อ 4 ก.พ. 2551 08:11</p><p>ดีจังค่ะ</p><p>โดย : หมู</p><p>เลี้ยงแล้วตายหมด</p></div>"""
    )
    assert told(post) == [(None, "มดแดง", at(2008, 2, 4, 8, 11), "ดีจังค่ะ"), (None, "หมู", None, "เลี้ยงแล้วตายหมด")]


def test_weblog_box_of_comments_that_cannot_be_parted_is_told():
    account = Account()
    post = page(f"<div class='entry-content'>{TEXT}</div><div id='comments'><p>ดีจังค่ะ</p>{TEXT}</div>", account=account)
    assert post.comments == ()
    assert ("warning", "page.html", "thread_not_read") in [(e.kind, e.source, e.key) for e in account.entries]


@pytest.mark.parametrize(
    "thread",
    [
        "<div id='comments'><p>สู้ ๆ นะคะ</p></div>",
        "<div id='comments'><h3>ความเห็น (1)</h3><div>ครูแดง</div><div>เห็นด้วยค่ะ</div></div>",
        "<div class='comments-area'><p>ขอแสดงความเห็นว่าดี</p><form><label>ชื่อ</label><button>ส่ง</button></form></div>",
        "<section><h2>ความเห็น</h2><p>ดีมากครับ</p></section>",
    ],
)
def test_weblog_short_comments_that_nobody_signed_are_told(thread):
    account = Account()
    assert page(f"<div class='entry-content'>{TEXT}</div>{thread}", account=account).comments == ()
    assert "thread_not_read" in [e.key for e in account.entries]


@pytest.mark.parametrize(
    "invitation",
    [
        "<p>ยังไม่มีความเห็น เป็นคนแรกสิ</p>",
        "<h3>แสดงความคิดเห็น</h3><form><label>ชื่อ</label><input><textarea>ข้อความ</textarea><button>ส่ง</button></form>",
        "<p>กรุณา<a href='/login'>เข้าสู่ระบบ</a>เพื่อแสดงความคิดเห็น</p>",
        "<h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p>",
        "<h4>No comments:</h4><a href='#'>Post a Comment</a><p>Subscribe to: Post Comments (Atom)</p>",
        "<p>Comments are closed.</p>",
    ],
)
def test_weblog_invitations_to_comment_are_not_told_as_comments(invitation):
    account = Account()
    page(f"<div class='entry-content'>{TEXT}</div><div id='comments'>{invitation}</div>", account=account)
    assert "thread_not_read" not in [e.key for e in account.entries]


def test_weblog_a_part_of_the_post_headed_comments_is_no_thread():
    account = Account()
    post = page(f"<div class='entry-content'>{TEXT}<h3>ความคิดเห็น</h3><p>ชาวบ้านว่าน้ำมาช้า</p></div>", account=account)
    assert "ชาวบ้านว่าน้ำมาช้า" in post.body
    assert "thread_not_read" not in [e.key for e in account.entries]


# ---- the post


def test_weblog_date_in_the_text_is_no_date_of_publication():
    post = page(f"<h1>เรื่องหนึ่ง</h1><p>วันที่ 12 มีนาคม 2546 เราไปประชุมกันที่ศาลากลางบ้าน</p>{TEXT}<p>นัดอีกที 5 เมษายน 2546</p>")
    assert post.published is None
    post = page(f"<div class='entry-content'><p>12/03/2546</p>{TEXT}<p>Posted in 2003</p></div>")
    assert post.published is None
    assert post.body.startswith("12/03/2546")


def test_weblog_dates_and_lists_of_other_posts_in_a_sidebar_are_not_taken():
    post = page(
        f"<div class='sidebar'><ul><li><a>อื่น</a> <span class='post-date'>1 มกราคม 2560</span></li></ul></div><div class='entry-content'>{TEXT}</div>"
    )
    assert post.published is None
    assert "อื่น" not in post.body


@pytest.mark.parametrize(
    "head",
    [
        "<meta property='article:published_time' content='2010-05-03T01:00:00Z'>",
        "<meta itemprop='datePublished' content='2010-05-03T08:00:00+07:00'>",
        """<script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"x"},{"@type":["Article"],"datePublished":"2010-05-03T08:00:00+07:00","author":{"@id":"#p"}},{"@id":"#p","@type":"Person","name":"พี่แดง"}]}</script>""",
    ],
)
def test_weblog_date_of_the_head(head):
    post = page(f"<div class='entry-content'>{TEXT}</div>", head=head)
    assert post.published == at(2010, 5, 3, 8, 0)
    if "พี่แดง" in head:
        assert post.author_name == "พี่แดง"


@pytest.mark.parametrize(
    ("byline", "name", "when"),
    [
        ("<p>โดย ครูนก เมื่อ 3 พ.ค. 2553 08:00 น.</p>", "ครูนก", at(2010, 5, 3, 8, 0)),
        ("<p>ผู้เขียน : ดร.มานะ ทุ่งแสง</p>", "ดร.มานะ ทุ่งแสง", None),
        ("<p>เขียนโดย  พี่แดง (อสม.)</p><p>เผยแพร่เมื่อ ๓ พฤษภาคม ๒๕๕๓</p>", "พี่แดง", at(2010, 5, 3)),
        ("<p>Posted by Somchai on May 3, 2010</p>", "Somchai", at(2010, 5, 3)),
    ],
)
def test_weblog_thai_byline_of_a_page_without_markup(byline, name, when):
    post = page(f"<h2>เรื่องหนึ่ง</h2>{byline}{TEXT}")
    assert (post.author_name, post.published) == (name, when)
    assert post.body.startswith("เมื่อวานฝนตก")


@pytest.mark.parametrize(
    "sentence",
    [
        "โดยสรุปแล้วปีนี้ลูกน้ำน้อยลง",
        "โดยส่วนตัวชอบปลาหางนกยูงมากกว่าทรายเคมี",
        "ผู้เขียนได้ไปดูบ้านยายมาแล้ว",
        "เขียนเมื่อคืนตอนตีสอง วันที่ 3 พ.ค. 2553 นอนไม่หลับ",
        "เขียนโดยใช้คำง่ายๆ ให้คนแก่อ่านออก",
        "จากการเดินมาทั้งวัน 12 หลัง",
        "วันที่ 3 พฤษภาคม 2553",
        "3 พ.ค. 2553 เดินตรวจอีกรอบ",
        "บันทึกไว้ 3 พ.ค. 2553",
    ],
)
@pytest.mark.parametrize("place", ["first", "last"])
def test_weblog_sentence_that_begins_like_a_byline_stays_in_the_text(sentence, place):
    pieces = [f"<p>{sentence}</p>", TEXT]
    post = page("<h1>เรื่องหนึ่ง</h1>" + "".join(pieces if place == "first" else reversed(pieces)))
    assert sentence in post.body
    assert (post.author_name, post.published) == (None, None)


def test_weblog_joomla_page_of_tables():
    post = page(
        f"""<table><tr><td colspan=2><div class="pathway"><a href=/>หน้าแรก</a></div></td></tr><tr><td><table class="moduletable"><tr><th>เมนูหลัก</th></tr><tr><td><a href=1>เกี่ยวกับเรา</a></td></tr></table></td>
        <td><table class="contentpaneopen"><tr><td class="contentheading">ปลาหางนกยูง</td></tr></table><table class="contentpaneopen"><tr><td><span class="small">เขียนโดย พี่แดง อสม.</span></td></tr>
        <tr><td class="createdate">วันพุธที่ 12 พฤษภาคม 2010 เวลา 10:20 น.</td></tr><tr><td>{TEXT}</td></tr><tr><td class="modifydate">แก้ไขล่าสุด ใน วันศุกร์ที่ 14 พฤษภาคม 2010 เวลา 08:00 น.</td></tr></table></td></tr>
        <tr><td colspan=2>สงวนลิขสิทธิ์ © 2553 สถานีอนามัย</td></tr></table>""",
        head="<title>สถานีอนามัย - ปลาหางนกยูง</title><meta name=author content=Administrator>",
    )
    assert (post.title, post.author_name) == ("ปลาหางนกยูง", "พี่แดง อสม.")
    assert (post.published, post.modified) == (at(2010, 5, 12, 10, 20), at(2010, 5, 14, 8, 0))
    assert post.body.startswith("เมื่อวานฝนตก") and post.body.endswith("ไม่ได้คิดเรื่องยุง")


def test_weblog_export_of_unknown_look_gives_body_and_thread():
    post = page(
        f"""<div class="hd">คลังความรู้</div><div>บล็อกพี่แดง</div><h2>ปลาหางนกยูง</h2><div class="info">เขียนโดย : พี่แดง เมื่อ 3 ก.พ. 2551 @ 16:02 | อ่าน 221</div><div>{TEXT}</div>
        <h3>ความเห็น (2)</h3><table><tr><td>ดีจังค่ะ<br>เอาไปเสนอหัวหน้าบ้าง<br>จากคุณ มดแดง [4 ก.พ. 2551 08:11]</td></tr><tr><td>เลี้ยงแล้วตายหมด<br>จากคุณ หมู</td></tr></table><p>© 2008</p>""",
        head="<title>บันทึก 3391</title>",
    )
    assert (post.title, post.author_name, post.published, post.comments_said) == (
        "ปลาหางนกยูง",
        "พี่แดง",
        at(2008, 2, 3, 16, 2),
        2,
    )
    assert post.body.startswith("เมื่อวานฝนตก") and post.body.endswith("ไม่ได้คิดเรื่องยุง")
    assert told(post) == [
        (None, "มดแดง", at(2008, 2, 4, 8, 11), "ดีจังค่ะ\nเอาไปเสนอหัวหน้าบ้าง"),
        (None, "หมู", None, "เลี้ยงแล้วตายหมด"),
    ]


def test_weblog_comments_without_any_name_stay_together():
    post = page(f"<h1>เรื่องหนึ่ง</h1>{TEXT}<p>ความเห็น</p><p>ดีจังค่ะ</p><p>ขอบคุณครับ</p>")
    assert post.body.endswith("ไม่ได้คิดเรื่องยุง")
    assert told(post) == [(None, None, None, "ดีจังค่ะ\n\nขอบคุณครับ")]


def test_weblog_time_beside_a_text_counts_and_one_in_it_does_not():
    beside = f"<article><h1>ก</h1><time datetime='2010-05-03T08:00'>3 พ.ค.</time><div class='article-body'>{TEXT}</div></article>"
    assert page(beside).published == at(2010, 5, 3, 8, 0)
    inside = f"<article><h1>ก</h1><div class='article-body'><p>งานวันที่ <time datetime='2010-05-03T08:00'>3 พ.ค.</time></p>{TEXT}</div></article>"
    assert page(inside).published is None


@pytest.mark.parametrize("nobody", ["Anonymous", "ไม่ระบุชื่อ", "ไม่แสดงนาม", "บุคคลทั่วไป"])
def test_weblog_nobody_is_no_author(nobody):
    post = page(f"<div class='post'><span class='author'>{nobody}</span><div class='entry-content'>{TEXT}</div></div>")
    assert (post.author_id, post.author_name) == (None, None)


def test_weblog_title_is_the_heading_not_the_site():
    assert page(f"<h1><a href='/'>บ้านเรา</a></h1><h2 class='post-title'>ฝนแรก</h2>{TEXT}").title == "ฝนแรก"
    assert page(f"<h1>ฝนแรก</h1>{TEXT}", head="<title>ฝนแรก | บ้านเรา</title>").title == "ฝนแรก"
    site = "<title>บ้านเรา » ฝนแรก</title><meta property='og:site_name' content='บ้านเรา'>"
    assert page(TEXT, head=site).title == "ฝนแรก"
    assert page(TEXT, head="<title>ฝน - แรก</title>").title == "ฝน - แรก"


def test_weblog_script_in_a_title_is_never_more_than_text():
    post = page(f"<h1>ฝน<script>alert(1)</script>แรก</h1>{TEXT}", head="<title><script>alert(2)</script>ฝนแรก</title>")
    assert post.title == "<script>alert(2)</script>ฝนแรก" or post.title == "ฝนแรก"
    assert "alert(1)" not in f"{post.title}{post.body}"


def test_weblog_short_paragraphs_stay_where_trafilatura_would_drop_them():
    short = "<p>เงียบ</p><p>ครับ</p>"
    post = page(f"<table><tr><td><a href=a>หน้าแรก</a></td><td>{short}{TEXT}{short}{TEXT}{short}</td></tr></table>")
    assert post.body.count("เงียบ") == 3
    assert "หน้าแรก" not in post.body


def test_weblog_characters_of_the_body_stay_as_they_are():
    post = page(f"<div id=x><p>กํา\u00a0\u00a0น้ำ เเม่ \u200bค่า</p>{TEXT}</div>")
    assert "กํา\u00a0\u00a0น้ำ เเม่ \u200bค่า" in post.body


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<script>var a = 'ข้อความ'</script>",
        "<ul>" + "".join(f"<li><a href='{n}.htm'>เรื่องที่ {n} ของเรา</a></li>" for n in range(40)) + "</ul>",
        "<form><textarea>ข้อความที่ยังไม่ส่ง</textarea></form>",
    ],
)
def test_weblog_page_without_text_of_its_own_is_refused(body):
    with pytest.raises(InputError) as error:
        page(body)
    assert error.value.key == "page_without_post"


def test_weblog_post_about_a_number_is_no_error():
    assert page(TEXT, head="<title>404 วันในห้องยา</title>").title == "404 วันในห้องยา"


def test_weblog_page_of_an_error_is_refused():
    with pytest.raises(InputError) as error:
        page("<p>ขออภัย ไม่พบหน้าที่ท่านต้องการ อาจถูกลบหรือย้ายไปแล้ว</p>", head="<title>404 Not Found</title>")
    assert error.value.key == "page_without_post"


def test_weblog_numbers_of_posts():
    def own(html: str, url: str | None = None, head: str = "") -> str:
        return page(html, head=head, url=url).id

    body = f"<div class='entry-content'>{TEXT}</div>"
    assert own(f"<article id='post-31'>{body}</article>") == "31"
    assert own(body, head="<link rel=shortlink href='http://a.example/?p=32'>") == "32"
    assert own(body, url="http://a.example/node/33") == "33"
    assert own(body, url="http://a.example/webboard/show.php?id=34&page=2") == "34"
    assert own(body, url="http://a.example/2010/05/first-rain/") == "page"
    assert own(body, url="http://a.example/news/20100503.html") == "20100503"


# ---- hostile pages


def test_weblog_page_of_twenty_thousand_comments():
    items = "".join(
        f'<li class="comment" id="comment-{n}"><cite class="fn">คน {n}</cite><time datetime="2012-01-01T00:00:00">1</time><div class="comment-content"><p>สวัสดีค่ะ {n}</p></div></li>'
        for n in range(1, 20_001)
    )
    begun = time.monotonic()
    post = page(f"<div class='entry-content'>{TEXT}</div><ol class='commentlist'>{items}</ol>")
    assert len(post.comments) == 20_000
    assert post.comments[-1].body == "สวัสดีค่ะ 20000"
    assert time.monotonic() - begun < 60


def test_weblog_replies_five_hundred_deep():
    opened = "".join(
        f'<ol class="children"><li class="comment" id="comment-{n}"><cite class="fn">คน</cite><div class="comment-content">ตอบ {n}</div>'
        for n in range(1, 501)
    )
    post = page(f"<div class='entry-content'>{TEXT}</div>{opened}{'</li></ol>' * 500}")
    assert len(post.comments) == 500
    assert post.comments[499].reply_to == "499"


@pytest.mark.parametrize("tag", ["div", "span", "table><tr><td"])
def test_weblog_page_nested_a_thousand_deep_is_read(tag):
    name = tag.split(">")[0]
    depth = 1_000 if name != "table" else 300
    post = page(f"<{tag}>" * depth + TEXT + f"</{name}>" * depth)
    assert "ปลาหางนกยูง" in post.body


@pytest.mark.parametrize("tag", ["div", "b", "blockquote"])
def test_weblog_page_nested_a_hundred_thousand_deep_is_refused(tag):
    with pytest.raises(InputError) as error:
        page(f"<{tag}>" * 100_000 + TEXT)
    assert error.value.key == "too_deep"


def test_weblog_odd_json_of_the_head_does_no_harm():
    for text in (
        "[" * 100_000,
        '{"@type":"Article","headline":["a",5],"author":[[]],"datePublished":{}}',
        '{"@graph":5}',
        "null",
        '"x"',
        "{",
    ):
        head = f"<title>ก</title><script type='application/ld+json'>{text}</script>"
        assert page(f"<div class='entry-content'>{TEXT}</div>", head=head).published is None


def test_weblog_very_long_lines_names_and_titles():
    long = "ก" * 200_000
    post = page(
        f"<h1 class='entry-title'>{long}</h1><div class='post'><span class='author'>{long}</span><time class='published' datetime='{long}'>{long}</time><div class='entry-content'>{long}</div></div>"
    )
    assert (post.body, post.author_name, post.published) == (long, None, None)
    assert post.title is None or len(post.title) < 500


@pytest.mark.parametrize("line", ["<p>comments{}x</p>", "<h3>ความเห็น{}x</h3>", "<div id='comments'>ความเห็น{}x</div>"])
def test_weblog_word_for_comments_before_very_many_dots(line):
    begun = time.monotonic()
    post = page(f"<h1>เรื่องหนึ่ง</h1>{TEXT}{line.format('.' * 5_000)}{TEXT}")
    assert post.body.startswith("เมื่อวานฝนตก")
    assert time.monotonic() - begun < 120


@pytest.mark.parametrize(
    "piece",
    ["<div>ฝนตก</div>", "ฝนตก<br>", "<p>ฝนตก", "<a href=x>ฝน</a> ", "<table><tr><td>ฝน</td></tr></table>", "<li>ฝน"],
)
def test_weblog_page_of_very_many_pieces_ends_soon(piece):
    begun = time.monotonic()
    with suppress(InputError):  # a page of nothing but links
        page(piece * 10_000)
    assert time.monotonic() - begun < 120
