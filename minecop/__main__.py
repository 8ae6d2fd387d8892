"""``python -m minecop``: the command line."""

from minecop.cli import main

if __name__ == "__main__":
    main()
