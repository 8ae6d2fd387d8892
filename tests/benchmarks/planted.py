"""Archives with a known truth: concerns in eight voices planted in real Thai text, with authors, communities and dates assigned."""

import gzip
import json
import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

FIRST = datetime(2008, 1, 1, tzinfo=timezone(timedelta(hours=7)))
DAYS = 3 * 365
KINDS = ("rising", "steady", "fading", "one_author", "one_week", "copies")
"""What is planted. Rising and steady concerns are shared issues; the others are what might be taken for one."""

SHARED = ("rising", "steady")
SHARES = {200: (3, 2, 1, 1, 1, 1), 2_000: (9, 5, 3, 3, 3, 3), 20_000: (24, 14, 6, 6, 6, 6)}
"""Concerns of each kind, by the posts of an archive."""

OWN_THREAD = 0.75
"""Share of the comments among the voices that stand under a post of the same concern: the others are added somewhere else."""

WITHIN = 0.4
"""Share of the posts among the voices that also tell of something else."""

COMMENTS = 2.5
"""Comments a post."""


@dataclass(frozen=True)
class Planted:
    """A concern that was planted: of which kind, and who voices it."""

    kind: str
    authors: frozenset[str]


def read_rows(path):
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def background(data):
    """Real texts: long ones for posts, short ones for comments - no complaints and questions, which may well be shared ones."""
    long = [row["text"] for row in read_rows(data / "blogs_neizod.jsonl.gz")]
    long += [row["text"] for row in read_rows(data / "thaigov_v1_all.jsonl.gz")]
    long += [row["doc"] for row in read_rows(data / "iapp_wiki_train.jsonl.gz")]
    long = list(dict.fromkeys(text.strip()[:2_000] for text in long if len(text) > 150))
    messages = read_rows(data / "wisesight_sentiment.jsonl.gz")
    short = [row["text"] for row in messages if len(row["text"]) > 15 and row["label"] in {"neu", "pos"}]
    return long, list(dict.fromkeys(short))


class Planter:
    """Writes one archive: people with homes, ordinary posts, planted voices, and comments.

    Parameters
    ----------
    data
        Folder of the real texts.
    size
        Ordinary posts.
    seed
        Of all chance.
    """

    def __init__(self, data, size, seed):
        self.chance = random.Random(seed)
        self.long, short = background(data)
        self.chance.shuffle(self.long)
        self.chance.shuffle(short)
        self.short = iter(short * (1 + int(size * COMMENTS) // len(short)))
        self.people = [f"a{n}" for n in range(max(40, size // 6))]
        self.weights = [1 / (1 + n) ** 0.6 for n in range(len(self.people))]
        towns = [f"ชุมชน {n + 1}" for n in range(max(5, round(size**0.42)))]
        self.home = {person: self.chance.choice(towns) for person in self.people}
        self.posts = []
        for body in self.long[:size]:
            self.write(self.anybody(), self.chance.uniform(0, DAYS), body)
        self.ordinary = list(self.posts)

    def anybody(self):
        return self.chance.choices(self.people, self.weights)[0]

    def write(self, author, day, body):
        self.posts.append({"id": str(len(self.posts)), "author": author, "day": day, "body": body, "comments": []})
        return self.posts[-1]

    def answer(self, post, author, day, body):
        post["comments"].append({"author": author, "day": day, "body": body})

    def voice(self, kind, rows):
        """Plant the voices of one concern, and return who speaks."""
        rows = sorted(rows, key=lambda row: row["kind"] != "post")
        speakers = self.chance.sample(self.people, len(rows))
        if kind == "one_author":
            speakers = [speakers[0]] * len(rows)
        if kind == "copies":
            rows = [rows[0]] * len(rows)
        when = self.days(kind)
        own = []
        for row, author in zip(rows, speakers, strict=True):
            day = when()
            if kind not in {"one_author", "copies"} and row["kind"] == "comment":
                at_home = own and self.chance.random() < OWN_THREAD
                post = self.chance.choice(own if at_home else self.ordinary)
                self.answer(post, author, max(day, post["day"] + 0.5), row["text"])
            else:
                own.append(self.write(author, day, self.beside(row["text"])))
        return frozenset(speakers)

    def days(self, kind):
        """Return what gives the day of each voice of a kind."""
        start, week = self.chance.uniform(0, DAYS / 3), self.chance.uniform(0, DAYS - 7)
        return {
            "rising": lambda: DAYS * (1 - 0.45 * self.chance.random() ** 2),
            "fading": lambda: start + 0.2 * DAYS * self.chance.random(),
            "one_week": lambda: week + 7 * self.chance.random(),
        }.get(kind, lambda: self.chance.uniform(0, DAYS))

    def beside(self, text):
        """Return a voice, some of them before or after something else that its post tells."""
        if self.chance.random() >= WITHIN:
            return text
        piece = self.chance.choice(self.long).split("\n")[-1][:300]
        return f"{piece}\n\n{text}" if self.chance.random() < 0.5 else f"{text}\n\n{piece}"

    def small_talk(self):
        for post in self.posts:
            for _ in range(min(12, int(self.chance.expovariate(1 / COMMENTS)))):
                self.answer(post, self.anybody(), post["day"] + self.chance.expovariate(0.3), next(self.short))

    def save(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "posts.jsonl").open("w", encoding="utf-8", newline="\n") as file:
            for post in sorted(self.posts, key=lambda post: post["day"]):
                comments = sorted(post["comments"], key=lambda one: one["day"])
                made = {
                    "id": post["id"],
                    "title": " ".join(post["body"].split("\n")[0].split())[:40],
                    "author": post["author"],
                    "community": self.home[post["author"]],
                    "published": _moment(post["day"]),
                    "body": post["body"],
                    "comments": [
                        {"author": one["author"], "published": _moment(one["day"]), "body": one["body"]}
                        for one in comments
                    ],
                }
                file.write(json.dumps(made, ensure_ascii=False) + "\n")


def plant(folder, voices, data, size, seed=0):
    """Write an archive of about so many posts into a folder, and return what was planted, and which concern each text voices.

    Parameters
    ----------
    folder
        Where to.
    voices
        Rows of concerns: ``concern``, ``kind``, ``text``.
    data
        Folder of the real texts.
    size
        One of ``SHARES``.
    seed
        Of all chance.
    """
    planter = Planter(data, size, seed)
    by_concern = {}
    for row in voices:
        by_concern.setdefault(row["concern"], []).append(row)
    names = sorted(by_concern)
    planter.chance.shuffle(names)
    kinds = [kind for kind, count in zip(KINDS, SHARES[size], strict=True) for _ in range(count)]
    planted = {
        name: Planted(kind, planter.voice(kind, by_concern[name])) for kind, name in zip(kinds, names, strict=False)
    }
    planter.small_talk()
    planter.save(folder)
    return planted, {row["text"]: name for name in planted for row in by_concern[name]}


def _moment(day):
    return (FIRST + timedelta(days=min(day, DAYS + 30))).replace(microsecond=0).isoformat()


def average_precision(groups, planted, kinds):
    """Return the average precision of a ranking of groups of voices: how early each planted concern of some kinds is met, once each.

    A group is a concern's where three of its authors voice that concern in it, and they are half of its authors at least.

    Parameters
    ----------
    groups
        In their order, each as pairs of an author and the concern that is voiced there, ``None`` for none.
    planted
        What was planted, by concern.
    kinds
        Of the concerns that should come first.
    """
    wanted = {name for name, one in planted.items() if one.kind in kinds}
    met, found, total = set(), 0, 0.0
    for rank, group in enumerate(groups, 1):
        everybody = {author for author, _ in group if author}
        for name in sorted(wanted - met):
            speaking = {author for author, said in group if said == name}
            if len(speaking) >= 3 and 2 * len(speaking) >= len(everybody):
                met.add(name)
                found += 1
                total += found / rank
                break
    return total / max(1, len(wanted))


def best_f1(groups, planted, said, kinds):
    """Return how well the planted concerns of some kinds are found at all: mean F1 of the passages of each in the group that holds it best.

    Parameters
    ----------
    groups, planted, kinds
        As ``average_precision`` takes them.
    said
        Which concern each passage of the archive voices, ``None`` for none.
    """
    voiced = Counter(said)
    told = [(len(group), Counter(name for _, name in group)) for group in groups]
    found = [
        max((2 * names[name] / (size + voiced[name]) for size, names in told), default=0.0)
        for name, one in planted.items()
        if one.kind in kinds
    ]
    return sum(found) / max(1, len(found))
