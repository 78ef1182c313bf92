"""`kg records` as the operator of the night meets it."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import apsw
import pytest

from curators import bare_home
from kg.records.database import unlock
from kg.records.keys import read_keys
from kg_command import Kg, KgHere
from ontologies.registry import open_lexicon
from record_rows import dump, write_bulk

NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")


@pytest.fixture
def kg(tmp_path: Path) -> Kg:
    """The command called in this process, without any terminology."""
    home = bare_home(tmp_path)
    open_lexicon(home=home)
    return KgHere(home, tmp_path)


@pytest.fixture
def process(kg: Kg) -> Kg:
    """The command in a process of its own, for what ends or limits a process."""
    return Kg(kg.home, kg.folder)


def records(kg: Kg, command: str, *arguments: str | Path) -> list[str | Path]:
    """The words of a command on a store and a key of the test's own."""
    return ["records", command, *arguments, "--records", kg.folder / "records", "--key-file", kg.folder / "records.key"]


def ingest(kg: Kg, *arguments: str | Path) -> list[str | Path]:
    return [*records(kg, "ingest", *arguments), "--workers", "0"]


def test_the_first_minute(kg: Kg) -> None:
    first = kg.run(*ingest(kg, "--samples"))
    assert first.returncode == 0, first.stderr
    assert "made a key for records" in first.stderr
    assert "persons" in first.stdout
    kg(*records(kg, "stats"))
    assert json.loads(kg(*records(kg, "stats", "--json")))["patients"] % 11 == 0
    stats = json.loads(kg(*records(kg, "stats", "--exact", "--json")))
    assert stats["patients"] >= 13
    assert {"emr_cn", "fhir"} <= stats["sources"].keys()
    again = json.loads(kg(*ingest(kg, "--samples", "--json")))
    assert (again["unchanged"], again["rows"]) == (sum(stats["sources"].values()), {})
    gone = json.loads(kg(*records(kg, "forget", "3", "--json")))
    assert (gone["patients"], gone["visits"]) == (1, 1)
    assert "may come back" in kg(*records(kg, "forget", "3", "--lift"))
    back = json.loads(kg(*ingest(kg, "--samples", "--json")))
    assert back["rows"]["person"] == stats["patients"]


def test_what_is_refused_sets_the_status_and_is_found_again(kg: Kg) -> None:
    folder = write_bulk(kg.folder / "export", patients=2)
    with (folder / "Condition.ndjson").open("a", encoding="utf-8") as file:
        file.write('{"resourceType": "Condition", "id": "Planted Mildred", "subject":\n')
    done = kg.run(*ingest(kg, folder))
    assert done.returncode == 3
    assert "Planted" not in done.stdout + done.stderr
    [refused] = json.loads(kg(*records(kg, "quarantine", "--json")))
    assert refused["file"] is None
    assert "export" not in refused["input"]
    [found] = json.loads(kg(*records(kg, "quarantine", folder, "--json")))
    assert found["file"].endswith("export")
    assert "export" in kg(*records(kg, "quarantine", folder))
    assert "nothing" not in kg(*records(kg, "quarantine"))


def test_a_file_of_no_layout_is_refused_without_its_name(kg: Kg) -> None:
    (kg.folder / "in").mkdir()
    (kg.folder / "in" / "Mildred Planted.bin").write_bytes(b"\x00\x01\x02")
    done = kg.run(*ingest(kg, kg.folder / "in"))
    assert done.returncode == 3
    assert "no layout" in done.stdout
    assert "Planted" not in done.stdout + done.stderr


def write_unreadable(folder: Path) -> dict[str, str]:
    """Files of which nothing can be read, with a word of what is said of each."""
    bundle = json.dumps({"resourceType": "Patient", "id": "Mildred", "name": [{"family": "Planted"}]}).encode()
    archive = folder / "whole.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("a.json", bundle)
    content = {
        "cut.json.gz": (gzip.compress(bundle * 20)[:60], "cut off or damaged"),
        "unknown.dat": (b"Mildred Planted and nothing that is known\n", "no layout"),
        "encoding.csv": ("subject_id,gender\n1,Mildred Planted\n".encode("utf-16"), "UTF-8"),
        "empty.json": (b"", "is empty"),
        "blank.json": (b" \n", "nothing but blanks"),
        "cut.zip": (archive.read_bytes()[:-30], "zip that is cut off"),
    }
    archive.unlink()
    for name, (data, _) in content.items():
        (folder / name).write_bytes(data)
    (folder / "link.json").symlink_to(folder / "nowhere")
    return {name: said for name, (_, said) in content.items()} | {"link.json": "leads nowhere"}


def test_what_is_refused_whole_is_found_by_its_file_and_goes_when_it_is_mended(kg: Kg) -> None:
    folder = kg.folder / "in"
    folder.mkdir()
    said = write_unreadable(folder)
    for _ in range(2):
        done = kg.run(*ingest(kg, folder))
        assert done.returncode == 3, done.stderr
        assert "Error" not in done.stdout
        assert not {"Mildred", "Planted"} & set((done.stdout + done.stderr).split())
        found = json.loads(kg(*records(kg, "quarantine", folder, "--json")))
        assert {Path(each["file"]).name.removesuffix(".gz") for each in found} == {
            name.removesuffix(".gz") for name in said
        }
        for each in found:
            name = Path(each["file"]).name
            assert said.get(name, said.get(f"{name}.gz", "?")) in each["reason"]
            assert ":" in each["reason"], "it says what to do"
    [alone] = json.loads(kg(*records(kg, "quarantine", folder / "cut.json.gz", "--json")))
    assert alone["file"].endswith("cut.json.gz")
    assert "cut.json.gz" not in kg(*records(kg, "quarantine"))
    for name in said:
        (folder / name).unlink()
        (folder / name.removesuffix(".gz")).write_text(json.dumps({"resourceType": "Patient", "id": name}))
    kg(*ingest(kg, folder))
    assert json.loads(kg(*records(kg, "quarantine", "--json"))) == []
    assert "in" not in json.loads(kg(*records(kg, "stats", "--json")))["sources"]


def test_what_is_gone_for_good_is_taken_off_the_list_by_its_path_or_by_what_the_list_calls_it(kg: Kg) -> None:
    folder = kg.folder / "in"
    folder.mkdir()
    said = write_unreadable(folder)
    assert kg.run(*ingest(kg, folder)).returncode == 3
    first = json.loads(kg(*records(kg, "quarantine", "--json")))
    assert "--drop" in kg(*records(kg, "quarantine"))
    for name in said:
        (folder / name).unlink()
    cut, empty = folder / "cut.json.gz", folder / "empty.json"
    [gone] = json.loads(kg(*records(kg, "quarantine", cut, "--json")))
    assert gone["file"].endswith("cut.json.gz"), "what lay there is shown by name, too"
    assert json.loads(kg(*records(kg, "quarantine", cut, empty, "--drop", "--json"))) == {"dropped": 2}
    left = json.loads(kg(*records(kg, "quarantine", "--json")))
    assert len(left) == len(first) - 2
    assert gone["input"] not in {each["input"] for each in left}
    assert "1 refusal taken off" in kg(*records(kg, "quarantine", left[0]["input"], "--drop"))
    for words, status in (([cut, "--drop"], 1), ([folder, "--drop"], 1), (["--drop"], 2)):
        wrong = kg.run(*records(kg, "quarantine", *words))
        assert (wrong.returncode, "Traceback" in wrong.stderr) == (status, False), wrong.stderr
    assert len(json.loads(kg(*records(kg, "quarantine", "--json")))) == len(left) - 1
    cut.write_bytes(b"still nothing that is known\n")
    assert kg.run(*ingest(kg, folder)).returncode == 3
    assert [each["input"] for each in json.loads(kg(*records(kg, "quarantine", cut, "--json")))] == [gone["input"]]


def test_refusals_that_were_taken_off_are_told_again_when_their_input_is_read_again(kg: Kg) -> None:
    folder = write_bulk(kg.folder / "export", patients=2)
    with (folder / "Condition.ndjson").open("a", encoding="utf-8") as file:
        file.write("{\n")
    assert kg.run(*ingest(kg, folder)).returncode == 3
    before = json.loads(kg(*records(kg, "stats", "--exact", "--json")))
    assert json.loads(kg(*records(kg, "quarantine", folder, "--drop", "--json"))) == {"dropped": 1}
    assert json.loads(kg(*records(kg, "stats", "--exact", "--json"))) == {**before, "refused": 0}
    assert kg.run(*ingest(kg, folder)).returncode == 3
    assert json.loads(kg(*records(kg, "stats", "--exact", "--json"))) == before


def test_records_of_the_format_before_are_brought_up_to_date(kg: Kg) -> None:
    kg(*ingest(kg, "--samples"))
    key = read_keys(kg.folder / "records.key").store
    connection = apsw.Connection(str(kg.folder / "records" / "records.db"))
    unlock(connection, key)
    connection.execute("drop table places; drop table ledger; pragma user_version=1")
    connection.close()
    kg(*records(kg, "quarantine"))
    kg(*ingest(kg, "--samples", "--again"))
    assert dump(kg.folder / "records", key=key)["places"]


def test_a_chinese_record_that_is_cut_off_is_read_with_a_warning(kg: Kg) -> None:
    path = kg.folder / "note.txt"
    text = "入院记录\n姓名：赵铁生\n住院号：20200713\n主诉：腹痛1天。\n现病史：患者昨日腹痛，伴"
    path.write_text(text, encoding="utf-8")
    done = kg.run(*ingest(kg, path))
    assert done.returncode == 0
    assert "warning" in done.stdout
    assert "may be cut off" in done.stdout
    assert "赵铁生" not in done.stdout
    [warning] = json.loads(kg(*ingest(kg, path, "--again", "--json")))["warnings"]
    assert "初步诊断" in warning["reason"]
    assert json.loads(kg(*records(kg, "quarantine", "--json"))) == []


def test_one_of_a_thing_is_told_in_the_singular(kg: Kg) -> None:
    bundle = kg.folder / "one.ndjson"
    bundle.write_text(json.dumps({"resourceType": "Patient", "id": "1"}) + "\n{\n")
    assert "1 person from 1 input in" in kg.run(*ingest(kg, bundle)).stdout
    assert "erased: 1 patient, 0 visits" in kg(*records(kg, "forget", "1"))


def test_a_path_that_is_not_there_is_one_sentence(kg: Kg) -> None:
    done = kg.run(*ingest(kg, kg.folder / "nowhere"))
    assert (done.returncode, done.stderr.count("\n")) == (1, 2)
    assert "no such file or folder" in done.stderr
    assert kg.run(*records(kg, "ingest")).returncode == 2


def test_the_key_is_wanted_in_every_command(kg: Kg) -> None:
    kg(*ingest(kg, "--samples"))
    key = kg.folder / "records.key"
    kept = key.rename(kg.folder / "elsewhere.key")
    for words in (records(kg, "stats"), records(kg, "quarantine"), records(kg, "forget", "1"), ingest(kg, "--samples")):
        done = kg.run(*words)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1), done.stderr
        assert "no key of records at" in done.stderr
    key.write_text("00" * 32 + "\n")
    key.chmod(0o600)
    assert "the key does not open" in kg.run(*records(kg, "stats")).stderr
    environment = {**kg.environment, "KG_RECORDS_KEY": str(kept), "KG_RECORDS": str(kg.folder / "records")}
    command = [sys.executable, "-m", "kg", "records", "stats"]
    assert subprocess.run(command, env=environment, capture_output=True).returncode == 0


def test_two_at_once_is_one_sentence(kg: Kg, process: Kg) -> None:
    export = write_bulk(kg.folder / "export", patients=1500)
    with process.start(*ingest(kg, export)) as first:
        wait_for(kg.folder / "records" / "records.db-wal")
        second = kg.run(*ingest(kg, "--samples"))
        first.kill()
    assert second.returncode == 1
    assert "another process writes to the records" in second.stderr
    assert second.stderr.count("\n") == 1


def wait_for(path: Path) -> None:
    for _ in range(1200):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(f"{path.name} was not made in a minute")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_ctrl_c_is_one_sentence_and_it_goes_on(kg: Kg, process: Kg, workers: str) -> None:
    export = write_bulk(kg.folder / "export", patients=1500)
    words = [*records(kg, "ingest", export), "--workers", workers]
    command = [sys.executable, "-m", "kg", *map(str, words)]
    with subprocess.Popen(command, env=kg.environment, stderr=subprocess.PIPE, start_new_session=True) as running:
        wait_for(kg.folder / "records" / "records.db-wal")
        time.sleep(1)
        os.killpg(running.pid, signal.SIGINT)
        assert running.stderr is not None
        said = running.stderr.read().decode()
    assert running.returncode == 130, said
    assert "the same command goes on from there" in said
    assert "Traceback" not in said
    kg(*words)


def test_a_full_disk_is_one_sentence_and_it_goes_on(kg: Kg, tiny_disk: Path) -> None:
    export = write_bulk(kg.folder / "export", patients=4000)
    words: list[str | Path] = [
        "--records",
        tiny_disk / "records",
        "--key-file",
        kg.folder / "records.key",
        "--workers",
        "0",
    ]
    done = kg.run("records", "ingest", export, *words)
    assert done.returncode == 1, done.stdout
    assert "full" in done.stderr
    assert "Traceback" not in done.stderr
    kg("records", "stats", *words[:4])


def test_a_file_that_may_not_grow_is_one_sentence(kg: Kg, process: Kg) -> None:
    export = write_bulk(kg.folder / "export", patients=1500)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    command = [sys.executable, "-m", "kg", *map(str, ingest(kg, export))]
    done = subprocess.run(command, env=kg.environment, capture_output=True, text=True, preexec_fn=limit)
    assert done.returncode == 1
    assert "Free some space and run this again" in done.stderr
    assert "Traceback" not in done.stderr
    kg(*ingest(kg, export))


def test_a_read_only_disk_is_one_sentence(kg: Kg, read_only_disk: Path) -> None:
    words: list[str | Path] = ["--records", read_only_disk / "records", "--key-file", kg.folder / "records.key"]
    done = kg.run("records", "ingest", "--samples", *words)
    assert done.returncode == 1
    assert "choose another place" in done.stderr.splitlines()[-1]


@NOT_ROOT
def test_a_file_that_may_not_be_read_is_refused(kg: Kg) -> None:
    export = write_bulk(kg.folder / "export", patients=2)
    (export / "Condition.ndjson").chmod(0)
    done = kg.run(*ingest(kg, export))
    assert done.returncode == 3
    assert "may not be read: change its permissions" in done.stdout
    assert "Error" not in done.stdout


def test_nothing_is_open_to_others(kg: Kg) -> None:
    kg(*ingest(kg, "--samples"))
    folder = kg.folder / "records"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}
    assert read_keys(kg.folder / "records.key")
