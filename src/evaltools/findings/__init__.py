"""What can be said: published claims, targets, money and the strength of the evidence."""
