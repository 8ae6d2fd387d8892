"""Pages of weblogs and sites of any make: WordPress, Blogger, Drupal, forums, pages made by hand.

``post`` puts a post together: its comments are found by markup or lines in ``comments``, ``head`` tells what the page says of itself,
``bylines`` who wrote and when, ``plain`` what a page holds whose markup says nothing; ``tree`` looks around in the page for all of them.
"""

from minecop.archive.readers.weblog.post import weblog_item, weblog_post
from minecop.archive.readers.weblog.tree import ancestors, elements

__all__ = ["ancestors", "elements", "weblog_item", "weblog_post"]
