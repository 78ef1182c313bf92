"""Level 1 in closed form: vectors of nodes whose products are what word2vec's come to (SPPMI, Levy and Goldberg 2014).

The positive pointwise mutual information of neighbours, as the best sum of `dimensions` squares: directions of negative
eigenvalues are left out, and each is as long as the root of its eigenvalue (KESER, Hong et al. 2021).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from kg.embed.me2vec.adjacency import Adjacency

#: Directions that are followed beside those that are kept, and how often all are turned (Halko et al. 2011).
_MORE, _PASSES = 32, 8


def factor_graph(graph: Adjacency, dimensions: int, *, device: torch.device, seed: int) -> npt.NDArray[np.float32]:
    """A vector of each node, float32, shape (nodes, dimensions); nodes without neighbours have zeros.

    Memory is linear in edges. Where fewer directions are positive, the rest are zeros.
    """
    found = np.zeros((graph.nodes, dimensions), np.float32)
    rank = min(dimensions + _MORE, graph.nodes)
    if not graph.edges:
        return found
    share, source = graph.strengths(), graph.sources()
    pmi = np.log(graph.weights * share.sum() / (share[source] * share[graph.targets]))
    places = torch.from_numpy(np.stack([source, graph.targets]))
    weights = torch.from_numpy(np.maximum(pmi, 0))
    size = (graph.nodes, graph.nodes)
    matrix = torch.sparse_coo_tensor(places, weights, size, is_coalesced=True, check_invariants=False).to(device)
    generator = torch.Generator(device=device).manual_seed(seed)
    basis = torch.randn(graph.nodes, rank, generator=generator, device=device, dtype=torch.float64)
    for _ in range(_PASSES):
        basis = torch.linalg.qr(matrix @ basis).Q
    values, turned = torch.linalg.eigh(basis.T @ (matrix @ basis))
    kept = values.argsort(descending=True)[:dimensions]
    kept = kept[values[kept] > 0]
    vectors = (basis @ turned[:, kept] * values[kept].sqrt()).cpu().numpy()
    signs = np.sign(vectors[np.abs(vectors).argmax(0), np.arange(vectors.shape[1])])
    found[:, : vectors.shape[1]] = vectors * np.where(signs == 0, 1, signs)
    return found
