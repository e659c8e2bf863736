"""The marketplace itself: values, entities and use cases, free of any technology."""
