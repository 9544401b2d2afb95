"""Money at the counter: payments with a receipt, their reversal by two people, and the clerk's till."""
