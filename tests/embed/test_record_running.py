"""ME2Vec through `kg embed train`: what leaves the record room, and what does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kg.embed.errors import EmbeddingError, SettingsError
from kg.embed.pictures import draw_curve
from kg.embed.record_running import RecordOrder, choose_care_settings, keep_scores, run_on_records
from kg.embed.shelf import Shelf
from kg.embed.trained import Trained
from kg.records.errors import RecordsError
from kg.records.forgetting import forget
from kg.records.patient_vectors import list_patient_vectors, read_patient_vectors
from kg.roles import Store
from kg_command import KgHere
from ontologies.lexicon import Lexicon
from ontologies.model import Concept, Kind
from record_rows import BY, KEYS, fill, open_store

pytest.importorskip("torch", reason="the extra is missing: pip install 'medkg[train]'")

QUICK = ("journeys.fewest_events=1", "skipgram.dimensions=8", "skipgram.epochs=1", "givers.epochs=1", "seed=3")


def run(
    graph: Store,
    folder: Path,
    records: Path,
    *,
    patients: int,
    name: str = "care",
    more: tuple[str, ...] = (),
    say: Callable[[str], None] | None = None,
) -> Trained:
    with open_store(records) as store:
        fill(store, patients=patients)
    return run_on_records(
        records,
        graph,
        RecordOrder(name=name, settings=choose_care_settings(values=(*QUICK, *more)), pictures=False, device="cpu"),
        Shelf(folder),
        key=KEYS.store,
        lexicon=Lexicon.of([Concept("rxnorm:519", "allopurinol", Kind.DRUG)]),
        graph_version=graph.get_meta()["graph_version"],
        told=lambda _: None,
        say=say or (lambda _: None),
    )


def test_services_lie_beside_the_graph_and_patients_beside_the_records(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    model = run(modelled_store, modelled_graph, tmp_path / "records", patients=12)
    assert set(model.vectors.names) == {"MONDO:0005393", "loinc:3084-1", "rxnorm:519"}
    assert model.about.graph_version == modelled_store.get_meta()["graph_version"]
    assert model.relations is None
    assert Shelf(modelled_graph).current() == "hand"
    patients = read_patient_vectors(tmp_path / "records", "care", key=KEYS.store)
    assert len(patients.names) > 11
    written = b"".join(path.read_bytes() for path in model.folder.iterdir())
    assert not any(name.partition("/")[0].encode() in written for name in patients.names)


def test_on_a_full_disk_nothing_beside_the_records_has_changed(
    modelled_store: Store, tiny_disk: Path, tmp_path: Path
) -> None:
    with pytest.raises(OSError, match="No space"), (tiny_disk / "much").open("wb", buffering=0) as file:
        while file.write(b"0" * 4096):
            pass
    with pytest.raises(EmbeddingError, match="the disk is full"):
        run(modelled_store, tiny_disk, tmp_path / "records", patients=12)
    assert list_patient_vectors(tmp_path / "records") == []
    with open_store(tmp_path / "records") as store:
        assert store.get_models() == {}
    assert Shelf(tiny_disk).names() == []


def test_vectors_of_patients_go_where_the_records_are_named(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path, kg_home: Path
) -> None:
    records = tmp_path / "records"
    run(modelled_store, modelled_graph, records, patients=12)
    (tmp_path / "graph").symlink_to(modelled_graph)
    here = KgHere(kg_home, tmp_path)
    told = here.run("embed", "remove", "care").stderr
    assert "`kg embed remove care --records FOLDER` deletes them" in told
    assert list_patient_vectors(records) == ["care"]
    with open_store(records):
        assert "another process writes" in here.run("embed", "remove", "care", "--records", records).stderr
    assert "are deleted from beside the records" in here.run("embed", "remove", "care", "--records", records).stderr
    assert list_patient_vectors(records) == []
    assert "unknown model 'care'" in here.run("embed", "remove", "care", "--records", records).stderr


def test_codes_of_few_patients_do_not_leave(modelled_store: Store, modelled_graph: Path, tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="no code is of 11 patients"):
        run(modelled_store, modelled_graph, tmp_path / "records", patients=3)
    assert Shelf(modelled_graph).names() == ["hand"]


def test_settings_that_leave_nothing_are_told_before_anything_is_learned(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    with pytest.raises(EmbeddingError, match=r"no visit of 50 events or more .* lower journeys\.fewest_events"):
        run(
            modelled_store,
            modelled_graph,
            tmp_path / "records",
            patients=12,
            more=("journeys.fewest_events=50",),
            say=said.append,
        )
    assert said == ["reading journeys"]


def test_the_card_names_the_graph_from_any_folder(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(modelled_graph.parent)
    model = run(modelled_store, Path(modelled_graph.name), tmp_path / "records", patients=12)
    assert model.about.graph == str(modelled_graph)


def test_who_is_forgotten_while_a_model_is_trained_is_not_in_what_is_kept(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    def forget_one(step: str) -> None:
        if step == "training":
            with open_store(tmp_path / "records") as store:
                forget(store, [BY.pseudonym("Patient/1")])

    with pytest.raises(EmbeddingError, match="forgotten while"):
        run(modelled_store, modelled_graph, tmp_path / "records", patients=13, say=forget_one)
    assert list_patient_vectors(tmp_path / "records") == []
    assert Shelf(modelled_graph).names() == ["hand"]


def test_a_name_that_cannot_be_is_told_before_the_training(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    with pytest.raises(RecordsError, match="small letters"):
        run(modelled_store, modelled_graph, tmp_path / "records", patients=12, say=said.append, name="My_Care")
    assert said == []


def test_settings_are_those_of_a_preset_or_file_with_single_ones_laid_over(tmp_path: Path) -> None:
    chosen = choose_care_settings(values=["skipgram.window=3", "journeys.unit=patient"])
    assert chosen == replace(
        choose_care_settings(),
        skipgram=replace(choose_care_settings().skipgram, window=3),
        journeys=replace(choose_care_settings().journeys, unit="patient"),
    )
    path = tmp_path / "mine.toml"
    path.write_text("\ufeff[skipgram]\nwindow = 4\n", encoding="utf-8")
    assert choose_care_settings(config=str(path)).skipgram.window == 4
    with pytest.raises(SettingsError, match="a preset, of which there are care, paper"):
        choose_care_settings(config="nowhere.toml")
    with pytest.raises(EmbeddingError, match="no setting of me2vec"):
        choose_care_settings(values=["walk.length=3"])


def test_the_curve_has_the_losses_of_the_levels(modelled_store: Store, modelled_graph: Path, tmp_path: Path) -> None:
    model = run(modelled_store, modelled_graph, tmp_path / "records", patients=12, more=("graph.learn=walks",))
    assert {name for point in model.about.curve for name in point} >= {"epoch", "loss of services"}
    draw_curve(model.about.curve, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").stat().st_size > 1000


def test_what_was_measured_on_the_records_is_on_the_card(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    records = tmp_path / "records"
    model = run(modelled_store, modelled_graph, records, patients=12)
    assert "Scores" not in (model.folder / "card.md").read_text(encoding="utf-8")
    scores = {"specialty": {"pr_auc": 0.625, "roc_auc": 0.75, "chance": 0.35}}
    keep_scores(model, scores, records, key=KEYS.store, say=print)
    card = (model.folder / "card.md").read_text(encoding="utf-8")
    assert "kg embed predict" not in card
    assert "| part | PR-AUC | ROC-AUC | PR-AUC by chance, about |" in card
    assert "| specialty | 0.6250 | 0.7500 | 0.3500 |" in card
    assert Shelf(modelled_graph).open("care").about.scores == scores


def test_figures_of_a_model_that_was_trained_again_meanwhile_are_not_kept(
    modelled_store: Store, modelled_graph: Path, tmp_path: Path
) -> None:
    records = tmp_path / "records"
    before = run(modelled_store, modelled_graph, records, patients=12)
    stale = Trained(before.folder, replace(before.about, trained="2020-01-01T00:00:00+00:00"))
    with pytest.raises(EmbeddingError, match="trained again while it was measured"):
        keep_scores(stale, {"specialty": {"pr_auc": 0.5}}, records, key=KEYS.store, say=print)
    assert not Shelf(modelled_graph).open("care").about.scores
