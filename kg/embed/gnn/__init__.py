"""Graph neural networks: vectors of concepts from their names, their place in the hierarchy and their neighbours."""
