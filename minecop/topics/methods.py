"""How passages can be grouped. In a module of its own, so that naming them does not import what groups them."""

METHODS = ("graph", "density", "tree")
"""Communities of a graph, UMAP with HDBSCAN, or a tree (Ward) as in small archives."""

COUNTS = {"few": 0.5, "usual": 1.0, "many": 3.0}
"""How fine passages are grouped, by what people ask for: the resolution of communities. ``few`` gives a fifth to two fifths fewer
topics than usual, ``many`` about twice as many; coarser than that, more than a quarter of 300 news are left over."""
