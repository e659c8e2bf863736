"""Values, entities, states and errors. Imports attrs and the standard library only."""
