"""`kg embed` on a graph whose model was written by hand: nothing here needs torch."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kg.doctor import Finding, Health, examine
from kg.embed.errors import EmbeddingError
from kg.embed.shelf import Shelf
from kg.embed.trained import ABOUT, INDEX, write_about
from kg_command import Kg, KgHere
from small_model import AMIODARONE, BLEEDING, FIBRILLATION, WARFARIN, add_strangers, make_small_model


@pytest.fixture
def here(kg_home: Path, modelled_graph: Path, tmp_path: Path) -> Kg:
    (tmp_path / "graph").symlink_to(modelled_graph)
    return KgHere(kg_home, tmp_path)


def test_a_name_in_any_language_is_understood(here: Kg) -> None:
    for name in ("amiodarone", "胺碘酮", "DrugBank:DB01118"):
        told = json.loads(here("embed", "similar", name, "--first", "1", "--json"))
        assert told["concept"]["curie"] == AMIODARONE
        assert told["similar"][0]["curie"] == FIBRILLATION
    assert "心房颤动 (atrial fibrillation)" in here("embed", "similar", "胺碘酮", "--lang", "zh")


def test_codes_that_the_graph_does_not_have_take_no_places(here: Kg, modelled_graph: Path) -> None:
    add_strangers(modelled_graph, AMIODARONE, count=40)
    found = json.loads(here("embed", "similar", "amiodarone", "--first", "3", "--json"))["similar"]
    assert [one["curie"] for one in found] == [FIBRILLATION, WARFARIN, BLEEDING]
    assert len(json.loads(here("embed", "similar", "amiodarone", "--first", "100", "--json"))["similar"]) == 8


def test_a_name_of_several_concepts_ends_with_the_choice(here: Kg) -> None:
    shown = here("embed", "similar", "a", status=4)
    assert "may stand for several concepts" in shown
    assert "drugbank:" in here("embed", "predict", "a", "indicated_for", status=4)


def test_the_served_model_is_chosen(here: Kg, modelled_graph: Path) -> None:
    make_small_model(modelled_graph, name="second")
    here("embed", "use", "hand")
    assert Shelf(modelled_graph).current() == "hand"
    listed = {row["name"]: row["current"] for row in json.loads(here("embed", "list", "--json"))}
    assert listed == {"hand": True, "second": False}
    assert "→" in here("embed", "list")
    assert "known are: hand, second" in here.run("embed", "use", "third").stderr
    here("embed", "remove", "hand")
    assert "no vectors" in here.run("embed", "similar", "amiodarone").stderr
    assert "known are: second" in here.run("serve", "--model", "hand").stderr


def test_a_model_that_is_no_better_than_counting_says_so_wherever_it_is_asked(here: Kg, modelled_graph: Path) -> None:
    assert "counting" not in here("embed", "predict", "amiodarone", "indicated_for")
    about = replace(Shelf(modelled_graph).open().about, counting={"test": {"mrr": 0.625}})
    write_about(about, modelled_graph / "vectors" / "hand")
    for order in (("predict", "amiodarone", "indicated_for"), ("list",)):
        assert "no better than counting does" in here("embed", *order)
    told = json.loads(here("embed", "predict", "amiodarone", "indicated_for", "--json"))
    assert "by counting 0.625" in told["model"]["caveat"]
    listed = " ".join(here("embed", "list").split())
    assert "by hand" in listed and "0.500 0.625" in listed


def test_what_predicts_nothing_says_what_does(here: Kg, modelled_graph: Path) -> None:
    place = modelled_graph / "vectors" / "hand"
    write_about(replace(Shelf(modelled_graph).open().about, scoring=""), place)
    done = here.run("embed", "predict", "amiodarone", "indicated_for")
    assert done.returncode == 1
    assert "train one of complex" in done.stderr
    assert "scores no facts" in here.run("embed", "evaluate", "hand").stderr


def test_a_model_that_lacks_a_file_is_told_as_damaged(here: Kg, modelled_graph: Path) -> None:
    (modelled_graph / "vectors" / "hand" / "relations.parquet").unlink()
    assert "relations.parquet is missing" in here.run("embed", "predict", "amiodarone", "indicated_for").stderr
    assert "state.pt is missing" in here.run("embed", "evaluate", "hand").stderr


def test_one_damaged_model_does_not_hide_the_others(here: Kg, modelled_graph: Path) -> None:
    damaged = make_small_model(modelled_graph, name="damaged")
    (damaged / ABOUT).write_text("{", encoding="utf-8")
    rows = {row["name"]: row for row in json.loads(here("embed", "list", "--json"))}
    assert rows["hand"]["model"] == "distmult"
    assert "train the model again" in rows["damaged"]["damaged"]
    shown = here("embed", "list")
    assert "hand" in shown and "damaged is damaged" in shown


def test_a_name_that_is_being_trained_is_nobody_elses(here: Kg, modelled_graph: Path) -> None:
    with Shelf(modelled_graph).claim("hand"):
        assert "hand is being trained already" in here.run("embed", "remove", "hand").stderr
        with pytest.raises(EmbeddingError, match="being trained already"), Shelf(modelled_graph).claim("hand"):
            pass
        with Shelf(modelled_graph).claim("other"):
            pass
    here("embed", "remove", "hand")
    assert not list((modelled_graph / "vectors").glob(".*.lock"))


def findings(graph: Path) -> Finding:
    return next(found for found in examine(graph) if found.subject == "vectors")


def test_doctor_looks_whether_vectors_are_of_the_graph(
    modelled_graph: Path, kg_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_HOME", str(kg_home))
    assert findings(modelled_graph).health is Health.OK
    make_small_model(modelled_graph, graph_version="0" * 32)
    stale = findings(modelled_graph)
    assert stale.health is Health.NOTE
    assert "again" in stale.finding
    make_small_model(modelled_graph)
    (modelled_graph / "vectors" / "hand" / INDEX).write_bytes(b"usearch")
    damaged = next(found for found in examine(modelled_graph) if found.subject == "vector index")
    assert (damaged.health, "all vectors are compared" in damaged.finding) == (Health.NOTE, True)
    Shelf(modelled_graph).remove("hand")
    assert "kg embed train" in findings(modelled_graph).remedy


def test_asking_a_model_does_not_load_torch(here: Kg) -> None:
    program = (
        "import sys; from kg.cli import kg; "
        "kg.main(['embed', 'predict', 'amiodarone', 'indicated_for', '--json'], standalone_mode=False); "
        "sys.exit('torch' in sys.modules or 'sklearn' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], env=here.environment, capture_output=True)
    assert done.returncode == 0, done.stderr
