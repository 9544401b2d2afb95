"""Actions on everything that a list shows, for every list of the product.

`lists`: which lists there are and what can be done with their rows. `asking`: fixing the set, doing it, undoing it.
`carrying_out`: the steps of the three runs. `results`: what became of each row.
"""
