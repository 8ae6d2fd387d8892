"""How passages can be grouped. In a module of its own, so that naming them does not import what groups them."""

METHODS = ("graph", "density", "tree")
"""Communities of a graph, UMAP with HDBSCAN, or a tree (Ward) as in small archives."""
