"""Figures of the product at full size, each beside its floor measured in the same run."""
