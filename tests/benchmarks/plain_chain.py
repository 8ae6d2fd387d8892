"""The same chain as one would write it from the documentation of pandas, PyThaiNLP, scikit-learn, datasketch and BERTopic.

Nothing in it is slow on purpose: words are cut once and kept, copies are found by MinHash, embeddings are TF-IDF and SVD as BERTopic's documentation has
them where a transformer is too slow, and UMAP may use all processors. ``python plain_chain.py ARCHIVE FOLDER LABELLED`` reads JSON Lines, writes ``report.html`` and
tables, and prints the seconds of each step as JSON.
"""

# ruff: noqa: E402 - the seconds of the imports are measured

import json
import sys
import time
from collections import defaultdict
from pathlib import Path

STARTED = time.perf_counter()

import numpy as np
import pandas as pd
from bertopic import BERTopic
from datasketch import MinHash, MinHashLSH
from pythainlp.corpus import thai_stopwords
from pythainlp.tokenize import word_tokenize
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MultiLabelBinarizer, normalize

IMPORTS = time.perf_counter() - STARTED

SHORTEST = 40
"""Characters of a passage: shorter ones are courtesy, mostly."""


def read_posts(archive):
    """Return the posts of all JSON Lines files of a folder as a table."""
    posts = pd.concat([pd.read_json(path, lines=True, dtype=False) for path in sorted(Path(archive).glob("*.jsonl"))])
    return posts.reset_index(drop=True)


def copies(posts):
    """Return the rows of posts that say what an earlier post does, by MinHash of runs of five characters, as datasketch shows it."""
    index = MinHashLSH(threshold=0.8, num_perm=128)
    found = []
    for row, body in enumerate(posts["body"].fillna("")):
        signature = MinHash(num_perm=128)
        signature.update_batch({body[n : n + 5].encode() for n in range(max(1, len(body) - 4))})
        if index.query(signature):
            found.append(row)
        index.insert(row, signature)
    return found


def passages_of(posts):
    """Return the paragraphs of posts and comments as a table."""
    rows = []
    for post in posts.itertuples():
        texts = [(None, post.body, post.author, post.published)]
        if isinstance(post.comments, list):
            for number, comment in enumerate(post.comments, 1):
                texts.append((number, comment["body"], comment.get("author"), comment.get("published")))
        for number, body, author, published in texts:
            start = 0
            for part in body.split("\n\n") if isinstance(body, str) else ():
                if len(part.strip()) >= SHORTEST or (number is not None and part.strip()):
                    rows.append((post.id, number, start, start + len(part), part, author, post.community, published))
                start += len(part) + 2
    names = ["post", "comment", "start", "end", "text", "author", "community", "published"]
    table = pd.DataFrame(rows, columns=names)
    table["published"] = pd.to_datetime(table["published"], utc=True, errors="coerce", format="ISO8601")
    table["community"] = table["community"].map(lambda names: names[0] if isinstance(names, list) and names else names)
    return table


def cut(texts):
    """Return each text as its words with spaces between them."""
    words = (word_tokenize(text, engine="newmm", keep_whitespace=False) for text in texts)
    return [" ".join(word for word in one if word.strip()) for one in words]


def told_by_labels(documents, labelled):
    """Return the step of each document and its acts, learned from labelled passages."""
    rows = [json.loads(line) for path in sorted(Path(labelled).glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    terms = TfidfVectorizer(tokenizer=str.split, token_pattern=None, ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    known = terms.fit_transform(cut(row["text"] for row in rows))
    asked = terms.transform(documents)
    stepped = [number for number, row in enumerate(rows) if row["step"] is not None]
    steps = LogisticRegression(max_iter=1_000, class_weight="balanced")
    steps.fit(known[stepped], [rows[number]["step"] for number in stepped])
    names = MultiLabelBinarizer()
    read = [number for number, row in enumerate(rows) if row["acts"] is not None]
    wanted = names.fit_transform([rows[number]["acts"] for number in read])
    acts = OneVsRestClassifier(LogisticRegression(max_iter=1_000, class_weight="balanced")).fit(known[read], wanted)
    return steps.predict(asked), names.inverse_transform(acts.predict(asked))


def find_topics(documents, seed=None):
    """Return a fitted BERTopic and the topic of each document.

    Parameters
    ----------
    documents
        Words with spaces between them.
    seed
        Of UMAP; ``None`` as BERTopic has it by default, which uses all processors.
    """
    pipe = make_pipeline(TfidfVectorizer(tokenizer=str.split, token_pattern=None, min_df=2), TruncatedSVD(100))
    vectors = normalize(pipe.fit_transform(documents))
    words = CountVectorizer(tokenizer=str.split, token_pattern=None, stop_words=list(thai_stopwords()))
    options = {}
    if seed is not None:
        from umap import UMAP

        options["umap_model"] = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(language="multilingual", vectorizer_model=words, **options)
    topics, _ = model.fit_transform(documents, vectors)
    return model, np.array(topics)


def issues_of(passages, model):
    """Return topics as a table, those of most authors first, with how many write of them early and late."""
    middle = passages["published"].quantile(0.5)
    names = model.get_topic_info().set_index("Topic")["Name"]
    rows = []
    for topic, group in passages[passages["topic"] >= 0].groupby("topic"):
        authors, communities = set(), set()
        by_half = defaultdict(set)
        for row in group.itertuples():
            if isinstance(row.author, str):
                authors.add(row.author)
                by_half[row.published >= middle].add(row.author)
            communities.add(row.community)
        concerns = group[[bool({"concern", "wish", "request"} & set(acts)) for acts in group["acts"]]]
        rows.append(
            {
                "topic": topic,
                "name": names[topic],
                "authors": len(authors),
                "communities": len(communities),
                "early": len(by_half[False]),
                "late": len(by_half[True]),
                "concerns": concerns["author"].nunique(),
                "step": group["step"].mode().iat[0],
                "quotes": "\n".join((concerns if len(concerns) else group)["text"].head(5)),
            }
        )
    return pd.DataFrame(rows).sort_values(["concerns", "authors"], ascending=False)


def write_report(folder, issues, passages, over_time):
    """Write one page and the tables."""
    lessons = passages[["lesson" in acts for acts in passages["acts"]]]
    steps = passages.groupby("step").agg(passages=("text", "size"), authors=("author", "nunique"))
    parts = (("Issues", issues), ("Steps", steps), ("Lessons", lessons.head(500)), ("Topics over time", over_time))
    body = "".join(f"<h2>{title}</h2>{table.to_html()}" for title, table in parts)
    (folder / "report.html").write_text(f"<meta charset='utf-8'><h1>Report</h1>{body}", encoding="utf-8")
    issues.to_csv(folder / "issues.csv", index=False)
    lessons.to_csv(folder / "lessons.csv", index=False)
    issues.to_excel(folder / "report.xlsx", index=False)
    passages.assign(acts=passages["acts"].map(" ".join)).to_parquet(folder / "passages.parquet")


def main(archive, folder, labelled):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    told, since = {"imports": IMPORTS}, time.perf_counter()

    def done(what):
        nonlocal since
        told[what], since = time.perf_counter() - since, time.perf_counter()

    posts = read_posts(archive)
    done("read")
    posts = posts.drop(index=copies(posts))
    done("copies")
    passages = passages_of(posts)
    documents = cut(passages["text"])
    done("words")
    model, passages["topic"] = find_topics(documents)
    done("topics")
    dates = passages["published"].dt.tz_localize(None)
    known = dates.notna()
    over_time = model.topics_over_time(
        [one for one, yes in zip(documents, known, strict=True) if yes],
        dates[known].tolist(),
        topics=passages["topic"][known].tolist(),
        nr_bins=20,
    )
    done("topics over time")
    passages["step"], acts = told_by_labels(documents, labelled)
    passages["acts"] = list(acts)
    done("steps and acts")
    issues = issues_of(passages, model)
    done("issues")
    write_report(folder, issues, passages, over_time)
    done("report")
    print(json.dumps(told | {"passages": len(passages), "issues found": len(issues)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
