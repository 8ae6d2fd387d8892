"""One analysis of one archive: settings, stages in order, artefacts that are reused when nothing changed."""
