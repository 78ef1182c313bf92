"""Several processes use one home folder at once: one compiles, the others wait, and what is read stays."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ontologies.errors import LexiconError
from ontologies.held import Held, remove_unread
from ontologies.locks import alone
from ontologies.registry import add_terminology, list_terminologies, open_lexicon

ROOT = Path(__file__).parent.parent.parent
USE = """
found = lexicon.find("sample disease"), lexicon.typos, lexicon.suggestions
print(found[0][0].curie, flush=True)
"""
OPEN = """
import sys
from pathlib import Path
from ontologies.locks import alone
from ontologies.registry import open_lexicon
home = Path(sys.argv[1])
lexicon = open_lexicon(home=home, progress=lambda stage, done, total: print(stage, file=sys.stderr))
"""
ADD = """
import sys
from pathlib import Path
from ontologies.locks import alone
from ontologies.registry import add_terminology
add_terminology(sys.argv[2], Path(sys.argv[3]), home=Path(sys.argv[1]))
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    """A process of its own that runs `code`."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def test_one_of_several_processes_compiles_and_all_read(bare_home: Path, samples: Path) -> None:
    add_terminology("mesh", samples / "terminologies" / "mesh.tsv", home=bare_home)
    shutil.rmtree(bare_home / "lexicon")
    with alone(bare_home / "lexicon" / "making.lock", on_wait=pytest.fail):
        processes = [start(OPEN + USE, bare_home) for _ in range(4)]
        for process in processes:
            assert process.stderr and "waiting for another process" in process.stderr.readline()
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert {out for out, _ in told} == {"mesh:D000001\n"}
    assert sorted(bool(err) for _, err in told) == [False, False, False, True], told
    assert len(list((bare_home / "lexicon").glob("lexicon-*"))) == 1


def test_processes_of_a_fresh_home_need_no_order(bare_home: Path, samples: Path) -> None:
    add_terminology("mesh", samples / "terminologies" / "mesh.tsv", home=bare_home)
    shutil.rmtree(bare_home / "lexicon")
    processes = [start(OPEN + USE, bare_home) for _ in range(4)]
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert sum("indexing" in err for _, err in told) == 1


def test_terminologies_added_at_once_are_all_there(bare_home: Path, samples: Path) -> None:
    folder = samples / "terminologies"
    given = {"mesh": folder / "mesh.tsv", "drugs": folder / "drugs.tsv", "hpo": folder / "hpo"}
    processes = [start(ADD, bare_home, name, path) for name, path in given.items()]
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, told
    assert {one.info.name for one in list_terminologies(home=bare_home)} == set(given)


def test_what_a_process_reads_stays_while_terminologies_are_added(bare_home: Path, samples: Path) -> None:
    folder = samples / "terminologies"
    add_terminology("mesh", folder / "mesh.tsv", home=bare_home)
    reader = start(OPEN + "print('open', flush=True)\ninput()\n" + USE, bare_home)
    assert reader.stdout and reader.stdout.readline() == "open\n"
    for name in ("drugs.tsv", "drugs.tsv", "mesh.tsv"):
        add_terminology(name.removesuffix(".tsv"), folder / name, home=bare_home)
    out, err = reader.communicate("\n", timeout=120)
    assert (reader.returncode, out) == (0, "mesh:D000001\n"), err
    for _ in range(2):
        add_terminology("drugs", folder / "drugs.tsv", home=bare_home)
    assert len(list((bare_home / "lexicon").glob("lexicon-*"))) == 2


def test_held_folder_is_not_removed_until_it_is_let_go(bare_home: Path, samples: Path) -> None:
    add_terminology("mesh", samples / "terminologies" / "mesh.tsv", home=bare_home)
    (made,) = (bare_home / "lexicon").glob("lexicon-*")
    held = Held(made)
    remove_unread(made)
    assert made.is_dir()
    del held
    remove_unread(made)
    assert not made.exists()


@pytest.mark.parametrize(("gone", "used"), [("typo-hashes.npy", "typos"), ("words.marisa", "suggestions")])
def test_file_that_goes_missing_is_told_with_the_remedy(bare_home: Path, samples: Path, gone: str, used: str) -> None:
    add_terminology("mesh", samples / "terminologies" / "mesh.tsv", home=bare_home)
    lexicon = open_lexicon(home=bare_home)
    next((bare_home / "lexicon").glob(f"lexicon-*/{gone}")).unlink()
    with pytest.raises(LexiconError, match="run: kg terminology install"):
        getattr(lexicon, used)
