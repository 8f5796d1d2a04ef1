"""How an official in Vietnam writes dates and numbers."""
