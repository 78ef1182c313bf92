"""ME2Vec: vectors of services, of those who give them, and of patients, each level made of the one before.

Wu, Wang, Wang, Zhao, Yuan: Scientific Reports 11:5858, 2021. The method is known to us from its abstract, its
introduction and its published code; where those differ or are silent, the module of each level says what is done here.
"""
