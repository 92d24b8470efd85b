"""For those who operate it: incidents, metrics, the demo's clock."""
