"""SMTP: notices as e-mail, written here and handed to a mail server."""
