"""Shared issues, early voices and what is no issue: who says it, where, when, and in whose words."""
