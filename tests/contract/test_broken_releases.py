"""Whatever happens to a file on its way here, a reader reads it or refuses it in one sentence; it never falls over."""

from __future__ import annotations

import gzip
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ontologies.errors import TerminologyError
from ontologies.terminologies import read_terminology, terminology_names

SAMPLES = Path(__file__).parent.parent / "samples" / "terminologies"
FORMS = {
    "icd10-cn-yibao.csv": "icd10-cn",
    "icd10-cn-guolin.csv": "icd10-cn",
    "icd10cm_order_2099.txt": "icd10cm",
    "icd10cm-zh.tsv": "icd10cm",
    "CMS99_DESC_LONG_SG.txt": "icd9cm3",
    "column-map.csv": "table",
    "desc2099.xml": "mesh",
    "supp2099.xml": "mesh",
    "mesh2099.nt": "mesh",
}
"""Files that are another form of what a reader has as its sample, and that reader."""


def find_files() -> Iterator[tuple[str, Path, Path]]:
    """Each reader with its sample (a file or a folder) and one file in it."""
    for name in terminology_names():
        for sample in sorted(SAMPLES.iterdir()):
            if sample.name.split(".")[0] == name:
                yield from ((name, sample, file) for file in sorted(sample.rglob("*")) if file.is_file())
                if sample.is_file():
                    yield name, sample, sample
    for file in sorted((SAMPLES / "more").rglob("*")):
        if file.name in FORMS:
            yield FORMS[file.name], file, file


CASES = list(find_files())
NAMED = [f"{name}-{file.name}" for name, _, file in CASES]


@pytest.mark.parametrize(("name", "sample", "file"), CASES, ids=NAMED)
def test_file_that_is_cut_off_is_read_or_refused(name: str, sample: Path, file: Path, tmp_path: Path) -> None:
    data = file.read_bytes()
    for part in range(8):
        read_or_refuse(name, put(tmp_path / str(part), sample, file, data[: len(data) * part // 8]))


@pytest.mark.parametrize(("name", "sample", "file"), CASES, ids=NAMED)
def test_file_with_broken_bytes_is_read_or_refused(name: str, sample: Path, file: Path, tmp_path: Path) -> None:
    for seed in range(12):
        chance = random.Random(seed)
        data = bytearray(file.read_bytes())
        for _ in range(1 + len(data) // 200):
            data[chance.randrange(len(data))] = chance.choice(b'\x00\xff\t,|"<>{}\n 0A:\xe4')
        read_or_refuse(name, put(tmp_path / str(seed), sample, file, bytes(data)))


@pytest.mark.parametrize(("name", "sample", "file"), CASES, ids=NAMED)
def test_packed_file_that_is_cut_off_is_refused(name: str, sample: Path, file: Path, tmp_path: Path) -> None:
    packed = gzip.compress(file.read_bytes())
    path = put(tmp_path, sample, file, packed[: len(packed) // 2])
    if sample.is_file():
        with pytest.raises(TerminologyError, match=path.name):
            read_terminology(name, path)
    else:
        read_or_refuse(name, path)


def put(folder: Path, sample: Path, file: Path, data: bytes) -> Path:
    """A copy of `sample` in `folder`, in which `file` holds `data`."""
    folder.mkdir(exist_ok=True)
    copy = folder / sample.name
    if sample.is_dir():
        shutil.copytree(sample, copy)
        (copy / file.relative_to(sample)).write_bytes(data)
    else:
        copy.write_bytes(data)
    return copy


def read_or_refuse(name: str, path: Path) -> None:
    try:
        read_terminology(name, path)
    except TerminologyError as error:
        assert path.name in str(error)
