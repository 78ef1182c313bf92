"""`kg build` as its user meets it: labels in, graph out, nothing lost on the way."""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kg_command import ROOT, Kg

SAMPLES = ROOT / "kg" / "samples"
UPDATE = ROOT / "kg" / "sample_updates" / "warfarin-tablets-v2.xml"


def build(kg: Kg, *inputs: Path, status: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kg("build", *inputs, "--json", status=status))
    return found


def facts(kg: Kg, folder: str) -> list[str]:
    kg("export", kg.folder / folder, "--format", "jsonl")
    return sorted((kg.folder / folder / "facts.jsonl").read_text(encoding="utf-8").splitlines())


def test_the_bundled_samples_build_without_quarantine(kg: Kg) -> None:
    done = build(kg, SAMPLES)

    assert done["quarantined"] == []
    assert done["documents"] >= 14
    assert sum(len(change["added"]) for change in done["changes"]) > 400


def test_the_same_inputs_again_are_skipped(kg: Kg) -> None:
    build(kg, SAMPLES)

    again = build(kg, SAMPLES)

    assert (again["documents"], again["changes"]) == (0, [])


def test_a_new_version_adds_keeps_and_retracts_and_the_diff_is_kept(kg: Kg) -> None:
    build(kg, SAMPLES)
    rehearsed = json.loads(kg("build", UPDATE, "--dry-run", "--json"))["changes"][0]

    done = build(kg, UPDATE)["changes"][0]

    assert done["added"]
    assert done["retracted"]
    assert done["kept"] > len(done["added"])
    assert {fact["id"] for fact in done["added"]} == {fact["id"] for fact in rehearsed["added"]}
    assert "→ 2" in kg("diff", done["document"])


def test_an_older_version_is_left_out_with_a_word(kg: Kg) -> None:
    build(kg, UPDATE)
    assert "left out" in kg("build", SAMPLES / "warfarin-tablets.xml")


def test_what_cannot_be_read_is_quarantined_and_the_rest_is_done(kg: Kg) -> None:
    bad = kg.folder / "inputs" / "bad.xml"
    bad.parent.mkdir()
    bad.write_bytes((SAMPLES / "warfarin-tablets.xml").read_bytes()[:5000])
    shutil.copy(SAMPLES / "metformin-tablets.xml", bad.parent)

    done = build(kg, bad.parent, status=3)

    assert done["documents"] == 1
    assert [row["locator"] for row in json.loads(kg("quarantine", "--json"))] == [str(bad)]


def test_an_input_that_is_mended_leaves_the_quarantine(kg: Kg) -> None:
    label = kg.folder / "label.xml"
    label.write_text("<document>", encoding="utf-8")
    build(kg, label, status=3)

    shutil.copy(SAMPLES / "warfarin-tablets.xml", label)
    build(kg, label)

    assert json.loads(kg("quarantine", "--json")) == []


def test_a_document_that_is_removed_takes_its_facts_along(kg: Kg) -> None:
    document = build(kg, SAMPLES / "warfarin-tablets.xml")["changes"][0]["document"]

    kg("remove", document)

    assert facts(kg, "after") == []


def test_an_input_that_is_not_there_is_one_sentence(kg: Kg) -> None:
    done = kg.run("build", "nowhere.xml")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1] == "kg: nowhere.xml: no such file or folder; check the path"


def many(folder: Path, count: int) -> Iterator[str]:
    """Copies of the sample labels under set ids of their own."""
    folder.mkdir()
    labels = sorted(SAMPLES.glob("*.xml"))
    for number in range(count):
        set_id = f"00000000-0000-4000-8000-{number:012d}"
        text = labels[number % len(labels)].read_text(encoding="utf-8")
        text = re.sub(r'(<setId root=")[^"]+', rf"\g<1>{set_id}", text)
        (folder / f"{number:04d}.xml").write_text(text, encoding="utf-8")
        yield set_id


def test_killed_at_any_moment_the_graph_is_good_and_the_run_goes_on(kg: Kg) -> None:
    inputs = kg.folder / "inputs"
    set_ids = list(many(inputs, 60))
    moments = random.Random(7)
    for _ in range(4):
        running = kg.start("build", inputs, "--workers", "2")
        time.sleep(0.3 + moments.random() * 3)
        running.send_signal(signal.SIGKILL)
        running.wait()
        if kg.graph.exists():
            assert json.loads(kg("doctor", "--json"))

    build(kg, inputs)
    interrupted = facts(kg, "interrupted")
    shutil.rmtree(kg.graph)
    build(kg, inputs)

    assert len(set_ids) == 60
    assert interrupted == facts(kg, "clean")


def test_a_full_disk_is_one_sentence_and_keeps_the_graph(kg: Kg, tiny_disk: Path) -> None:
    graph = tiny_disk / "graph"
    inputs = kg.folder / "inputs"
    assert list(many(inputs, 400))

    done = kg.run("build", inputs, "--graph", graph)

    assert done.returncode == 1
    assert "disk full" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_disk_is_one_sentence(kg: Kg, read_only_disk: Path) -> None:
    done = kg.run("build", SAMPLES, "--graph", read_only_disk / "graph")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "read-only" in done.stderr.lower()


def bulk_release(path: Path, labels: Path) -> None:
    """A release as DailyMed packs it: a zip for each label, with an image beside it, inside one zip."""
    with zipfile.ZipFile(path, "w") as release:
        for label in sorted(labels.iterdir()):
            inner = io.BytesIO()
            with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
                package.write(label, label.name)
                package.writestr("carton.jpg", b"\xff\xd8\xff not a label")
            release.writestr(f"prescription/{label.stem}.zip", inner.getvalue())
        release.writestr("prescription/broken.zip", b"PK\x03\x04 cut short")


def test_a_bulk_release_is_read_and_its_broken_member_is_named(kg: Kg) -> None:
    labels = kg.folder / "labels"
    set_ids = list(many(labels, 20))
    release = kg.folder / "dm_spl_release_human_rx.zip"
    bulk_release(release, labels)

    done = build(kg, release, status=3)

    assert done["documents"] == len(set_ids)
    assert [entry["locator"] for entry in done["quarantined"]] == [f"{release}!prescription/broken.zip"]


@pytest.mark.parametrize("arguments", [("build", ""), ("build", "x.xml", "--graph", ""), ("extract", "")])
def test_an_empty_path_is_not_the_current_folder(kg: Kg, arguments: tuple[str, ...]) -> None:
    done = kg.run(*arguments)
    assert (done.returncode, "empty path" in done.stderr) == (2, True)


def test_an_older_version_is_taken_again_once_the_newer_one_is_removed(kg: Kg) -> None:
    old = SAMPLES / "warfarin-tablets.xml"
    document = build(kg, UPDATE)["changes"][0]["document"]
    build(kg, old)

    kg("remove", document)

    assert build(kg, old)["changes"][0]["new_version"] == 1


def test_an_unknown_command_is_told_with_what_comes_near(kg: Kg) -> None:
    done = kg.run("serch", "warfarin")
    assert (done.returncode, "did you mean 'search'?" in done.stderr) == (2, True)


def test_a_full_disk_under_kg_home_is_one_sentence(kg: Kg, tiny_disk: Path) -> None:
    done = Kg(tiny_disk / "home", kg.folder).run("terminology", "install")
    assert (done.returncode, "Traceback" in done.stderr, "KG_HOME" in done.stderr) == (1, False, True)


def test_the_text_of_a_mention_is_what_stands_at_its_offsets(kg: Kg) -> None:
    for line in kg("extract", SAMPLES, "--json", "--text").splitlines():
        record = json.loads(line)
        ends = [r[side] for r in record["relations"] for side in ("subject", "object")]
        for mention in [*record["mentions"], *ends]:
            assert record["text"][mention["start"] : mention["end"]] == mention["text"]
