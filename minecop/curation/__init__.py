"""What people decide about a run: kept beside the archive, found again by content, and applied to whatever is shown."""
