"""Level 3 in closed form: patients as the best plane through what they had, with what stands above it.

The best `dimensions` directions of the matrix of patients and services (truncated SVD, Halko et al. 2011), where each
service counts once for itself and for each of its ancestors in the terminology: patients with different codes of one
branch come near each other, and a rare code speaks through its parent. A new patient is put in by one product.
"""

from __future__ import annotations

import numpy as np
import torch

from kg.embed.me2vec.uses import Matrix, Uses

_MORE = 16
_PASSES = 6


def find_directions(uses: Uses, dimensions: int, *, device: torch.device, seed: int) -> Matrix:
    """The right singular vectors of `uses`, float32, shape (width, dimensions), by falling singular value.

    Fewer where the matrix has fewer; the rest are zeros. Signs are such that the greatest entry of each is positive.
    """
    matrix = uses.to_tensor(device)
    flipped = matrix.t()
    rank = min(dimensions + _MORE, uses.rows, uses.width)
    found = np.zeros((uses.width, dimensions), np.float32)
    if not rank or not len(uses.columns):
        return found
    generator = torch.Generator(device=device).manual_seed(seed)
    basis = torch.randn(uses.width, rank, generator=generator, device=device)
    for _ in range(_PASSES):
        basis = torch.linalg.qr(flipped @ (matrix @ basis)).Q
    _, _, turned = torch.linalg.svd(matrix @ basis, full_matrices=False)
    right = (basis @ turned.T)[:, :dimensions].cpu().numpy()
    signs = np.sign(right[np.abs(right).argmax(0), np.arange(right.shape[1])])
    found[:, : right.shape[1]] = right * np.where(signs == 0, 1, signs)
    return found
