"""The mutation engine: pure rules, use cases, and the stores and gateways that reach outside."""
