"""`kg embed` from a graph to predictions: what was planted is found, and what nobody says is predicted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kg.embed.material import SplitChoice, read_material
from kg.embed.scorer import Scorer
from kg.embed.shelf import Shelf
from kg.embed.split_files import read_written_split, write_split
from kg.embed.trained import NETWORK, SPLIT, STATE, Trained
from kg.stores import connect
from kg_command import Kg, KgHere
from ontologies.lexicon import Lexicon
from planted_labels import CLASSES, DISEASES, DRUGS, make_planted_graph
from tests.graphs import ASPIRIN, BLEEDING, said

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

QUICK = ("--set", "rank=16", "--set", "epochs=30", "--no-pictures")


@pytest.fixture(scope="module")
def trained(kg_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Kg, dict[str, Any]]:
    """The planted graph with a model, and what training it printed."""
    folder = tmp_path_factory.mktemp("trained")
    kg = KgHere(kg_home, folder)
    make_planted_graph(kg.graph)
    return kg, json.loads(kg("embed", "train", *QUICK, "--json"))


def open_model(kg: Kg, name: str = "complex") -> Trained:
    return Shelf(kg.graph).open(name)


def test_held_out_facts_of_a_planted_rule_are_found(trained: tuple[Kg, dict[str, Any]]) -> None:
    _, told = trained
    assert told["scores"]["test"]["mrr"] > 0.35
    assert told["scores"]["test"]["hits10"] > 0.9
    assert told["split"]["leaks"] == []
    # Of 24 diseases each is indicated as often: to count says next to nothing.
    assert told["counting"]["test"]["mrr"] < told["scores"]["test"]["mrr"] - 0.1
    assert told["counting"]["test"]["count"] == told["scores"]["test"]["count"]
    facts = CLASSES * DRUGS * (1 + DISEASES) - 1
    assert told["split"]["train"] + told["split"]["valid"] + told["split"]["test"] == facts


def test_the_model_lies_beside_the_graph_with_its_card(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, told = trained
    model = open_model(kg)
    store = connect(kg.graph)
    assert model.about.graph_version == store.get_meta()["graph_version"]
    store.close()
    assert Path(told["folder"]) == model.folder
    assert model.about.command.startswith("kg embed train --model complex --set rank=16")
    assert f"--graph {kg.graph}" in model.about.command
    assert model.about.settings["rank"] == 16
    assert "MRR" in (model.folder / "card.md").read_text(encoding="utf-8")
    assert Shelf(kg.graph).current() == "complex"
    assert [path.name for path in model.folder.parent.iterdir() if path.name.startswith(".")] == []


def test_what_the_rule_says_and_nobody_states_is_predicted_first(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    told = json.loads(kg("embed", "predict", "ex:drug0-0", "indicated_for", "--first", "3", "--json"))
    best = told["predictions"][0]
    assert (best["object"], best["status"], best["rank"]) == ("ex:disease0-0", "predicted", 1)
    assert told["known_left_out"] == DISEASES - 1
    assert best["probability"] > told["predictions"][1]["probability"]
    predicates = {step["fact"]["predicate"] for path in best["paths"] for step in path["steps"]}
    assert predicates <= {"indicated_for", "has_pharmacologic_class"}
    assert best["paths"][0]["steps"][0]["evidence"][0]["quote"].startswith("drug")


def test_what_is_printed_says_that_it_is_predicted(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    shown = kg("embed", "predict", "drug 0-0", "indicated_for", "--first", "1")
    assert "PREDICTED, NOT STATED BY ANY SOURCE" in shown
    assert "drug 0-0 indicated for? disease 0-0" in shown
    assert "because: drug 0-0" in shown


def test_drugs_of_one_class_are_alike(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    told = json.loads(kg("embed", "similar", "drug 1-1", "--kind", "drug", "--first", "3", "--json"))
    assert all(one["curie"].startswith("ex:drug1-") for one in told["similar"])
    assert "drug 1-1" in kg("embed", "similar", "drug 1-1")


def test_measuring_again_gives_the_same_figures(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, told = trained
    again = json.loads(kg("embed", "evaluate", "complex", "--json"))
    assert again["model"]["scores"] == told["scores"]
    assert again["model"]["counting"] == told["counting"]
    assert f"{told['scores']['test']['mrr']:.4f}" in kg("embed", "evaluate", "complex")


def test_facts_of_a_file_are_measured_and_leaks_and_strangers_told(
    trained: tuple[Kg, dict[str, Any]], tmp_path: Path
) -> None:
    kg, _ = trained
    path = tmp_path / "mine.tsv"
    path.write_text("ex:drug0-0\tindicated_for\tex:disease0-0\nex:drug0-0\tindicated_for\tx:1\n", encoding="utf-8")
    told = json.loads(kg("embed", "evaluate", "complex", "--test", path, "--json", status=3))
    assert told["model"]["scores"]["mine.tsv"]["hits10"] == 1
    assert told["unknown"] == [["ex:drug0-0", "indicated_for", "x:1"]]
    known = next(iter(read_written_split(open_model(kg).folder / SPLIT).train.rows.tolist()))
    names = open_model(kg).vectors.names
    relation = read_written_split(open_model(kg).folder / SPLIT).train.relations[known[1]]
    path.write_text(f"{names[known[0]]}\t{relation}\t{names[known[2]]}\n", encoding="utf-8")
    refused = kg.run("embed", "evaluate", "complex", "--test", path)
    assert refused.returncode == 1
    assert "1 of 1 test facts are repeated" in refused.stderr
    allowed = kg("embed", "evaluate", "complex", "--test", path, "--allow", "repeated")
    assert "leak: 1 of 1 test facts are repeated" in allowed


def named(kg: Kg, part: str) -> list[str]:
    """The facts of a part of the split of the model, as lines of a file."""
    facts = getattr(read_written_split(open_model(kg).folder / SPLIT), part)
    sides = facts.entities, facts.relations, facts.entities
    return ["\t".join(names[at] for names, at in zip(sides, row, strict=True)) for row in facts.rows.tolist()]


def test_facts_of_a_file_count_once_and_may_be_named_in_words(
    trained: tuple[Kg, dict[str, Any]], tmp_path: Path
) -> None:
    kg, _ = trained
    path = tmp_path / "mine.tsv"
    one = "drug 0-0\tindicated for\tdisease 0-0\n"
    path.write_text("subject\tpredicate\tobject\n" + one * 3 + one.replace(" 0-0", "0-0"), encoding="utf-8-sig")
    told = json.loads(kg("embed", "evaluate", "complex", "--test", path, "--json", status=3))
    assert told["model"]["scores"]["mine.tsv"]["count"] == 1
    assert told["repeated"] == 2
    assert told["unknown"] == [["drug0-0", "indicated_for", "disease0-0"]]


def test_what_was_held_out_is_no_wrong_answer_and_what_steered_is_seen(
    trained: tuple[Kg, dict[str, Any]], tmp_path: Path
) -> None:
    kg, told = trained
    path = tmp_path / "mine.tsv"
    path.write_text("\n".join(named(kg, "test")), encoding="utf-8")
    again = json.loads(kg("embed", "evaluate", "complex", "--test", path, "--json"))
    assert again["model"]["scores"]["mine.tsv"] == told["scores"]["test"]
    path.write_text("\n".join(named(kg, "valid")), encoding="utf-8")
    count = told["split"]["valid"]
    assert (
        f"{count} of {count} test facts are repeated" in kg.run("embed", "evaluate", "complex", "--test", path).stderr
    )


def test_a_file_of_which_nothing_can_be_asked_says_why(trained: tuple[Kg, dict[str, Any]], tmp_path: Path) -> None:
    kg, _ = trained
    path = tmp_path / "mine.tsv"
    whys = {
        "": "holds no facts: write subject, predicate",
        "ex:drug0-0\tcures\tex:disease0-0": "predicates are has_pharmacologic_class, indicated_for",
        "x:1\tindicated_for\tx:2": "such as x:1 indicated_for x:2: concepts are named by CURIE",
    }
    for text, told in whys.items():
        path.write_text(text, encoding="utf-8")
        assert told in kg.run("embed", "evaluate", "complex", "--test", path).stderr
    path.write_text(named(kg, "train")[0], encoding="utf-8")
    assert "(1 repeated)" in kg.run("embed", "evaluate", "complex", "--test", path, "--drop-leaks").stderr


def test_scores_in_numpy_are_those_of_the_model(trained: tuple[Kg, dict[str, Any]]) -> None:
    from all_scores import score_all
    from kg.embed.kge.trained import read_trained

    kg, _ = trained
    model = open_model(kg)
    split = read_written_split(model.folder / SPLIT)
    torch_model = read_trained(model.folder / STATE, split)
    assert model.relations is not None
    scorer = Scorer(model.vectors, model.relations, model.about.scoring)
    rows = split.test.rows[:5]
    for row, expected in zip(rows, score_all(torch_model, rows), strict=True):
        found = scorer.objects(split.train.entities[row[0]], split.train.relations[row[1]])
        assert found == pytest.approx(expected, abs=1e-4)
    for row, expected in zip(rows, score_all(torch_model, rows, subjects=True), strict=True):
        turned = scorer.objects(split.train.entities[row[2]], split.train.relations[row[1]] + "^-1")
        assert turned == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("model", ["distmult", "rotate", "transe", "gnn"])
def test_every_model_is_trained_and_predicts(model: str, trained: tuple[Kg, dict[str, Any]]) -> None:
    if model == "gnn":
        pytest.importorskip("torch_geometric", reason="the extra is missing: pip install 'medkg[train]'")
    kg, _ = trained
    size = "width=16" if model == "gnn" else "rank=8"
    told = json.loads(
        kg(
            "embed",
            "train",
            "--model",
            model,
            "--set",
            size,
            "--set",
            "epochs=5",
            "--no-pictures",
            "--no-serve",
            "--json",
        )
    )
    assert told["model"] == model
    folder = open_model(kg, model).folder
    assert (folder / NETWORK).exists() == (model == "gnn")
    assert ("names: hashed" in (folder / "card.md").read_text(encoding="utf-8")) == (model == "gnn")
    assert Shelf(kg.graph).current() == "complex"
    shown = kg("embed", "predict", "ex:drug0-0", "indicated_for", "--model", model, "--paths", "0", "--json")
    assert len(json.loads(shown)["predictions"]) == 10
    kg("embed", "remove", model)


def test_equal_seeds_give_equal_vectors_and_refitting_learns_all_facts(
    trained: tuple[Kg, dict[str, Any]],
) -> None:
    kg, told = trained
    kg("embed", "train", *QUICK, "--name", "again", "--no-serve")
    assert np.array_equal(open_model(kg, "again").vectors.matrix, open_model(kg).vectors.matrix)
    refitted = json.loads(kg("embed", "train", *QUICK, "--name", "again", "--no-serve", "--refit", "--json"))
    assert refitted["scores"] == told["scores"]
    assert not np.array_equal(open_model(kg, "again").vectors.matrix, open_model(kg).vectors.matrix)
    refused = kg.run("embed", "evaluate", "again")
    assert "card.md has its figures" in refused.stderr
    kg("embed", "remove", "again")


def test_a_split_that_leaks_fails_the_run_and_the_named_remedies_help(
    trained: tuple[Kg, dict[str, Any]], tmp_path: Path
) -> None:
    kg, _ = trained
    files = tmp_path / "leaking"
    files.mkdir()
    (files / "train.txt").write_text("a\tp\tb\nb\tp\tc\nc\tp\ta\n", encoding="utf-8")
    (files / "test.txt").write_text("a\tp\tb\nc\tp\tb\n", encoding="utf-8")
    order = ("embed", "train", "--triples", files, "--name", "files", *QUICK)
    refused = kg.run(*order)
    assert refused.returncode == 1
    assert "1 of 2 test facts are repeated (a p b, since a p b)" in refused.stderr
    assert "leaks" in refused.stderr
    assert "files" not in Shelf(kg.graph).names()
    dropped = json.loads(kg(*order, "--drop-leaks", "--json"))
    assert dropped["split"]["test"] == 1
    assert dropped["split"]["leaks"][0]["done"] == "left out"
    allowed = json.loads(kg(*order, "--allow", "repeated", "--json"))
    assert allowed["split"]["test"] == 2
    assert allowed["split"]["leaks"][0]["done"] == "allowed by name"
    kg("embed", "remove", "files")


def test_a_graph_that_changed_since_is_told(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    store = connect(kg.graph, mode="rw")
    store.put([said("made:new", ASPIRIN, "causes_adverse_event", BLEEDING)])
    done = kg.run("embed", "similar", "drug 1-1")
    assert done.returncode == 0
    assert "run `kg embed train" in done.stderr
    (row,) = json.loads(kg("embed", "list", "--json"))
    assert (row["stale"], row["current"]) == (True, True)
    assert "(old)" in kg("embed", "list")
    assert "no vector of unii:R16CO5Y76E" in kg.run("embed", "similar", "aspirin").stderr
    store.remove("made:new")
    store.close()


def test_a_split_is_read_as_it_was_written(trained: tuple[Kg, dict[str, Any]], tmp_path: Path) -> None:
    kg, _ = trained
    split = read_written_split(open_model(kg).folder / SPLIT)
    write_split(split, tmp_path / "again.parquet")
    again = read_written_split(tmp_path / "again.parquet")
    for one, other in ((split.train, again.train), (split.valid, again.valid), (split.test, again.test)):
        assert (one.entities, one.relations) == (other.entities, other.relations)
        assert np.array_equal(one.rows, other.rows)
    assert split.train.entities == open_model(kg).vectors.names


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--set", "rank"), "write a setting and its value"),
        (("--set", "size=3"), "size is no setting"),
        (("--config", "nowhere.toml"), "cannot be read"),
        (("--device", "cuda:99"), "use --device cpu"),
        (("--name", "a/b"), "no name of a model"),
        (("--split", "time"), "needs the days"),
        (("--split", "time", "--days", "yesterday", "today"), "'yesterday' is no day"),
        (("--split", "time", "--days", "20240101", "2025-01-01"), "'20240101' is no day"),
        (("--split", "time", "--days", "2025-01-01", "2024-01-01"), "give the earlier day first"),
        (("--split", "area"), "at least one area"),
    ],
)
def test_what_cannot_be_trained_is_told(
    arguments: tuple[str, ...], told: str, trained: tuple[Kg, dict[str, Any]]
) -> None:
    kg, _ = trained
    done = kg.run("embed", "train", *QUICK, *arguments)
    assert done.returncode == 1
    assert told in done.stderr


def test_of_concepts_that_train_has_not_networks_alone_are_asked(trained: tuple[Kg, dict[str, Any]]) -> None:
    kg, _ = trained
    assert "goes with --model gnn" in kg.run("embed", "train", "--keep-unseen").stderr
    chance = kg.run("embed", "train", "--model", "gnn", "--split", "chance", "--keep-unseen")
    assert "divide otherwise" in chance.stderr
    store = connect(kg.graph)
    counts = []
    for kept in (False, True):
        choice = SplitChoice(manner="area", areas=("ex:disease1-1",), keep_unseen=kept)
        counts.append(read_material(store, choice, graph="graph", lexicon=Lexicon.of(())).told["test"])
    store.close()
    assert counts == [0, DRUGS]


def test_a_file_of_settings_may_be_of_another_model(trained: tuple[Kg, dict[str, Any]], tmp_path: Path) -> None:
    kg, _ = trained
    (tmp_path / "mine.toml").write_text('model = "rotate"\nrank = 4\n', encoding="utf-8-sig")
    done = kg.run("embed", "train", "--config", tmp_path / "mine.toml")
    assert "train with --model rotate" in done.stderr


@pytest.mark.parametrize("form", ["parquet", "word2vec", "pyg"])
def test_vectors_are_exported(form: str, trained: tuple[Kg, dict[str, Any]], tmp_path: Path) -> None:
    kg, _ = trained
    target = tmp_path / "out"
    told = json.loads(kg("embed", "export", "complex", target, "--format", form, "--json"))
    assert told["vectors"] == len(open_model(kg).vectors.names)
    assert target.stat().st_size > 1000
    assert "exists" in kg.run("embed", "export", "complex", target, "--format", form).stderr
