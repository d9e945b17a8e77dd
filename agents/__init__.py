"""Who lives in the city: units, the command centre and the sources of cases, as habits over the world's facts."""
