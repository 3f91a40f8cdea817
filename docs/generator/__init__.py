"""Makes the pages of the reference from what the code says of itself: nothing here is written twice."""
