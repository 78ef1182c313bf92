"""The task `tac2017`: adverse reactions in drug labels (TAC 2017 ADR; Demner-Fushman et al., Scientific Data 2018)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.errors import CorpusError
from extractors.score import Prediction, Report
from extractors.tasks import Options
from extractors.tasks.forked import map_forked
from extractors.tasks.tac_features import FeatureSpace
from extractors.tasks.tac_labels import TacLabel, read_folder
from extractors.tasks.tac_learned import Learned
from extractors.tasks.tac_product import ProductSystem, ProductView
from extractors.tasks.tac_score import Outcome, make_errors, make_metrics
from extractors.tasks.tac_systems import Dictionary, System
from ontologies.errors import UnknownNameError

if TYPE_CHECKING:
    from ontologies.lexicon import Lexicon

#: With fewer annotated labels to learn from, what is learned is worse than the rules.
ENOUGH_LABELS = 30

Learn = Callable[[Sequence[TacLabel]], System]


class _Tac2017:
    name = "tac2017"
    description = "adverse reactions, their strings and MedDRA terms, in US prescription labels (TAC 2017 ADR)"

    def run(self, folder: Path, *, lexicon: Lexicon, options: Options) -> Report:
        """Figures for strings, terms and mentions; words of the corpus come from other labels than the scored one."""
        scored, source = read_folder(folder)
        if options.train is not None:
            _, source = read_folder(options.train)
        source = [label for label in source if label.annotated]
        options = replace(options, folds=options.folds if source else 0)
        options = replace(options, system=options.system or _default_system(options, source))
        if options.system == "learned" and not options.folds:
            raise CorpusError("the system 'learned' needs annotated labels to learn from; give --train, or folds")
        outcomes = _find_all(scored, source, _learner(options.system, lexicon), options)
        judged = [outcome for outcome in outcomes if outcome.label.annotated]
        return Report(
            task=self.name,
            documents=len(scored),
            settings=_settings(scored, source, options),
            metrics=make_metrics(judged),
            errors=make_errors(judged),
            predictions=tuple(_predictions(outcomes)),
        )


def _default_system(options: Options, source: Sequence[TacLabel]) -> str:
    return "learned" if options.folds and len(source) >= ENOUGH_LABELS else "product"


def _learner(name: str, lexicon: Lexicon) -> Learn:
    view = ProductView(lexicon)
    systems: dict[str, Learn] = {
        "dictionary": Dictionary,
        "product": partial(ProductSystem, lexicon=lexicon, view=view),
        "learned": partial(Learned, space=FeatureSpace(), view=view),
    }
    if name not in systems:
        raise UnknownNameError("system", name, list(systems))
    return systems[name]


def _find_all(scored: Sequence[TacLabel], source: Sequence[TacLabel], learn: Learn, options: Options) -> list[Outcome]:
    folds = list(split_folds(scored, source, folds=options.folds, seed=options.seed))
    return [outcome for outcomes in map_forked(partial(_ask, learn), folds) for outcome in outcomes]


def _ask(learn: Learn, fold: tuple[list[TacLabel], list[TacLabel]]) -> list[Outcome]:
    known, asked = fold
    system = learn(known)
    outcomes = [system.find(label) for label in asked]
    return [replace(o, known=frozenset(r.text for r in o.label.reactions if system.knows(r.text))) for o in outcomes]


def split_folds(
    scored: Sequence[TacLabel], source: Sequence[TacLabel], *, folds: int, seed: int
) -> Iterator[tuple[list[TacLabel], list[TacLabel]]]:
    """Pairs of labels to learn from and labels to be asked about; none of the latter is among the former.

    Where `source` holds other labels than `scored` there is one pair; a label that is in both is never learnt from.
    """
    asked = {label.id for label in scored}
    others = [label for label in source if label.id not in asked]
    if folds == 0 or others:
        yield [] if folds == 0 else others, list(scored)
        return
    shuffled = sorted(scored, key=lambda label: label.id)
    random.Random(seed).shuffle(shuffled)  # noqa: S311 -- folds that can be repeated, no secret
    for fold in range(folds):
        held_out = shuffled[fold::folds]
        names = {label.id for label in held_out}
        if held_out:
            yield [label for label in shuffled if label.id not in names], held_out


def _settings(scored: Sequence[TacLabel], source: Sequence[TacLabel], options: Options) -> dict[str, str]:
    crossed = options.folds and not {label.id for label in source} - {label.id for label in scored}
    words = (
        f"cross-validated, {options.folds} folds by label, seed {options.seed}" if crossed else f"{len(source)} labels"
    )
    return {"system": options.system, "words from": words if options.folds else "product only"}


def _predictions(outcomes: Sequence[Outcome]) -> Iterator[Prediction]:
    for outcome in outcomes:
        for f in outcome.found:
            yield Prediction(
                document=outcome.label.id,
                section=f.section,
                start=f.parts[0][0],
                end=f.parts[-1][1],
                text=f.text,
                kind="AdverseReaction",
                concept=f.concept,
                pt=f.pt,
                parts=f.parts if len(f.parts) > 1 else (),
                section_name=outcome.label.sections[f.section][0],
            )


TASK = _Tac2017()
