"""Topics: their parts, archives of every size, numbers that stay, and what is seen of them."""

import json
import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from test_run import posts

from minecop.run.pipeline import analyse
from minecop.run.settings import Settings
from minecop.topics import neighbours
from minecop.topics.archive import chosen_rows, memberships
from minecop.topics.clustering import FEWEST, agglomerate, number_by_size
from minecop.topics.communities import (
    best_overlap,
    central_communities,
    communities_of,
    communities_of_parts,
    graph_of,
    stability_of,
)
from minecop.topics.counting import count_terms
from minecop.topics.fitting import Fit, fit_topics, within_threads
from minecop.topics.labels import labels_of, worth_of
from minecop.topics.matching import CHANGES, match_topics, with_growth
from minecop.topics.membership import assigned, bars_of, centrality, centroids_of, settled, shares_of, sureness_of
from minecop.topics.neighbours import nearest
from minecop.topics.themes import themes_of
from minecop.topics.wholes import Wholes
from minecop.vectors.embedder import unit_rows
from minecop.vectors.lsa import ArchiveEmbedder

SUBJECTS = ["น้ำ ท่อ ซ่อม บ่อ สูบ", "เด็ก หนังสือ ห้องเรียน อ่าน ครู", "ข้าว นา ปุ๋ย เกี่ยว ฝน", "ยา คนไข้ ตึก เวร แผล"]


def archive(count: int) -> list[list[str]]:
    """Passages of four subjects in turn, each with three words of its own."""
    generator = np.random.default_rng(0)
    return [list(generator.permutation(SUBJECTS[n % 4].split())[:3]) for n in range(count)]


def vectors_of(passages):
    return ArchiveEmbedder().fit(passages).encode_terms(passages)


def clouds(count: int, groups: int, spread: float = 0.6, seed: int = 0):
    """Unit vectors around so many directions in turn, and which each is around."""
    generator = np.random.default_rng(seed)
    middles = unit_rows(generator.normal(size=(groups, 24)).astype(np.float32))
    around = np.arange(count) % groups
    return unit_rows(
        (middles[around] + spread * generator.normal(size=(count, 24)) / 24**0.5).astype(np.float32)
    ), around


# ---- neighbours


def test_neighbours_are_those_of_plain_sorting():
    vectors, _ = clouds(900, 5, 2.0)
    found, likeness = nearest(vectors, 15)
    table = vectors @ vectors.T
    np.fill_diagonal(table, -2)
    expected = np.sort(table, axis=1)[:, ::-1][:, :15]
    assert np.allclose(likeness, expected, atol=1e-6)
    assert np.allclose(np.take_along_axis(table, found.astype(np.int64), axis=1), expected, atol=1e-6)


def test_neighbours_among_wide_tables_are_found_in_blocks():
    vectors, _ = clouds(4_000, 40, 1.5)
    found, likeness = nearest(vectors, 15)
    for row in range(0, 4_000, 401):
        others = vectors @ vectors[row]
        others[row] = -2
        assert np.allclose(np.sort(likeness[row]), np.sort(others)[-15:], atol=1e-6)
        assert row not in found[row]


def test_neighbours_of_large_archives_are_nearly_all_found(monkeypatch):
    vectors, _ = clouds(3_000, 30, 1.0)
    exact, _ = nearest(vectors, 15)
    monkeypatch.setattr(neighbours, "EXACT", 1_000)
    found, likeness = nearest(vectors, 15)
    again, _ = nearest(vectors, 15)
    assert found.tobytes() == again.tobytes()
    assert np.mean([len(set(a) & set(b)) / 15 for a, b in zip(exact.tolist(), found.tolist(), strict=True)]) > 0.85
    assert (np.diff(likeness, axis=1) <= 0).all()


def test_neighbours_where_one_list_holds_nearly_all(monkeypatch):
    monkeypatch.setattr(neighbours, "EXACT", 100)
    same = np.zeros((400, 8), dtype=np.float32)
    same[:, 0] = 1
    same[:3] = np.eye(8, dtype=np.float32)[1:4]
    found, _ = nearest(same, 15)
    assert found.shape == (400, 15)
    assert all(row not in found[row] for row in range(400))


@given(st.integers(2, 40), st.integers(0, 1_000))
@settings(max_examples=30, deadline=None)
def test_neighbours_are_as_many_as_there_are(count, seed):
    vectors, _ = clouds(count, 3, 1.0, seed)
    found, _ = nearest(vectors, 15)
    assert found.shape == (count, min(15, count - 1))
    assert all(len(set(row)) == len(row) for row in found.tolist())


# ---- communities


def test_communities_are_those_that_were_put_there_whatever_the_seed():
    vectors, around = clouds(600, 6)
    graph = graph_of(vectors)
    assert (graph != graph.T).nnz == 0
    for seed in (0, 1, 7):
        labels = central_communities(graph, seed)
        assert best_overlap(around, labels, 6).min() > 0.95
        assert labels.tobytes() == central_communities(graph, seed).tobytes()


def test_communities_of_passages_without_neighbours_are_one_each():
    graph = graph_of(np.zeros((5, 4), dtype=np.float32))
    assert sorted(communities_of(graph).tolist()) == [0, 1, 2, 3, 4]


def test_communities_stability_tells_what_is_there_from_what_is_not():
    vectors, around = clouds(600, 6)
    graph = graph_of(vectors)
    parts = communities_of_parts(graph)
    real = stability_of(around.astype(np.int64), parts)
    chance = stability_of(np.random.default_rng(0).integers(0, 6, 600), parts)
    assert real.min() > 0.9
    assert chance.max() < 0.4


def test_communities_parts_lack_every_passage_once():
    vectors, _ = clouds(605, 6)
    parts = communities_of_parts(graph_of(vectors), 3)
    lacking = [set(range(605)) - set(part.tolist()) for part, _ in parts]
    assert sorted(row for rows in lacking for row in rows) == list(range(605))
    assert all(len(found) == len(part) for part, found in parts)
    again = communities_of_parts(graph_of(vectors), 3)
    assert all(one.tobytes() == other.tobytes() for (_, one), (_, other) in zip(parts, again, strict=True))


# ---- counting


def test_counting_counts_words_and_phrases_as_they_stand():
    from collections import Counter

    from minecop.text.words import phrases

    documents = [["ครู", "ซ่อม", "หนังสือ", "ที่", "ห้องเรียน"], ["ครู", "ซ่อม", "หนังสือ", "ซ่อม"], [], ["ที่", "ก"]] * 2
    counts = count_terms(documents)
    assert counts.matrix.shape == (8, len(counts.terms))
    for row, document in enumerate(documents):
        found = {counts.terms[column]: int(counts.matrix[row, column]) for column in counts.matrix[row].indices}
        every = Counter(phrases(document))
        assert all(every[term] == count for term, count in found.items())
        assert {term for term in every if term in set(document)} <= set(found)
    assert "ซ่อมหนังสือ" in counts.terms
    assert "หนังสือห้องเรียน" not in counts.terms  # a stop word stands between


def test_counting_a_pair_written_like_a_word_is_that_word():
    counts = count_terms([["น้ำ", "ประปา"], ["น้ำ", "ประปา"], ["น้ำประปา"]])
    assert counts.terms.count("น้ำประปา") == 1
    assert counts.matrix[:, counts.terms.index("น้ำประปา")].toarray().ravel().tolist() == [1, 1, 1]


@pytest.mark.parametrize("documents", [[], [[]], [[], ["ก"]]])
def test_counting_nothing(documents):
    assert count_terms(documents).matrix.shape == (len(documents), 0)


# ---- labels


def test_labels_are_worth_less_with_names_places_and_small_words():
    assert worth_of(["ปุ๋ยหมัก"]) == 1
    assert worth_of(["ปุ๋ยหมัก", "เชียงใหม่"]) < 0.5
    assert worth_of(["วิศิษฏ์"]) == 0
    assert worth_of(["พงษ์", "เผ่า"]) < 0.2  # one name that was cut
    assert worth_of(["เดชาวัฒนานุกูล"]) < 0.2  # no dictionary has it, and it is spelt like a name
    assert worth_of(["มกราคม"]) < 0.2
    assert worth_of(["โต้ง"], {"โต้ง"}) == 0


def test_labels_are_each_unlike_the_others():
    terms = [("ก", 1.0), ("ข", 0.9), ("ค", 0.8)]
    assert labels_of([terms, [*terms, ("ง", 0.5)], terms, [], []]) == [
        "ก · ข · ค",
        "ก · ข · ค · ง",
        "ก · ข · ค (2)",
        "—",
        "— (2)",
    ]


# ---- wholes


def wholes(*passages: str):
    return Wholes(count_terms([passage.split() for passage in passages]))


def around(piece: str, count: int = 10) -> list[str]:
    """So many passages in which something stands, each time between other words."""
    return [f"ก่อน{n} {piece} หลัง{n}" for n in range(count)]


def test_wholes_half_a_name_after_a_title_is_a_person():
    found = wholes(*around("พลเอก อนันต พร"), *around("นาย ไมตรี อินทุ สุต"), *around("นายกรัฐมนตรี"))
    for piece in ("อนันต", "พร", "อินทุ", "สุต"):
        assert found.of((piece,)).person, piece
    assert found.of(("พลเอก", "อนันต")).person
    assert found.of(("นายกรัฐมนตรี",)).names


def test_wholes_people_differ_but_a_title_always_stands_before():
    found = wholes(
        *(f"นาย สิปปกร {n} นา" for n in range(6)), *(f"ครู ประจำชั้น {n}" for n in range(6)), "ป้า แต๋ว ขาย", "ป้า แต๋ว"
    )
    assert found.of(("สิปปกร",)).person
    assert found.of(("แต๋ว",)).person
    assert not found.of(("ประจำชั้น",)).person  # a word like any other


def test_wholes_a_term_that_was_cut_is_put_together():
    found = wholes(*around("กระทรวงทรัพยากรธรรมชาติ และ สิ่งแวดล้อม"), *around("ไวรัส โค โร นา", 12), *around("สิ่งแวดล้อม", 2))
    assert found.of(("กระทรวงทรัพยากรธรรมชาติ",)).parts == ("กระทรวงทรัพยากรธรรมชาติ", "และ", "สิ่งแวดล้อม")
    assert found.of(("สิ่งแวดล้อม",)).parts == ("กระทรวงทรัพยากรธรรมชาติ", "และ", "สิ่งแวดล้อม")
    assert found.of(("โค", "โร")).parts == ("ไวรัส", "โค", "โร", "นา")  # นา is a small word, but not here
    assert found.of(("โค", "โร")).names


def test_wholes_small_words_and_somebody_s_title_end_them():
    found = wholes(*around("ผู้ป่วย ที่ โรงพยาบาล"), *around("ที่", 15), *around("โฆษก นายแพทย์ ทวีศิลป์"))
    assert found.of(("โรงพยาบาล",)).parts == ("โรงพยาบาล",)
    assert found.of(("โฆษก",)).parts == ("โฆษก",)
    assert not found.of(("โฆษก",)).person


def test_wholes_few_places_tell_nothing_and_many_neighbours_are_none():
    found = wholes(*around("ซ่อม ท่อ", 4), *(f"ครู {word}" for word in ["สอน", "เล่น", "อ่าน", "เขียน", "ร้อง", "เต้น"]))
    assert found.of(("ท่อ",)).parts == ("ท่อ",)
    assert found.of(("ครู",)).parts == ("ครู",)
    assert found.of(("ไม่เคยมี",)).parts == ("ไม่เคยมี",)


def test_wholes_what_is_always_the_same_at_length_is_a_form():
    found = wholes(*around("your browser does not support the audio element"))
    assert found.of(("browser",)).form
    assert not found.of(("browser",)).names


def test_wholes_a_word_that_stands_only_in_phrases_gives_way_to_them():
    others = ["น้ำ", "ครู", "ยา", "ข้าว", "ปุ๋ย", "หนังสือ", "ฝน", "เวร", "ตึก", "แผล"]
    found = wholes(
        *(f"{other} พระ {word} {other}" for word in ("บาท", "บรม", "ราช") for other in others),
        *(f"{other} พระ" for other in others[:2]),
    )
    assert found.of(("พระ",)).piece
    assert not found.of(("พระ", "ราช")).piece
    assert not found.of(("ครู",)).piece


def test_fitting_half_a_name_is_no_label():
    passages = [[*words, "พลเอก", "อนันต", "พร"] if n % 4 == 0 else words for n, words in enumerate(archive(240))]
    found = fit_topics(passages, vectors_of(archive(240)), np.arange(240) % 11)
    terms = {term for topic in found.topics for term, _ in topic.terms}
    assert terms
    assert not any(piece in term for term in terms for piece in ("อนันต", "พร", "พลเอก"))


# ---- membership, themes


def test_membership_gives_up_what_is_no_topic():
    vectors, around = clouds(120, 3, 0.3)
    labels = around.astype(np.int64)
    people = np.arange(120) % 20
    people[around == 2] = 7  # one person's own
    found = settled(vectors, labels, people)
    assert len(set(found.tolist()) - {-1}) == 2
    odd = np.vstack([vectors, np.eye(24, dtype=np.float32)[:1]])
    found = settled(odd, np.append(around, 0), np.append(np.arange(120) % 20, 3))
    assert (found[:120] >= 0).mean() > 0.95


def test_membership_passage_at_the_edge_belongs_to_none():
    middles = np.eye(3, 16, dtype=np.float32)
    generator = np.random.default_rng(0)
    around = np.repeat(np.arange(3), 40)
    vectors = unit_rows((middles[around] + 0.02 * generator.normal(size=(120, 16))).astype(np.float32))
    stranger = np.zeros((1, 16), dtype=np.float32)
    stranger[0, 10] = 1
    found = settled(np.vstack([vectors, stranger]), np.append(around, 0).astype(np.int64), np.arange(121))
    assert found[-1] == -1
    assert (found[:-1] >= 0).all()


def test_membership_shares_are_three_at_most_and_no_more_than_one():
    vectors, around = clouds(90, 3, 1.5)
    labels = around.astype(np.int64)
    shares = shares_of(vectors, labels, centroids_of(vectors, labels))
    by_row = {}
    for row, topic, share in zip(*shares, strict=True):
        by_row.setdefault(row, []).append((topic, share))
    assert len(by_row) == 90
    for row, found in by_row.items():
        assert found[0][0] == labels[row]
        assert len({topic for topic, _ in found}) == len(found) <= 3
        assert sum(share for _, share in found) <= 1 + 1e-6
    assert any(len(found) > 1 for found in by_row.values())


def test_membership_of_passages_not_learned_from_is_that_of_the_likest():
    vectors, around = clouds(400, 4)
    labels = around[:200].astype(np.int64)
    centroids = centroids_of(vectors[:200], labels)
    found = assigned(vectors[200:], centroids, bars_of(vectors[:200], labels, centroids))
    assert (found == around[200:]).mean() > 0.95
    assert assigned(vectors, np.empty((0, 24), np.float32), np.empty(0, np.float32)).tolist() == [-1] * 400


def test_membership_is_sure_where_topics_lie_apart_and_not_where_they_run_into_each_other():
    people = np.arange(600) % 20
    shares = []
    for spread in (0.5, 3.0):
        vectors, around = clouds(600, 6, spread)
        graph = graph_of(vectors)
        labels = settled(vectors, around.astype(np.int64), people)
        sure = sureness_of(vectors, labels, people, communities_of_parts(graph))
        assert sure.shape == (labels.max() + 1,)
        shares.append(float(np.nanmean(sure)))
    assert shares[0] > 0.95
    assert shares[1] < 0.7


def test_membership_sureness_is_about_the_share_that_is_right():
    people = np.arange(900) % 20
    for spread in (0.8, 1.2, 1.6):
        vectors, around = clouds(900, 6, spread)
        graph = graph_of(vectors)
        labels = settled(vectors, central_communities(graph), people)
        most = np.array([np.bincount(around[labels == topic]).argmax() for topic in range(labels.max() + 1)])
        right = (most[labels] == around)[labels >= 0].mean()
        sure = sureness_of(vectors, labels, people, communities_of_parts(graph))
        sizes = np.bincount(labels[labels >= 0])
        assert abs(np.average(sure, weights=sizes) - right) < 0.1, spread


def test_membership_sureness_is_not_known_where_no_passage_was_left_out():
    vectors, around = clouds(100, 2, 0.3)
    labels = around.astype(np.int64)
    part = np.flatnonzero((labels == 0) | (np.arange(100) < 50))
    sure = sureness_of(vectors, labels, np.full(100, -1), [(part, labels[part])])
    assert np.isnan(sure[0])
    assert sure[1] == 1


def test_themes_put_near_topics_together_and_few_stay_as_they_are():
    middles = unit_rows(np.random.default_rng(1).normal(size=(3, 24)).astype(np.float32))
    topics = unit_rows(
        np.repeat(middles, 3, axis=0) + 0.1 * np.random.default_rng(2).normal(size=(9, 24)).astype(np.float32)
    )
    found = themes_of(topics, np.full(9, 10))
    assert len(set(found.tolist())) == 3
    assert all(len(set(found[n : n + 3].tolist())) == 1 for n in (0, 3, 6))
    assert themes_of(topics[:3], np.full(3, 10)).tolist() == [0, 1, 2]


# ---- threads


def test_threads_draw_their_passages_together():
    vectors, _ = clouds(6, 6, 0.1)
    threads = np.array([0, 0, 1, 1, 1, 2])
    found = within_threads(vectors, threads, np.full(6, 100))
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-5)
    assert found[0] @ found[1] > vectors[0] @ vectors[1] + 0.3
    assert found[0] @ found[2] < 0.5
    assert np.allclose(found[5], vectors[5], atol=1e-5)
    assert within_threads(vectors[:0], threads[:0], threads[:0]).shape == (0, 24)


def test_threads_that_speak_of_two_matters_at_length_keep_them_apart():
    matters, _ = clouds(2, 2, 0.0)
    vectors = unit_rows(np.repeat(matters, 12, axis=0) + 0.05 * clouds(24, 24, 0.1)[0])
    found = within_threads(vectors, np.zeros(24, dtype=np.int64), np.full(24, 100))
    near = found @ matters.T
    assert (near[:9, 0] > near[:9, 1]).all()
    assert (near[-9:, 1] > near[-9:, 0]).all()


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60), st.integers(0, 9))
@settings(max_examples=30, deadline=None)
def test_threads_may_stand_in_any_order(threads, seed):
    threads = np.sort(np.array(threads, dtype=np.int64))
    vectors, _ = clouds(len(threads), 3, 1.0, seed)
    lengths = 40 + np.arange(len(threads))
    found = within_threads(vectors, threads, lengths)
    for thread in set(threads.tolist()):
        rows = threads == thread
        alone = within_threads(vectors[rows], threads[rows], lengths[rows])
        assert np.allclose(found[rows], alone, atol=1e-5)
    order = np.argsort(np.random.default_rng(seed).permutation(5)[threads], kind="stable")
    assert np.allclose(within_threads(vectors[order], threads[order], lengths[order]), found[order], atol=1e-5)


def test_threads_joined_of_two_subjects_are_given_both():
    passages, _ = archive(240), None
    vectors = vectors_of(passages)
    subject = np.arange(240) % 4
    threads = np.arange(240)
    one, other = np.flatnonzero(subject == 0)[:10], np.flatnonzero(subject == 1)[:10]
    order = np.concatenate([one, other, np.setdiff1d(np.arange(240), [*one, *other])])
    threads[[*one, *other]] = 0
    around = within_threads(vectors[order], threads[order], np.full(240, 100))
    found = fit_topics([passages[row] for row in order], around, np.arange(240) % 11)
    first, second = (
        np.bincount(found.labels[rows][found.labels[rows] >= 0]).argmax() for rows in (slice(0, 10), slice(10, 20))
    )
    assert first != second


# ---- all together


@pytest.mark.parametrize("count", [*range(31), 45, 59, 60, 61, 62, 75, 150])
def test_fitting_of_any_size_gives_topics_or_none(count):
    passages = archive(count)
    vectors = vectors_of(passages)
    found = fit_topics(passages, vectors, np.arange(count) % 7)
    assert len(found.labels) == count
    assert (len(found.topics) > 0) == (count >= FEWEST)
    assert set(found.labels.tolist()) - {-1} == set(range(len(found.topics)))
    for number, topic in enumerate(found.topics):
        assert topic.label
        assert 0 <= topic.theme < len(found.themes)
        assert topic.typical
        assert {found.labels[row] for row in topic.typical} == {number}


@given(
    st.lists(
        st.lists(st.sampled_from(["น้ำ", "ครู", "ที่", "a", "", "ยา", "\x1f", "\n"]), max_size=4), min_size=1, max_size=80
    ),
    st.data(),
)
@settings(max_examples=40, deadline=None)
def test_fitting_any_words_and_vectors_raises_nothing(documents, data):
    vectors = data.draw(arrays(np.float32, (len(documents), 96), elements=st.floats(-1, 1, width=16)))
    people = data.draw(arrays(np.int64, len(documents), elements=st.integers(-1, 6)))
    found = fit_topics(documents, unit_rows(vectors), people)
    assert len(found.labels) == len(documents)


def test_fitting_words_of_passages_that_have_no_direction():
    vectors = np.zeros((5, 96), dtype=np.float32)
    vectors[:3, 0] = 1
    found = fit_topics([[], [], [], ["น้ำ"], ["ครู"]], vectors, np.zeros(5, dtype=np.int64))
    assert len(found.labels) == 5
    assert centrality(vectors, np.zeros(5, dtype=np.int64), vectors[:1]).min() > 0


def test_fitting_finds_the_subjects_and_names_them_in_the_words_of_the_archive():
    passages = archive(240)
    found = fit_topics(passages, vectors_of(passages), np.arange(240) % 11)
    subjects = np.arange(240) % 4
    assert (found.labels >= 0).mean() > 0.9
    labels = [topic.label for topic in found.topics]
    assert len(set(labels)) == len(labels)
    for number, topic in enumerate(found.topics):
        (subject,) = {s for s in range(4) if (subjects[found.labels == number] == s).mean() > 0.9}
        words = SUBJECTS[subject].split()
        assert all(any(word in term for word in words) for term, _ in topic.terms)
        assert topic.stability > 0.5
        assert topic.sure > 0.7
    assert np.mean([topic.sure for topic in found.topics]) > 0.8


@pytest.mark.parametrize("method", ["graph", "density", "tree"])
def test_fitting_by_each_method_gives_the_same_topics_each_time(method):
    passages = archive(240)
    vectors = vectors_of(passages)
    one, two = (fit_topics(passages, vectors, seed=1, method=method) for _ in range(2))
    assert len(one.topics) >= 3
    assert one.labels.tolist() == two.labels.tolist()
    assert [topic.label for topic in one.topics] == [topic.label for topic in two.topics]


@pytest.mark.parametrize(("method", "passages"), [("graph", 600), ("tree", 600), ("density", 600), ("graph", 50)])
def test_fitting_few_topics_are_fewer_and_many_more(method, passages):
    vectors, _ = clouds(passages, 12, 2.0)
    documents = [[f"คำ{n % 12}"] for n in range(passages)]
    few, usual, many = (
        len(fit_topics(documents, vectors, method=method, count=count, stability=False).topics)
        for count in ("few", "usual", "many")
    )
    assert few <= usual <= many
    assert few < many


def test_fitting_usual_topics_are_those_of_resolution_one():
    vectors, _ = clouds(300, 9, 1.5)
    documents = [[f"คำ{n % 9}"] for n in range(300)]
    plain = settled(vectors, number_by_size(central_communities(graph_of(vectors), 0)), np.full(300, -1))
    assert fit_topics(documents, vectors).labels.tolist() == plain.tolist()


def test_run_how_many_topics_is_a_setting_of_the_stage(jsonl, tmp_path, minecop):
    rows = [
        {"id": f"{n}", "author": f"คน {n % 9}", "body": f"{SUBJECTS[n % 4]} {SUBJECTS[n % 3]} ครั้งที่ {n}"}
        for n in range(140)
    ]
    source = jsonl(rows)
    counts = {}
    for count in ("few", "usual", "many"):
        code, _, err = minecop("analyse", source, "-o", tmp_path / "run", "--topic-count", count, "-v", "--lang", "en")
        assert code == 0
        counts[count] = len(pq.read_table(tmp_path / "run" / "stages" / "topics" / "topics.parquet"))
    assert counts["few"] < counts["many"]
    assert 'topics: settings changed: topic_count "usual" → "many"' in err
    assert "vectors: settings changed" not in err
    settings_file = tmp_path / "settings.toml"
    settings_file.write_text('topic_count = "some"', encoding="utf-8")
    code, _, err = minecop("analyse", source, "-o", tmp_path / "run", "--settings", settings_file, "--lang", "en")
    assert code == 1
    assert "few, usual, many" in err


def test_fitting_names_are_no_labels():
    passages = [[*words, "บุญมี"] for words in archive(240)[::4]]
    found = fit_topics([*passages, *archive(240)], vectors_of([*passages, *archive(240)]), names={"บุญมี"})
    assert not any("บุญมี" in term for topic in found.topics for term, _ in topic.terms)


# ---- larger than what topics are found in


def test_archive_large_ones_are_learned_from_in_part_and_told_in_whole(monkeypatch):
    vectors, around = clouds(2_000, 5)
    posts = [f"post{n}" for n in range(500)]
    post_of = np.repeat(np.arange(500), 4)
    around = np.repeat(around[:500], 4)
    vectors = np.repeat(vectors[:500], 4, axis=0)
    telling = np.ones(2_000, dtype=bool)
    telling[::10] = False
    monkeypatch.setattr("minecop.topics.archive.MOST_PASSAGES", 400)
    monkeypatch.setattr("minecop.topics.archive._AT_ONCE", 150)
    rows = chosen_rows(posts, post_of, telling)
    assert 350 < len(rows) <= 400
    assert set(np.flatnonzero(np.isin(post_of, post_of[rows]) & telling)) == set(rows)  # whole posts
    lengths = np.full(2_000, 100)
    fit = fit_topics([[f"คำ{n}"] for n in around[rows]], within_threads(vectors[rows], post_of[rows], lengths[rows]))
    primary = np.full(2_000, -1)
    seen = []
    for some, labels, shares in memberships(fit, rows, vectors, post_of, lengths, telling):
        primary[some] = labels
        seen += some.tolist()
        assert set(shares.passages) == set(np.flatnonzero(labels >= 0))
    assert seen == np.flatnonzero(telling).tolist()
    assert primary[rows].tolist() == fit.labels.tolist()
    assert best_overlap(around[telling], primary[telling], 5).min() > 0.9


# ---- numbers that stay


def numbered(labels):
    return {f"p{n}": label for n, label in enumerate(labels)}


def match(before, after, free=10):
    ids = [f"p{n}" for n in range(len(after))]
    given_numbers, changes = match_topics(numbered(before), ids, np.array(after, dtype=np.int64), free)
    primary = [given_numbers[label] if label >= 0 else -1 for label in after]
    return given_numbers.tolist(), {c.topic: (c.what, c.others) for c in with_growth(changes, before, primary)}


def test_matching_same_topics_keep_their_numbers_whatever_their_order():
    given_numbers, changes = match([4] * 5 + [7] * 5, [1] * 5 + [0] * 5)
    assert given_numbers == [7, 4]
    assert changes == {4: ("same", ()), 7: ("same", ())}


def test_matching_says_what_is_new_grown_merged_split_and_faded():
    given_numbers, changes = match([4] * 5 + [-1] * 5, [0] * 5 + [0] * 5 + [1] * 4)
    assert given_numbers == [4, 10]
    assert changes == {4: ("grown", ()), 10: ("new", ())}
    given_numbers, changes = match([1] * 6 + [2] * 4, [0] * 10)
    assert given_numbers == [1]
    assert changes == {1: ("merged", (2,)), 2: ("faded", (1,))}
    given_numbers, changes = match([1] * 10, [0] * 6 + [1] * 4)
    assert given_numbers == [1, 10]
    assert changes == {1: ("same", ()), 10: ("split", (1,))}
    given_numbers, changes = match([1] * 6, [-1] * 6)
    assert given_numbers == []
    assert changes == {1: ("faded", ())}


def test_matching_tells_growth_of_the_whole_archive_where_topics_are_found_in_a_part_of_it():
    before = [1] * 100 + [2] * 100
    given_numbers, changes = match_topics(numbered(before), [f"p{n}" for n in range(50, 150)], np.repeat([0, 1], 50), 9)
    assert given_numbers.tolist() == [1, 2]
    assert [change.what for change in with_growth(changes, before, [1] * 119 + [2] * 120)] == ["same", "grown"]


@given(st.lists(st.tuples(st.integers(-1, 5), st.integers(-1, 4)), max_size=60))
@settings(deadline=None)
def test_matching_never_gives_a_number_twice_nor_one_that_was_another(pairs):
    before = [old for old, _ in pairs]
    found = np.unique([new for _, new in pairs if new >= 0])
    after = [int(np.searchsorted(found, new)) if new >= 0 else -1 for _, new in pairs]
    given_numbers, changes = match(before, after, 6)
    assert len(set(given_numbers)) == len(given_numbers) == len(found)
    assert all(number in before or number >= 6 for number in given_numbers)
    assert set(changes) == set(given_numbers) | {old for old in before if old >= 0}
    assert all(what in CHANGES for what, _ in changes.values())


def test_run_a_grown_archive_keeps_the_numbers_of_its_topics(jsonl, tmp_path, minecop):
    some = [
        {
            "id": f"{n}",
            "author": f"คน {n % 9}",
            "published": f"2009-{1 + n % 12:02}-03",
            "title": SUBJECTS[n % 4],
            "body": f"{SUBJECTS[n % 4]} ครั้งที่ {n}",
        }
        for n in range(140)
    ]
    new = [
        {
            "id": f"new{n}",
            "author": f"คน {n % 9}",
            "published": "2010-02-03",
            "title": "ป่าชุมชน",
            "body": f"ป่า เห็ด ไม้ ไฟป่า แนวกันไฟ ลาดตระเวน รอบที่ {n}",
        }
        for n in range(40)
    ]
    first = analyse(jsonl(some), tmp_path / "run")
    before = pq.read_table(first.stage_folder("topics") / "topics.parquet").to_pylist()
    assert all(row["change"] is None for row in before)
    grown = analyse(jsonl([*some, *new]), tmp_path / "run")
    after = pq.read_table(grown.stage_folder("topics") / "topics.parquet").to_pylist()
    labels = {row["topic"]: row["label"] for row in after}
    for row in before:
        assert set(row["label"].split(" · ")) & set(labels[row["topic"]].split(" · "))
    (fresh,) = [row for row in after if row["change"] == "new"]
    assert fresh["topic"] == len(before)
    assert "ป่า" in fresh["label"]
    code, out, _ = minecop("topics", grown.folder, "--lang", "en")
    assert code == 0
    assert "since last time" in out
    assert "new" in out
    again = {path.name: path.read_bytes() for path in grown.stage_folder("topics").iterdir() if path.is_file()}
    (grown.stage_folder("topics") / "topics.parquet").write_bytes(b"damaged")
    analyse(jsonl([*some, *new]), tmp_path / "run")  # what is made once more is what it was
    assert again == {path.name: path.read_bytes() for path in grown.stage_folder("topics").iterdir() if path.is_file()}


# ---- what others see


def test_run_topics_open_in_plain_bertopic(jsonl, tmp_path):
    from bertopic import BERTopic

    run = analyse(jsonl(posts()), tmp_path / "run", Settings())
    topics = pq.read_table(run.stage_folder("topics") / "topics.parquet").to_pylist()
    model = BERTopic.load(str(run.stage_folder("topics") / "bertopic"))
    assert [model.custom_labels_[place] for place in range(-len(topics), 0)] == [row["label"] for row in topics]
    found, _ = model.transform(["ใด"] * 2, embeddings=np.asarray(model.topic_embeddings_)[-2:])
    assert [int(topic) for topic in found] == [len(topics) - 2, len(topics) - 1]


def test_run_leaves_bertopic_whole_for_whoever_imports_it_later(jsonl, tmp_path):
    code = (
        "import sys; from pathlib import Path; from minecop.run.pipeline import analyse; "
        f"analyse(Path({str(jsonl(posts()))!r}), Path({str(tmp_path / 'run')!r})); "
        "print('torch' in sys.modules); import bertopic; print(bertopic._bertopic.HAS_HDBSCAN, 'umap' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[-3:] == ["False", "True", "True"]


def test_cli_topics_and_one_topic(jsonl, tmp_path, minecop):
    run = analyse(jsonl(posts()), tmp_path / "run").folder
    code, out, _ = minecop("topics", run, "--json")
    values = json.loads(out)
    assert code == 0
    for value in values:
        assert value["terms"][:1] == value["title"].split(" · ")[:1]
        assert value["stability"] is None or 0 <= value["stability"] <= 1
        assert value["sure"] is None or 0 <= value["sure"] <= 1
        assert value["change"] is None
    one = values[0]["id"]
    code, out, _ = minecop("topics", run, one)
    assert code == 0
    assert values[0]["title"] in out
    assert "—" in out
    code, out, _ = minecop("topics", run, one, "--json")
    assert json.loads(out) == values[0]
    code, out, _ = minecop("topics", run, one, "--csv")
    assert len(out.splitlines()) > values[0]["passages"]
    code, _, err = minecop("topics", run, "999", "--lang", "en")
    assert code == 1
    assert "no topic 999" in err


def test_cli_and_report_say_how_sure_topics_are(jsonl, tmp_path, minecop):
    from minecop.report.rendering import render_html
    from minecop.run.loading import load_analysis

    rows = [
        {"id": f"{n}", "author": f"คน {n % 9}", "published": "2009-02-03", "body": f"{SUBJECTS[n % 4]} ครั้งที่ {n}"}
        for n in range(140)
    ]
    run = analyse(jsonl(rows), tmp_path / "run")
    code, out, _ = minecop("topics", run.folder, "--lang", "en")
    assert code == 0
    shares = [value["sure"] for value in json.loads(minecop("topics", run.folder, "--json")[1])]
    assert all(share > 0.8 for share in shares)
    sizes = [value["passages"] for value in json.loads(minecop("topics", run.folder, "--json")[1])]
    overall = round(100 * float(np.average(shares, weights=sizes)))
    assert f"About {overall} in 100 come to the same topic again" in out
    one = json.loads(minecop("topics", run.folder, "--json")[1])[0]
    out = minecop("topics", run.folder, one["id"])[1]
    assert f"ความแน่ใจ: ราว {round(100 * one['sure'])} ใน 100 ช่วง" in out
    page = render_html(load_analysis(run), "th")
    assert f"รวมทั้งคลังราว {overall} ใน 100 ช่วงกลับเข้าหัวข้อเดิม" in page
    few = analyse(jsonl(rows[:40]), tmp_path / "few")
    out = minecop("topics", few.folder, "--lang", "en")[1]
    assert "in 100 come" not in out


def test_clustering_numbers_by_size():
    assert number_by_size(np.array([7, 3, 3, -1, 7, 3])).tolist() == [1, 0, 0, -1, 1, 0]


@pytest.mark.parametrize("count", [2, 5, 12, 60])
def test_clustering_of_any_size_labels_every_passage(count):
    passages = archive(count)
    labels = agglomerate(vectors_of(passages))
    assert labels.shape == (count,)
    assert labels.max() >= 0


def test_fit_of_nothing_is_whole():
    assert isinstance(fit_topics([], np.empty((0, 4), np.float32)), Fit)


# ---- names by a language model


@pytest.fixture
def endpoint():
    """An endpoint that speaks as OpenAI's does, and what it was asked."""
    import threading
    from http.server import BaseHTTPRequestHandler, HTTPServer

    asked = []

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            answer = self.server.answers[len(asked) % len(self.server.answers)]
            body = json.dumps({"choices": [{"message": {"content": answer}}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.asked = asked
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        ("ท่อน้ำแตก", "ท่อน้ำแตก"),
        ('"ซ่อมท่อน้ำ"\n', "ซ่อมท่อน้ำ"),
        ("ซ่อมท่อน้ำเพราะนายกฯ ทุจริต", None),  # not of the topic's words
        ("หัวข้อคือ\nท่อน้ำ", None),  # not one line
        ("", None),
        ("น้ำ " * 40, None),
    ],
)
def test_llm_names_are_of_the_words_of_the_topic_or_refused(endpoint, answer, name):
    from minecop.topics.llm import LanguageModel, name_topic

    endpoint.answers = [answer]
    model = LanguageModel(f"http://127.0.0.1:{endpoint.server_port}/v1/", "เล็ก")
    known = {"ท่อ", "น้ำ", "แตก", "ซ่อม", "ท่อน้ำ"}
    assert name_topic(model, ["ท่อน้ำ"], ["ท่อน้ำแตก\nอีกแล้ว"], known) == name
    (asked,) = endpoint.asked
    assert asked["model"] == "เล็ก"
    assert "ท่อน้ำแตก อีกแล้ว" in asked["messages"][0]["content"]


def test_llm_names_stand_in_the_run_marked_and_only_where_asked_for(endpoint, jsonl, tmp_path, minecop):
    endpoint.answers = ["เรื่องที่ไม่มีใครพูดเลยสักนิด", "ท่อน้ำ"]
    url = f"http://127.0.0.1:{endpoint.server_port}/v1"
    source = jsonl(posts())
    plain = analyse(source, tmp_path / "run")
    assert not endpoint.asked
    run = analyse(source, tmp_path / "run", Settings(llm_url=url, llm_model="m"))
    topics = pq.read_table(run.stage_folder("topics") / "topics.parquet").to_pylist()
    assert len(endpoint.asked) == len(topics)
    assert {row["label"] for row in topics if row["machine"]} <= {"ท่อน้ำ"}
    code, out, _ = minecop("topics", plain.folder, "--json")
    assert code == 0
    assert [value["machine_written"] for value in json.loads(out)] == [row["machine"] for row in topics]


def test_llm_that_does_not_answer_is_told_in_one_line(jsonl, tmp_path, minecop):
    code, _, err = minecop(
        "analyse", jsonl(posts()), "-o", tmp_path / "run", "--llm-url", "http://127.0.0.1:9/v1", "--llm-model", "m"
    )
    assert code == 1
    assert "--llm-url" in err
    assert "Traceback" not in err
    code, _, err = minecop("analyse", jsonl(posts()), "-o", tmp_path / "run", "--llm-url", "file:///etc/passwd")
    assert code == 1


def test_cli_one_topic_by_month_and_year(jsonl, tmp_path, minecop):
    run = analyse(jsonl(posts()), tmp_path / "run").folder
    one = json.loads(minecop("topics", run, "--json")[1])[0]["id"]
    for unit, shown in (("month", "ม.ค. 25"), ("quarter", "ไตรมาส"), ("year", "  25")):
        code, out, _ = minecop("topics", run, one, "--by", unit)
        assert code == 0
        assert shown in out
