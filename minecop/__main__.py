"""``python -m minecop``: the command line."""

from minecop.cli import entry

if __name__ == "__main__":
    entry()
