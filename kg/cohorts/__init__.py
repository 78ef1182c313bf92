"""Figures of populations: which may be told, and what they bring to the graph."""
