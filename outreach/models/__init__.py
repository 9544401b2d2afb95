"""Messages to customers: what is owed, tried, answered; who agreed to what."""
