"""Terminologies come and go as a whole, and a lexicon is there at every moment."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ontologies.errors import LexiconError, TerminologyError, UnknownNameError
from ontologies.home import get_home
from ontologies.lexicon import Lexicon
from ontologies.model import Kind
from ontologies.registry import add_terminology, list_terminologies, open_lexicon, remove_terminology


@pytest.fixture
def folder(samples: Path) -> Path:
    return samples / "terminologies"


def names(home: Path) -> list[str]:
    return [one.info.name for one in list_terminologies(home=home)]


def test_added_terminology_is_listed_with_its_counts(bare_home: Path, folder: Path) -> None:
    one = add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    assert (one.info.version, one.concepts, one.names, one.starter) == ("2099", 4, 7, False)
    assert one.age_days < 1
    assert list_terminologies(home=bare_home) == [one]


def test_added_terminology_is_found_without_its_source_file(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    source = tmp_path / "mesh.tsv"
    shutil.copy(folder / "mesh.tsv", source)
    add_terminology("mesh", source, home=bare_home)
    source.unlink()
    add_terminology("drugs", folder / "drugs.tsv", home=bare_home)
    lexicon = open_lexicon(home=bare_home)
    assert lexicon.find("sample disease") and lexicon.find("samplamine")


def test_adding_again_replaces(bare_home: Path, folder: Path) -> None:
    before = add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    after = add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    assert names(bare_home) == ["mesh"] and after.added > before.added
    assert len(list((bare_home / "terminologies" / "mesh").iterdir())) == 1


def test_folder_is_added_with_all_its_files(bare_home: Path, folder: Path) -> None:
    add_terminology("hpo", folder / "hpo", home=bare_home)
    assert open_lexicon(home=bare_home).find("头痛")[0].curie == "HP:0002315"


def test_removed_terminology_is_gone(bare_home: Path, folder: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    add_terminology("drugs", folder / "drugs.tsv", home=bare_home)
    remove_terminology("mesh", home=bare_home)
    assert names(bare_home) == ["drugs"]
    assert open_lexicon(home=bare_home).find("sample disease") == []


def test_removing_what_is_not_there_names_what_is(bare_home: Path, folder: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    with pytest.raises(UnknownNameError, match="'hpo'; known are: mesh"):
        remove_terminology("hpo", home=bare_home)


def test_unreadable_release_changes_nothing(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    stamp = open_lexicon(home=bare_home).stamp
    (tmp_path / "bad.tsv").write_text("mesh_id\tname\n", encoding="utf-8")
    with pytest.raises(TerminologyError):
        add_terminology("mesh", tmp_path / "bad.tsv", home=bare_home)
    assert open_lexicon(home=bare_home).stamp == stamp


def test_name_cannot_lead_out_of_the_home_folder(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    text = (folder / "table.tsv").read_text(encoding="utf-8")
    (tmp_path / "bad.tsv").write_text("# name: ../../../out\n" + text, encoding="utf-8")
    add_terminology("table", tmp_path / "bad.tsv", home=bare_home)
    assert [path.name for path in (bare_home / "terminologies").iterdir() if path.is_dir()] == ["_________out"]
    remove_terminology("../../../out", home=bare_home)
    assert names(bare_home) == []


def test_table_does_not_take_the_place_of_another_reader(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    shutil.copy(folder / "table.tsv", tmp_path / "mesh.tsv")
    with pytest.raises(TerminologyError, match="'mesh' is there already, read as mesh"):
        add_terminology("table", tmp_path / "mesh.tsv", home=bare_home)


def test_xrefs_join_vocabularies_that_were_added_apart(bare_home: Path, folder: Path) -> None:
    add_terminology("drugs", folder / "drugs.tsv", home=bare_home)
    add_terminology("rxnorm", folder / "rxnorm", home=bare_home)
    lexicon = open_lexicon(home=bare_home)
    assert lexicon.canonical("drugbank:DB90001") == "rxnorm:1" == lexicon.canonical("unii:SAMPLE0001")


def test_mapping_set_joins_what_it_says_is_one_and_nothing_else(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    rows = "DOID:9000001\tsample disease of its own\tdisease\nDOID:9000002\tsample fever of its own\tdisease\n"
    (tmp_path / "own.tsv").write_text(f"curie\tname\tkind\n{rows}MONDO:9000002\tfever\tdisease\n", encoding="utf-8")
    add_terminology("table", tmp_path / "own.tsv", home=bare_home)
    added = add_terminology("sssom", folder / "sssom.tsv", home=bare_home)
    assert (added.info.name, added.info.version, added.concepts) == ("sssom", "2099-01-01", 2)
    lexicon = open_lexicon(home=bare_home)
    assert lexicon.canonical("DOID:9000001") == "MONDO:9000001" == lexicon.canonical("mesh:D900003")
    assert lexicon.canonical("DOID:9000002") == "DOID:9000002"
    assert lexicon.canonical("MONDO:9000002") == "MONDO:9000002"
    found = lexicon.concept("MONDO:9000003")
    assert found is not None and (found.kind, found.name) == (Kind.DISEASE, "sample pain")


def test_progress_tells_each_terminology_and_the_writing(bare_home: Path, folder: Path) -> None:
    told: list[tuple[str, int, int]] = []
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home, progress=lambda *step: told.append(step))
    assert ("reading mesh", 4, 4) in told and ("writing", 4, 4) in told
    assert told[-1][0] == "indexing" and told[-1][1] == told[-1][2] > 4


def test_damaged_record_is_named(bare_home: Path) -> None:
    (bare_home / "terminologies" / "added.json").write_text("{", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"added\.json is damaged"):
        list_terminologies(home=bare_home)


def test_unchanged_terminologies_are_not_compiled_again(bare_home: Path, folder: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    told: list[str] = []
    open_lexicon(home=bare_home, progress=lambda stage, done, total: told.append(stage))
    assert told == []


def test_home_is_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KG_HOME", str(tmp_path))
    assert get_home() == tmp_path
    monkeypatch.delenv("KG_HOME")
    assert get_home().name == "medkg"


def test_killed_compilation_leaves_the_old_lexicon(bare_home: Path, folder: Path) -> None:
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    stamp = Lexicon.open(bare_home / "lexicon").stamp
    (bare_home / "terminologies" / "added.json").unlink()
    code = f"import pathlib, ontologies.registry as r; r.open_lexicon(home=pathlib.Path({str(bare_home)!r}))"
    kill_while_making(code, bare_home)
    assert Lexicon.open(bare_home / "lexicon").stamp == stamp


def test_copy_that_does_not_fit_changes_nothing(bare_home: Path, folder: Path, tiny_disk: Path) -> None:
    home = tiny_disk / "home"
    shutil.copytree(bare_home, home)
    before = add_terminology("mesh", folder / "mesh.tsv", home=home)
    stamp = open_lexicon(home=home).stamp
    (tiny_disk / "rest").write_bytes(b"x" * (shutil.disk_usage(tiny_disk).free - 8192))
    with pytest.raises(LexiconError, match=r"cannot be written .* free some space"):
        add_terminology("drugs", folder / "drugs.tsv", home=home)
    assert list_terminologies(home=home) == [before]
    assert open_lexicon(home=home).stamp == stamp
    assert not (home / "terminologies" / "added.json.new").exists()
    assert not list((home / "terminologies").glob("drugs/release-*"))
    (tiny_disk / "rest").unlink()
    add_terminology("drugs", folder / "drugs.tsv", home=home)
    assert names(home) == ["mesh", "drugs"]


def test_lexicon_that_does_not_fit_changes_nothing(bare_home: Path, folder: Path, tiny_disk: Path) -> None:
    home = tiny_disk / "home"
    shutil.copytree(bare_home, home)
    before = add_terminology("mesh", folder / "mesh.tsv", home=home)
    many = "".join(f"local:{n}\tname {n} of very many\tdrug\n" for n in range(20000))
    (home.parent.parent / "many.tsv").write_text(f"curie\tname\tkind\n{many}", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"cannot be written .* free some space"):
        add_terminology("table", home.parent.parent / "many.tsv", home=home)
    assert list_terminologies(home=home) == [before]
    assert open_lexicon(home=home).find("sample disease")


def test_process_killed_while_adding_has_added_nothing(bare_home: Path, folder: Path, tmp_path: Path) -> None:
    before = add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    many = "".join(f"local:{n}\tname {n} of very many\tdrug\n" for n in range(60000))
    (tmp_path / "many.tsv").write_text(f"curie\tname\tkind\n{many}", encoding="utf-8")
    call = f"r.add_terminology('table', p({str(tmp_path / 'many.tsv')!r}), home=p({str(bare_home)!r}))"
    kill_while_making(f"from pathlib import Path as p; import ontologies.registry as r; {call}", bare_home)
    assert list_terminologies(home=bare_home) == [before]
    assert open_lexicon(home=bare_home).find("sample disease")
    assert add_terminology("table", tmp_path / "many.tsv", home=bare_home).concepts == 60000


def kill_while_making(code: str, home: Path) -> None:
    """Runs `code` in a process of its own and kills it while it writes a lexicon."""
    root = Path(__file__).parent.parent.parent
    child = subprocess.Popen([sys.executable, "-c", code], cwd=root, env={**os.environ, "PYTHONPATH": str(root)})
    deadline = time.monotonic() + 60
    while not list((home / "lexicon").glob("making-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    child.send_signal(signal.SIGKILL)
    child.wait()
    assert list((home / "lexicon").glob("making-*"))
