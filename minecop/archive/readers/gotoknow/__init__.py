"""Pages of GotoKnow and its sister sites, of every generation of their engine, as HTML.

``place`` tells what a page is by its address; ``finding`` finds what is where in its markup, ``marking`` takes its text with marks for
that; ``fields``, ``dividing``, ``parting`` and ``comments`` read this text by the site's words; ``post`` and ``alone`` put posts together.
"""

from minecop.archive.readers.gotoknow.post import gotoknow_post

__all__ = ["gotoknow_post"]
