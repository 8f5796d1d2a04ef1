"""How fast the house is, measured beside others that do the same work on the same database in the same run."""
