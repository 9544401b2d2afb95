"""Waiving late fees (domain 4.3, 4.11)."""
