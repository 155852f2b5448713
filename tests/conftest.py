"""What all tests share. With this file pytest puts the repository on the path."""
