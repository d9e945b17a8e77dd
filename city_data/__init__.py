"""Where the city comes from: streets, stations and histories, read from files and checked at the border."""
