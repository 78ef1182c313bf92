"""What ME2Vec is measured beside; each is one function of what is seen and a seed."""
