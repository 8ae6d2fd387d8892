"""Archives as large as one likes of real Thai text, recombined: ``python -m tests.benchmarks.scaled FOLDER POSTS`` writes one.

What is like GotoKnow: lengths of posts and comments, how many comments a post has, who writes how much, communities, years. What is not: a paragraph
takes turns between the pieces of two texts on one subject, and leaves some out. So no text is told twice as it stands, however large the archive is, words
keep company as they do in life, and yet nobody could read it. For quality there are archives that people can read (``planted.py``, ``corpora/sample``).

Building streams: texts to draw from are held (some 300 MB), posts are not.
"""

import argparse
import gzip
import json
import math
import random
import re
import time
from collections import deque
from datetime import datetime, timedelta, timezone
from itertools import accumulate, islice
from pathlib import Path

from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data"

BANGKOK = timezone(timedelta(hours=7))
FIRST, DAYS = datetime(2005, 6, 1, tzinfo=BANGKOK), 12 * 365
POSTS_A_FILE = 1_000
"""About 7 MB: what an import reads in one piece, so that all its processes have some of it."""

POSTS_AN_AUTHOR = 14
POST, POST_SPREAD, POST_LENGTHS = 1_200, 0.62, (300, 4_000)
COMMENT, COMMENT_SPREAD, COMMENT_LENGTHS = 90, 1.03, (8, 3_000)
"""Median characters, standard deviation of their logarithm, least and most."""

SILENT, THREAD, THREAD_SPREAD, LONGEST_THREAD = 0.42, 3.45, 1.2, 90
"""Posts without a comment; of the others median comments, spread, and most. Four a post on average."""

COPIES = 0.02
"""Share of the posts that an author has sent before."""

VOICED = 0.12
"""Share of the paragraphs and comments that voice a concern: news and encyclopaedias have none."""

COURTESY = 0.3
"""Share of the comments that are of those of ``corpora/labelled``, most of them courtesy."""

REMARKS = 0.4
"""Share of the comments from social media; what is left is on the subject of the post."""

KEPT = 0.6
"""Share of the pieces of a text that are kept: two paragraphs out of the same two texts have a third in common."""

_PIECE = re.compile(r"\S.{30,}?(?=\s|$)")


class Texts:
    """What is drawn from.

    Attributes
    ----------
    documents
        Long texts, those that begin alike side by side: they are on one subject, as a rule.
    remarks
        Short messages.
    voices
        For each concern, how several people voice it.
    comments
        For each field of ``corpora/labelled``, short comments.
    """

    def __init__(self, data):
        long = [row["text"] for row in _rows(data / "thaigov_v1_all.jsonl.gz")]
        long += [row["text"] for row in _rows(data / "blogs_neizod.jsonl.gz")]
        long += [row["text"] for row in _rows(data / "xquad_th_paragraphs.jsonl.gz")]
        long += [row["doc"] for row in _rows(data / "iapp_wiki_train.jsonl.gz")]
        sentences = (row["th"] for row in _rows(data / "parallel_en_th.jsonl.gz"))
        while some := list(islice(sentences, 60)):
            long.append(" ".join(some[:15]))  # a quarter: most of it is on software
        self.documents = sorted({" ".join(text.split()) for text in long if len(text) > 300})
        self.remarks = sorted(
            {" ".join(row["text"].split()) for row in _rows(data / "wisesight_sentiment.jsonl.gz")} - {""}
        )
        self.voices = _grouped(ROOT / "corpora/concerns", lambda row, field: f"{field} {row['concern']}")
        self.comments = _grouped(
            ROOT / "corpora/labelled", lambda row, field: field if row["kind"] == "comment" else None
        )


def _rows(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _grouped(folder, group_of):
    groups = {}
    for path in sorted(folder.glob("*.jsonl")):
        for row in _rows(path):
            if (group := group_of(row, path.stem)) is not None:
                groups.setdefault(group, []).append(" ".join(row["text"].split()))
    return list(groups.values())


class Writer:
    """Makes the posts of one archive, one after another in the order of their dates.

    Parameters
    ----------
    texts
        What is drawn from.
    size
        Posts.
    seed
        Of all chance.
    """

    def __init__(self, texts, size, seed=0):
        self.texts, self.size = texts, size
        self.chance = random.Random(seed)
        self.authors = max(12, size // POSTS_AN_AUTHOR)
        communities = max(4, round(size**0.42))
        self.subjects = [[self._below(len(texts.documents)) for _ in range(5)] for _ in range(communities)]
        self.homes = [int(communities * self.chance.random() ** 1.5) for _ in range(self.authors)]
        given, family = sorted({*thai_male_names(), *thai_female_names()}), sorted(thai_family_names())
        self.chance.shuffle(given)
        self.chance.shuffle(family)
        # Every pair of names once, whatever the number of people: two of one name are not two accounts of one person.
        self.names = [
            f"{given[n % len(given)]} {family[(n + n // len(given)) % len(family)]}" for n in range(self.authors)
        ]
        # Two waves of years, a strong one and its echo, as platforms have them.
        years = [math.exp(-(((n / DAYS) - 0.3) ** 2) / 0.03) + 0.35 for n in range(DAYS)]
        self.days = list(accumulate(years))

    def posts(self):
        """Yield each post as an object of minecop's own JSON Lines."""
        sent = deque(maxlen=50)
        day, until = 0, self.days[-1] / self.size
        for number in range(self.size):
            while self.days[day] < (number + 0.5) * until:
                day += 1
            if sent and self.chance.random() < COPIES:
                author, title, body, subject = self.chance.choice(sent)
            else:
                author, subject = self._somebody(), None
                subject = self._subject(author)
                title, body = self._body(subject)
                sent.append((author, title, body, subject))
            yield {
                "id": str(number + 1),
                "title": title,
                "author": f"u{author}",
                "author_name": self.names[author],
                "community": f"ชุมชน {self.homes[author] + 1}",
                "published": _moment(day + self.chance.random()),
                "body": body,
                "comments": list(self._thread(day + 1, subject)),
            }

    def _below(self, count):
        return int(count * self.chance.random())

    def _length(self, median, spread, bounds):
        return min(bounds[1], max(bounds[0], int(median * math.exp(self.chance.gauss(0, spread)))))

    def _somebody(self):
        """Return an author; the first of a thousand writes some thirty times as much as the last."""
        return int(self.authors * self.chance.random() ** 2)

    def _subject(self, author):
        """Return a place among the documents: most of what people write is on the subjects of their community."""
        if self.chance.random() < 0.7:
            return self.subjects[self.homes[author]][self._below(5)]
        return self._below(len(self.texts.documents))

    def _near(self, subject):
        documents = self.texts.documents
        return documents[(subject + self._below(40)) % len(documents)]

    def _mingled(self, one, other, length):
        """Return about so many characters out of two texts in turn, from a place that chance chooses on."""
        random = self.chance.random
        parts = [_PIECE.findall(_from_a_space(text, random(), length)) for text in (one, other)]
        taken, size = [], 0
        for pair in zip(*parts, strict=False):
            for piece in pair:
                if random() < KEPT:
                    if taken and size + len(piece) // 2 > length:
                        return " ".join(taken)
                    taken.append(piece)
                    size += len(piece) + 1
        return " ".join(taken) or one[:length]

    def _voice(self, length):
        voices = self.texts.voices[self._below(len(self.texts.voices))]
        return self._mingled(voices[self._below(len(voices))], voices[self._below(len(voices))], length)

    def _body(self, subject):
        """Return the title and the paragraphs of a post."""
        left = self._length(POST, POST_SPREAD, POST_LENGTHS)
        paragraphs = []
        while left > 40:
            length = min(left, self._length(260, 0.5, (60, 800)))
            if self.chance.random() < VOICED:
                paragraphs.append(self._voice(length))
            else:
                paragraphs.append(self._mingled(self._near(subject), self._near(subject), length))
            left -= max(40, len(paragraphs[-1]))
        title = self._near(subject)[:60].rpartition(" ")
        return title[0] or title[2], ("\n\n" if self.chance.random() < 0.7 else "\n").join(paragraphs)

    def _thread(self, day, subject):
        if self.chance.random() < SILENT:
            return
        for _ in range(min(LONGEST_THREAD, max(1, round(THREAD * math.exp(self.chance.gauss(0, THREAD_SPREAD)))))):
            day += self.chance.expovariate(0.4)
            comment = {"published": _moment(day), "body": self._comment(subject)}
            if self.chance.random() < 0.9:
                author = self._somebody()
                comment |= {"author": f"u{author}", "author_name": self.names[author]}
            yield comment

    def _comment(self, subject):
        length, kind = self._length(COMMENT, COMMENT_SPREAD, COMMENT_LENGTHS), self.chance.random()
        if kind < COURTESY:
            said = self.texts.comments[self._below(len(self.texts.comments))]
        elif kind < COURTESY + REMARKS:
            said = self.texts.remarks
        elif kind < COURTESY + REMARKS + VOICED:
            return self._voice(length)
        else:
            return self._mingled(self._near(subject), self._near(subject), length)
        made = said[self._below(len(said))]
        while len(made) < length - 30:
            made += " " + said[self._below(len(said))]
        return made if len(made) < length + 30 else made[: made.find(" ", length)] if " " in made[length:] else made


def _from_a_space(text, place, length):
    """Return what to take so many characters from: more of a text than that, from a space near a place (0-1) on."""
    size = 4 * length + 200
    start = int(place * max(0, len(text) - size))
    return text[text.find(" ", start) + 1 if start else 0 : start + size]


def _moment(day):
    return (FIRST + timedelta(days=day)).replace(microsecond=0).isoformat()


def build(folder, size, seed=0, texts=None):
    """Write an archive of so many posts as minecop's own JSON Lines into a folder; return posts, comments and characters.

    Parameters
    ----------
    folder
        Where to.
    size
        Posts.
    seed
        Of all chance.
    texts
        What is drawn from, where it is at hand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    posts = Writer(texts or Texts(DATA), size, seed).posts()
    counts = {"posts": 0, "comments": 0, "characters": 0}
    for number in range(-(-size // POSTS_A_FILE)):
        with (folder / f"posts-{number + 1:04}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for post in islice(posts, POSTS_A_FILE):
                file.write(json.dumps(post, ensure_ascii=False) + "\n")
                counts["posts"] += 1
                counts["comments"] += len(post["comments"])
                counts["characters"] += len(post["body"]) + sum(len(comment["body"]) for comment in post["comments"])
    return counts


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("posts", type=int)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    started = time.perf_counter()
    made = build(wanted.folder, wanted.posts, seed=wanted.seed)
    print(json.dumps(made | {"seconds": round(time.perf_counter() - started, 1)}))
