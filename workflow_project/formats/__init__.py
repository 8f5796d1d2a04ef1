"""How dates and numbers are written on this house's pages, by language."""
