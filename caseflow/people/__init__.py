"""Who may what: accounts, offices, roles, and what a role may see and do."""
