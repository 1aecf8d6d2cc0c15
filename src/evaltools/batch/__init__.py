"""What runs the notebooks and publishes their pages; knows notebooks as files only."""
