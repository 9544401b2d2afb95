"""Faults against the real clockwork: processes killed, servers restarted, the broker emptied, while work goes on."""
