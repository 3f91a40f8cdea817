"""Marathon: apps and groups as declared, deployed, and explained when they are not healthy."""
