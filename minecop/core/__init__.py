"""Shared ground: errors, messages, dates, files and shipped data. Imports nothing else of minecop."""
