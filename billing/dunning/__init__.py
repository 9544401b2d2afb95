"""Dunning: nobody is stopped without a friendly reminder (A25, A26, domain 4.3)."""
