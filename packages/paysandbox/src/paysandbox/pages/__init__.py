"""The pages that the sandbox hosts for buyers, sellers and people who sign in."""
