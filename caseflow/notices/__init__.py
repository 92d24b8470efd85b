"""What is sent: notices to offices and people, their inbox, and mail and text messages that leave."""
