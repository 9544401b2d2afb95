"""What is owed to customers by people: follow-ups, and the notices that ring them."""
