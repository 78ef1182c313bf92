"""What is factorised: co-occurrence by SPPMI and SVD, as KESER has it, and visits by services by NMF."""

from __future__ import annotations

from typing import Any

import numpy as np

from kg.embed.care.baselines.bags import DIMENSIONS, average
from kg.embed.care.model import Learned, Seen
from kg.embed.me2vec.service_graph import Kernel, make_service_graph
from kg.embed.me2vec.uses import Matrix, find_uses

#: Days within which two services of a visit go together; KESER's.
_DAYS = 30

_MORE = 32


def learn_sppmi(seen: Seen, seed: int) -> Learned:
    """Vectors of codes by SVD of the shifted positive PMI (KESER: Hong et al. 2021, with k = 1); visits are means.

    As its code has it: directions are kept where left and right agree in sign, rows are of length one. Thresholds of
    counts are left to what is seen, since those of a nation's records would leave nothing of a demo.
    """
    journeys = seen.common()
    graph = make_service_graph(journeys, kernel=Kernel.WINDOW, minutes=_DAYS * 24 * 60)
    share, source = graph.strengths(), graph.sources()
    total = share.sum()
    pmi = np.log(np.maximum(graph.weights * total / (share[source] * share[graph.targets]), 1e-12))
    matrix = np.zeros((graph.nodes, graph.nodes), np.float32)
    matrix[source, graph.targets] = np.maximum(pmi, 0)
    codes = _positive_directions(matrix, seed)
    return Learned(average(journeys, codes), codes)


def _positive_directions(matrix: Matrix, seed: int) -> Matrix:
    from sklearn.utils.extmath import randomized_svd

    rank = min(DIMENSIONS + _MORE, len(matrix))
    left, values, right = randomized_svd(matrix, rank, random_state=seed)
    kept = np.flatnonzero((left * right.T).sum(0) > 0)[:DIMENSIONS]
    rows = left[:, kept] * np.sqrt(values[kept])
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float32)


def learn_nmf(seen: Seen, seed: int) -> Learned:
    """Visits by services, as logarithms of counts, as the product of two matrices without negatives (Lee & Seung)."""
    from sklearn.decomposition import NMF

    counts = _log_counts(seen)
    model = NMF(min(DIMENSIONS, *counts.shape), init="nndsvdar", random_state=seed, max_iter=150, tol=1e-3)
    visits = model.fit_transform(counts)
    return Learned(visits.astype(np.float32), model.components_.T.astype(np.float32))


def learn_svd(seen: Seen, seed: int) -> Learned:
    """The best plane through the same matrix (truncated SVD)."""
    from sklearn.decomposition import TruncatedSVD

    counts = _log_counts(seen)
    model = TruncatedSVD(min(DIMENSIONS, *counts.shape), random_state=seed)
    visits = model.fit_transform(counts)
    codes = model.components_.T * model.singular_values_
    return Learned(visits.astype(np.float32), codes.astype(np.float32))


def _log_counts(seen: Seen) -> Any:
    """A sparse matrix of SciPy, shape (visits, codes)."""
    from scipy.sparse import csr_matrix

    uses = find_uses(seen.common(), "visit")
    return csr_matrix((np.log1p(uses.weights), uses.columns, uses.offsets), shape=(uses.rows, uses.width))
