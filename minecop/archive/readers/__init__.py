"""Readers: one kind of file each, from bytes to posts."""
