"""From posts and comments to passages (spans of their own text) and words."""
