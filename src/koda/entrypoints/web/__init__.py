"""The web: server-rendered pages, a JSON API and the providers' webhooks, on Flask."""
