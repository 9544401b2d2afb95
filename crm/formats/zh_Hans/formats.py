"""Numbers stand in threes in Chinese pages too, as sums of money do and as a Chinese bill shows them."""

NUMBER_GROUPING = 3
THOUSAND_SEPARATOR = ","
