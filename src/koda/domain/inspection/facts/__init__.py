"""What is known of n8n, Make, Zapier and services, from data files beside this module."""
