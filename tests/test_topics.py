import numpy as np
import pytest

from minecop.topics.clustering import FEWEST, agglomerate, number_by_size
from minecop.vectors.lsa import ArchiveEmbedder

SUBJECTS = ["น้ำ ท่อ ซ่อม บ่อ สูบ", "เด็ก หนังสือ ห้องเรียน อ่าน ครู", "ข้าว นา ปุ๋ย เกี่ยว ฝน", "ยา คนไข้ ตึก เวร แผล"]


def archive(count: int) -> list[list[str]]:
    """Passages of four subjects in turn, each with three words of its own."""
    generator = np.random.default_rng(0)
    return [list(generator.permutation(SUBJECTS[n % 4].split())[:3]) for n in range(count)]


def test_clustering_numbers_by_size():
    assert number_by_size(np.array([7, 3, 3, -1, 7, 3])).tolist() == [1, 0, 0, -1, 1, 0]


@pytest.mark.parametrize("count", [2, 5, 12, 60])
def test_clustering_of_any_size_labels_every_passage(count):
    passages = archive(count)
    labels = agglomerate(ArchiveEmbedder().fit(passages).encode_terms(passages))
    assert labels.shape == (count,)
    assert labels.max() >= 0


@pytest.mark.parametrize("count", [0, 1, FEWEST - 1, FEWEST, 20, 60])
def test_fitting_of_any_size_gives_topics_or_none(count):
    from minecop.topics.fitting import MEMBERS, TOPICS, fit_topics

    passages = archive(count)
    vectors = ArchiveEmbedder().fit(passages).encode_terms(passages)
    found = fit_topics([str(n) for n in range(count)], passages, vectors, seed=0)
    assert found.topics.schema == TOPICS
    assert found.members.schema == MEMBERS
    assert len(found.primary) == count
    assert (len(found.topics) > 0) == (count >= FEWEST)
    shares = dict.fromkeys(found.members["passage_id"].to_pylist(), 0.0)
    for row in found.members.to_pylist():
        shares[row["passage_id"]] += row["share"]
    assert all(0 < share <= 1.0001 for share in shares.values())


def test_fitting_names_topics_in_the_words_of_the_archive_and_each_unlike():
    from minecop.topics.fitting import fit_topics

    passages = archive(60)
    vectors = ArchiveEmbedder().fit(passages).encode_terms(passages)
    found = fit_topics([str(n) for n in range(60)], passages, vectors, seed=0)
    labels = found.topics["label"].to_pylist()
    assert len(set(labels)) == len(labels) >= 4
    known = {word for subject in SUBJECTS for word in subject.split()}
    for label in labels:
        assert set(label.replace(" · ", " ").split()) <= known
        assert label.count(" · ") == 2


def test_fitting_large_archives_by_density_gives_the_same_topics_each_time(monkeypatch):
    from minecop.topics import fitting

    monkeypatch.setattr(fitting, "DENSITY_FROM", 100)
    passages = archive(240)
    vectors = ArchiveEmbedder().fit(passages).encode_terms(passages)
    one, two = (fitting.fit_topics([str(n) for n in range(240)], passages, vectors, seed=1) for _ in range(2))
    assert len(one.topics) >= 3
    assert one.primary.tolist() == two.primary.tolist()
    assert one.topics.equals(two.topics)
    subjects = [n % 4 for n in range(240)]
    pure = [
        max(list(group).count(s) for s in range(4)) / len(group)
        for t in range(len(one.topics))
        if (group := [s for s, p in zip(subjects, one.primary, strict=True) if p == t])
    ]
    assert min(pure) > 0.8
