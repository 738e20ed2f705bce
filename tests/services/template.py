"""What every test's database on Postgres begins with."""


def fill(url: str) -> None:
    """Bring the empty database at that URL to the newest migration."""
