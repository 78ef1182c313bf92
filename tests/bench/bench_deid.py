"""Recall, precision and speed of de-identification on notes with planted identifiers.

    PYTHONPATH=.:graphql:tests/support python tests/bench/bench_deid.py --set tuning --notes 200 --misses

The set `heldout` has templates, names and formats of its own that the rules were not tuned on.
Recall: planted identifiers of which every letter and digit is covered. Precision: found ranges that touch something
planted.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from deid_tally import Tally
from extractors.deidentify import Deidentifier, Found
from extractors.deidentify.found import without_overlaps
from extractors.deidentify.presidio import PresidioRecogniser
from planted import PlantedNote, make_notes

Find = Callable[..., Sequence[Found]]


def measure(find: Find, notes: Sequence[PlantedNote], name: str, *, known: bool = False) -> dict[str, Tally]:
    """The tallies by language of what `find` finds, and of all; prints how fast it is."""
    find("warm 热", language="en")
    started = time.process_time()
    answers = [find(note.text, language=note.language, **({"known": note.known} if known else {})) for note in notes]
    seconds = time.process_time() - started
    tallies: dict[str, Tally] = defaultdict(Tally)
    for note, found in zip(notes, answers, strict=True):
        tallies[note.language].note(note, found)
        tallies["both"].note(note, found)
    rate, size = len(notes) / seconds, sum(len(note.text) for note in notes) / seconds / 1000
    print(f"{name}: {len(notes)} notes, {rate:.0f} notes/s, {size:.0f} k characters/s of CPU time")
    return tallies


def presidio(model: str) -> Find:
    """Finds with Presidio alone, all of its types that are known here, on a spaCy model."""
    from importlib import import_module

    engine = import_module("presidio_analyzer.nlp_engine").NlpEngineProvider(
        nlp_configuration={"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    )
    analyzer = import_module("presidio_analyzer").AnalyzerEngine(
        nlp_engine=engine.create_engine(), supported_languages=["en"]
    )
    recogniser = PresidioRecogniser(analyzer, threshold=0.0, leave_out=frozenset())
    return lambda text, language: without_overlaps(recogniser.find(text, language=language))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser()
    sets = ["tuning", "development", "heldout", "unseen", "training", "training2", "fresh"]
    parser.add_argument("--set", default="tuning", choices=sets)
    parser.add_argument("--notes", type=int, default=200, help="notes per language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="show what was missed and found in vain")
    parser.add_argument("--known", action="store_true", help="with the name and numbers of the patient's own record")
    parser.add_argument("--presidio", metavar="MODEL", help="measure Presidio with this spaCy model beside, in English")
    options = parser.parse_args()
    notes = list(make_notes(options.set, options.notes, seed=options.seed))
    rules = measure(Deidentifier(key=b"0" * 32, trained=False).find, notes, "rules alone", known=options.known)
    tallies = measure(Deidentifier(key=b"0" * 32).find, notes, "rules and trained", known=options.known)
    for title, by_language in (("rules alone", rules), ("rules and trained", tallies)):
        for language, tally in by_language.items():
            print(f"\n{options.set} {language}, {title}", *tally.lines(), sep="\n")
    if options.presidio:
        english = [note for note in notes if note.language == "en"]
        measure(Deidentifier(key=b"0" * 32).find, english, "medkg, English")
        peer = measure(presidio(options.presidio), english, "Presidio, English")
        print(*peer["both"].lines(), sep="\n")
    if options.misses:
        for title, rows in (("missed", tallies["both"].missed), ("in vain", tallies["both"].vain)):
            print(f"\n{title}: {len(rows)}")
            for row, count in Counter(rows).most_common(150):
                print(f"  {count} {row[0]:<14} {row[2]}")


if __name__ == "__main__":
    main()
