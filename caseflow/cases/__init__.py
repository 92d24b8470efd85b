"""What happens to one case, from its opening to its close."""
