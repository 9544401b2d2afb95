"""An operator's SMS and mail centre for trying things out: `python -m outreach.simulator --help`.

It speaks the HTTP JSON of docs/gateways.md, misbehaves on request, and keeps the truth: what each phone really got.
Nothing here imports Django, so that it stays small beside the product.
"""
