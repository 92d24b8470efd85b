"""What makes the application: settings, clock, database, security, measuring, what leaves."""
