"""The parts that screens are made of: they take models and post messages."""
