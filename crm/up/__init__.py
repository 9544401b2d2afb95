"""`python -m crm.up`: everything the product needs, under one supervisor, from one command."""
