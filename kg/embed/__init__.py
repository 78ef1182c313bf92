"""Vectors of the graph and of care: training them, saying how good they are, and finding what lies near.

Torch is imported only where something is trained or scored; vectors are read, and neighbours found, without it.
"""
