"""How writes to tables are found and put in order."""
