"""A billing system for trying things out: `python -m billing.simulator --help`.

It speaks the product's own API as docs/billing_system.md has it, misbehaves on request, and keeps in its book what it
did and how it believes each line stands. Nothing here imports Django, so that it stays small beside the product.
"""
