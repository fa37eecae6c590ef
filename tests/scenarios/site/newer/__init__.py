"""What the next version of the site's code has besides."""
