"""The pages, a module a subject: each route reads the request, calls a use case, renders."""
