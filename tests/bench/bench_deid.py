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
from dataclasses import dataclass, field

from extractors.deidentify import Deidentifier, Found
from extractors.deidentify.found import without_overlaps
from extractors.deidentify.presidio import PresidioRecogniser
from planted import PlantedNote, make_notes


@dataclass
class Tally:
    """What was planted, found and found in vain."""

    planted: Counter[str] = field(default_factory=Counter)
    covered: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    vain: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, note: PlantedNote, found: Sequence[Found]) -> None:
        """Count one note."""
        covered = {at for each in found for at in range(each.start, each.end)}
        for each in note.planted:
            whole = all(at in covered or not note.text[at].isalnum() for at in range(each.start, each.end))
            self.planted[each.type] += 1
            self.covered[each.type] += whole
            if not whole:
                self.missed.append(
                    (each.type, note.text[each.start : each.end], _around(note.text, each.start, each.end))
                )
        planted = {at for each in note.planted for at in range(each.start, each.end)}
        for one in found:
            right = any(at in planted for at in range(one.start, one.end))
            self.found[one.type] += 1
            self.right[one.type] += right
            if not right:
                self.vain.append(
                    (f"{one.type}/{one.rule}", note.text[one.start : one.end], _around(note.text, one.start, one.end))
                )

    def lines(self) -> list[str]:
        """The table by type."""
        rows = [f"{'type':<16}{'planted':>8}{'recall':>9}{'found':>8}{'precision':>11}"]
        for kind in [*sorted(self.planted), "all"]:
            total = [
                sum(c.values()) if kind == "all" else c[kind]
                for c in (self.planted, self.covered, self.found, self.right)
            ]
            recall, precision = total[1] / max(total[0], 1), total[3] / max(total[2], 1)
            rows.append(f"{kind:<16}{total[0]:>8}{recall:>9.2%}{total[2]:>8}{precision:>11.2%}")
        return rows


def _around(text: str, start: int, end: int) -> str:
    return f"{text[max(0, start - 25) : start]}⟦{text[start:end]}⟧{text[end : end + 15]}".replace("\n", "⏎")


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
    parser.add_argument("--set", default="tuning", choices=["tuning", "development", "heldout", "unseen", "fresh"])
    parser.add_argument("--notes", type=int, default=200, help="notes per language")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--misses", action="store_true", help="show what was missed and found in vain")
    parser.add_argument("--known", action="store_true", help="with the name and numbers of the patient's own record")
    parser.add_argument("--presidio", metavar="MODEL", help="measure Presidio with this spaCy model beside, in English")
    options = parser.parse_args()
    notes = list(make_notes(options.set, options.notes, seed=options.seed))
    tallies = measure(Deidentifier(key=b"0" * 32).find, notes, "medkg", known=options.known)
    for language, tally in tallies.items():
        print(f"\n{options.set} {language}", *tally.lines(), sep="\n")
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
