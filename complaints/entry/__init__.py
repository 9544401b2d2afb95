"""The page on which a complaint is accepted, and what stands beside it while the clerk types."""
