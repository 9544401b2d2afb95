"""Promises to pay: made, kept, broken, withdrawn (domain 4.3)."""
