"""What the service tasks of the diagrams do."""
