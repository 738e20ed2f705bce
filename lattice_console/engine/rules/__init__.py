"""Pure decisions, which see the contract and the merge and nothing else."""
