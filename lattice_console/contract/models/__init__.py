"""The nouns of the contract, one file each."""
