"""Those who were rated contest a rating."""
