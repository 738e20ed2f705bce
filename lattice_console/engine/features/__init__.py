"""The use cases, one room per noun, all of one shape."""
