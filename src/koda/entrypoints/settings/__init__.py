"""What an operator may say of a marketplace: settings, how they are read, and what is wrong."""
