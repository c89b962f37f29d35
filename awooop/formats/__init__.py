"""How dates and times read: the same in every language, so that two people see one thing."""
