"""Graphs that others made, and exports of medkg's own, as documents of a graph."""
