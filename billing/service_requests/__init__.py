"""What the billing system is asked to do with lines, and its answers (domain 4.3)."""
