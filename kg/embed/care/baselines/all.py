"""All rows of the table, by name; the bag of services is the first and is always shown."""

from __future__ import annotations

from collections.abc import Iterable

from kg.embed.care.baselines import bags, factors, hierarchies, metapaths, pairs, visits, walks
from kg.embed.care.model import GIVERS, HIERARCHY, Baseline, CareError

#: The row that is always shown, and all that others are compared with where they are asked too.
REFERENCE = "bag of services"
REFERENCES = (REFERENCE, "mean of node2vec", "node2vec of visits")

BASELINES = (
    Baseline(REFERENCE, bags.learn_bag),
    Baseline("bag of services and givers", bags.learn_bag_of_all, frozenset({GIVERS})),
    Baseline("mean of node2vec", walks.learn_mean_of_node2vec),
    Baseline("node2vec of visits", walks.learn_node2vec),
    Baseline("DeepWalk", walks.learn_deepwalk),
    Baseline("LINE, first order", pairs.learn_line_first),
    Baseline("LINE, second order", pairs.learn_line_second),
    Baseline("metapath2vec", metapaths.learn_metapath2vec, frozenset({GIVERS})),
    Baseline("Med2Vec-style", visits.learn_med2vec_style),
    Baseline("KESER SPPMI+SVD", factors.learn_sppmi),
    Baseline("NMF", factors.learn_nmf),
    Baseline("truncated SVD", factors.learn_svd),
    Baseline("ME2Vec, the paper's code", hierarchies.learn_paper, frozenset({GIVERS})),
    Baseline("ME2Vec, ours", hierarchies.learn_care, frozenset({GIVERS, HIERARCHY})),
    # The shipped settings were chosen on the eICU demo; here each fold chooses without those that it is asked of.
    Baseline("ME2Vec, chosen inside", hierarchies.learn_care, frozenset({GIVERS, HIERARCHY}), hierarchies.OTHERS),
    Baseline("mean of chance", bags.learn_mean_of_chance),
    Baseline("chance", bags.learn_chance),
)


def pick_baselines(names: Iterable[str] = ()) -> tuple[Baseline, ...]:
    """Those whose names have any of `names` in them, the bag of services always; all, where nothing is named.

    Raises:
        CareError: where a name is in none.
    """
    wanted = [name.casefold() for name in names]
    for name in wanted:
        if not any(name in each.name.casefold() for each in BASELINES):
            known = "; ".join(each.name for each in BASELINES)
            raise CareError(f"no baseline has {name!r} in its name; there are: {known}")
    return tuple(
        each
        for each in BASELINES
        if not wanted or each.name == REFERENCE or any(name in each.name.casefold() for name in wanted)
    )
