"""Reports from an analysis: pure renderers, templates in files, every quote checked against its source."""
