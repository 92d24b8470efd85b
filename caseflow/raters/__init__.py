"""Those who rated: their contact, trying to reach them, telling them."""
