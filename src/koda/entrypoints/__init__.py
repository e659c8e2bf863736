"""Where Koda is entered: settings, the container, the web and the terminal."""
