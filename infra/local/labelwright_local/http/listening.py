"""Where our servers listen: a port of this machine, or of the network."""

import socket

from labelwright.errors import UsageError

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only where --open-to-network asks


def listen(host: str, port: int) -> socket.socket:
    """Take the port; 0 takes any that is free.

    Raises:
        UsageError: it is taken, or can't be.
    """
    try:
        return socket.create_server((host, port), backlog=256)
    except OSError as error:
        raise UsageError(
            f"port {port} can't be taken ({error.strerror}); choose another with --port"
        ) from None


def own_address() -> str | None:
    """Return this machine's address in its network, as the system would choose it; None: in none.

    Choosing a way sends nothing: the address asked for is one that RFC 5737 keeps for examples.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
