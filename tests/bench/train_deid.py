"""Train the recogniser of identifiers: the file of weights from templates, and measure it.

    PYTHONPATH=.:graphql:tests/support python tests/bench/train_deid.py --all --out /tmp/trained.weights

Needs the packages jieba and symspellpy (lists of words). Every fifth template and a fifth of all names are kept apart
and only measured on, unless `--all`. The same seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from deid_learning import Learner, read_lessons
from deid_notes import Source, make_plain, make_varied, read_sources
from deid_tally import Tally
from deid_words import read_word_sets
from extractors.deidentify.found import Recogniser, without_overlaps
from extractors.deidentify.recognisers import get_recognisers
from extractors.deidentify.trained import REACH, Trained
from extractors.deidentify.view import View
from extractors.deidentify.weights import write_weights
from planted import PlantedNote

SETS = ("training", "training2", "unseen", "development", "tuning", "heldout")


def measure(recognisers: Sequence[Recogniser], notes: Sequence[PlantedNote]) -> dict[str, Tally]:
    """The tallies of what recognisers find together, by language."""
    tallies = {"en": Tally(), "zh": Tally()}
    for note in notes:
        view = View(note.text)
        found = [each for asked in recognisers for each in asked.find(view.text, language=note.language)]
        tallies[note.language].note(note, view.in_original(without_overlaps(found)))
    return tallies


def show(title: str, tallies: dict[str, Tally], *, misses: int = 0) -> None:
    """Print recall and precision."""
    for language, tally in tallies.items():
        total = [sum(count.values()) for count in (tally.planted, tally.covered, tally.found, tally.right)]
        if total[0]:
            print(f"{title:<34}{language} recall {total[1] / total[0]:.2%} of {total[0]}", end=" ")
            print(f"precision {total[3] / max(total[2], 1):.2%}")
        for kind, rows in (("missed", tally.missed), ("in vain", tally.vain)):
            for row in rows[:misses]:
                print(f"    {kind} {row[0]:<18} {row[2]}")


def _notes(sources: list[Source], count: int, seed: int, *, kept_apart: bool) -> Iterator[PlantedNote]:
    whole = {language: sum(s.share for s in sources if s.language == language) for language in ("en", "zh")}
    for index, source in enumerate(sources):
        part = round(count * source.share / whole[source.language])
        yield from make_varied(source, part, seed=seed + index, kept_apart=kept_apart)
    for language in ("en", "zh"):
        yield from make_plain(language, count // 4, seed=seed)


def main() -> None:
    """Train, measure, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path)
    parser.add_argument("--notes", type=int, default=12000, help="notes per language")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--all", action="store_true", help="train on the templates that are kept apart too")
    parser.add_argument("--without", default="", help="sets that are not trained on but measured whole")
    parser.add_argument("--reach", type=int, default=REACH)
    parser.add_argument("--misses", type=int, default=0)
    options = parser.parse_args()
    left_out = options.without.split(",")
    words = read_word_sets()
    started = time.process_time()
    sources = read_sources([name for name in SETS if name not in left_out], every=options.all)
    notes = list(_notes(sources, options.notes, options.seed, kept_apart=False))
    random.Random(options.seed).shuffle(notes)
    lessons = read_lessons(notes, words)
    print(f"{len(notes)} notes read, {time.process_time() - started:.0f} s")
    learner = Learner()
    for wrong in learner.learn(lessons, epochs=options.epochs, seed=options.seed):
        print(f"{wrong} wrong, {time.process_time() - started:.0f} s", flush=True)
    weights = learner.weights(words)
    if options.out:
        write_weights(weights, options.out)
        print(f"{options.out.stat().st_size} bytes")
    trained = Trained(weights, reach=options.reach)
    tests = {source.name: source for source in sources}
    for source in read_sources([name for name in SETS if name in left_out], every=False):
        tests[source.name + " (left out)"] = source
    for name, source in tests.items():
        apart = list(make_varied(source, 240, seed=99, kept_apart=None if "left out" in name else True))
        show(f"{name}, rules", measure(get_recognisers(), apart))
        show(f"{name}, rules + trained", measure([*get_recognisers(), trained], apart), misses=options.misses)


if __name__ == "__main__":
    main()
