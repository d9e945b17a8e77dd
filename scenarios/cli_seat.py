"""`gridtwin seat …`: gives out seats in the room, and takes them back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from twin.domain.seat import Role

seat_app = typer.Typer(help="Give out seats in the room, and take them back.", no_args_is_help=True)

File = Annotated[Path, typer.Option("--file", help="The file of seats; made if there is none.")]
Name = Annotated[str, typer.Argument(help="What journals and pages call the seat.")]


@seat_app.command("new")
def new(
    name: Name,
    role: Annotated[Role, typer.Option("--role", help="What it is for.")],
    file: File,
    area: Annotated[
        list[str] | None, typer.Option("--area", help="May command in this area only; repeat for more.")
    ] = None,
) -> None:
    """Add a seat and print the path of its secret link, this once."""
    from scenarios.seats_edit import add_seat
    from twin.domain.seat import Seat

    token = add_seat(file, Seat(name, role, tuple(area or ())))
    Console(stderr=True, soft_wrap=True).print(
        "The path of the link, after the room's address. It is shown only now: hand it on as you would a key.",
        highlight=False,
    )
    print(f"/seat/{token}")


@seat_app.command("revoke")
def revoke(name: Name, file: Annotated[Path, typer.Option("--file", help="The file of seats.")]) -> None:
    """Take a seat back; a running room notices at once."""
    from scenarios.seats_edit import revoke_seat

    revoke_seat(file, name)
