"""Vectors of entities and relations learned from facts, for saying which facts are missing (link prediction).

`kg.embed.kge.training.train_kge` is the way in; `settings` says what can be chosen and is read without torch.
"""
