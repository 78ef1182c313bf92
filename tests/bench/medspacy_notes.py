"""medspaCy's side of bench_notes.py: its default pipeline with the sectionizer over the notes of a JSON file.

    VENV/bin/python tests/bench/medspacy_notes.py TASK.json

VENV holds medspacy 1.3.1 and nothing of medkg. Written to standard output: the seconds of the processor that the notes
took, and of each target found its note, its place and its assertion.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

#: In the order in which medkg gives one assertion where several apply.
ASSERTIONS = {
    "is_negated": "negated",
    "is_family": "family",
    "is_hypothetical": "hypothetical",
    "is_uncertain": "possible",
    "is_historical": "historical",
}


def load(targets: list[tuple[str, str]]) -> Any:
    """The pipeline with `targets`, each a name and its kind."""
    import medspacy
    from loguru import logger
    from medspacy.target_matcher import TargetRule

    logger.remove()
    nlp = medspacy.load()
    nlp.add_pipe("medspacy_sectionizer")
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(name, kind) for name, kind in targets])
    return nlp


def said(entity: Any) -> str:
    """The assertion of an entity."""
    return next((value for name, value in ASSERTIONS.items() if getattr(entity._, name)), "present")


def main() -> None:
    """Read, run, print."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    nlp = load(task["targets"])
    nlp(task["notes"][0])
    started = time.process_time()
    documents = [nlp(note) for note in task["notes"]]
    seconds = time.process_time() - started
    found = [[i, e.start_char, e.end_char, said(e)] for i, document in enumerate(documents) for e in document.ents]
    json.dump({"seconds": seconds, "found": found}, sys.stdout)


if __name__ == "__main__":
    main()
