"""Every store in MongoDB: what a marketplace of several machines keeps."""
