"""Fine-tunes a causal language model on the pairs that `dupi advice-data` writes."""
