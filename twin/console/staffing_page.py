"""stub"""

from twin.console.desk import House
from twin.console.visit import Visit


def show_staffing(house: House, visit: Visit) -> None: ...
