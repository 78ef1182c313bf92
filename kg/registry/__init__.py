"""Registry tables (专病库): for each patient of a cohort a row of fields, with the evidence behind each cell."""
