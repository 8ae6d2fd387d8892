"""A finished run in a browser of this machine: searched, read in context, walked through."""
