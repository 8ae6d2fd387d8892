"""From files of any supported kind to posts, comments and an account of what was read, merged, guessed and refused."""
