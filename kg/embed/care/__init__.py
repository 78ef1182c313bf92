"""What vectors of care are worth: tasks, folds that share no patient, scores with intervals, and what to beat."""
