"""What is around every page: navigation, figures, who may open which route."""
