"""What the loader folders share: the only code outside them that knows Salt."""
