"""How well the presets of small graphs rank facts that they were not trained on."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="needs torch: pip install 'medkg[train]'")
pytest.importorskip("pykeen", reason="needs PyKEEN, whose wheel has the test parts: pip install 'medkg[bench]'")

from kg.embed.kge.settings import read_preset  # noqa: E402
from kg.embed.kge.training import train_kge  # noqa: E402
from kg.embed.reading import read_split, read_triples  # noqa: E402
from kg.embed.triples import Split  # noqa: E402


@pytest.mark.slow
@pytest.mark.parametrize(("name", "theirs", "bar"), [("umls", "umls", 0.92), ("kinship", "kinships", 0.88)])
def test_a_preset_reaches_what_it_promises(
    name: str, theirs: str, bar: float, shared_data: Callable[[str], Path]
) -> None:
    split = read_split(shared_data("kg") / name)
    nothing = split.valid.with_rows(split.valid.rows[:0])
    trained = train_kge(Split(split.train, nothing, split.valid), read_preset(name))
    # Facts of the test part are true as well, so they are left out of the rankings; nothing else is done with them.
    entities, relations = (
        {name: at for at, name in enumerate(names)} for names in (split.train.entities, split.train.relations)
    )
    others = read_triples(Path(str(files(f"pykeen.datasets.{theirs}") / "test.txt")))
    rows = np.array([(entities[one], relations[relation], entities[other]) for one, relation, other in others])
    found = trained.rank(split.valid.rows, known=np.concatenate((trained.known, rows)))
    assert found.mrr >= bar, found
