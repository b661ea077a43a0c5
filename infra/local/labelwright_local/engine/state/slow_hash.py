"""A hash that takes its time: whoever has the state file can't try out all that was hashed.

scrypt, RFC 7914 (https://doi.org/10.17487/RFC7914), with 16 MiB and about 50 ms a hash.
"""

import hashlib
import hmac
import secrets
import threading

_COST, _BLOCK, _PARALLEL = 2**14, 8, 1
_NAME = "scrypt"

#: However many ask, so many are made at once: memory and processors are there for others, too.
_AT_ONCE = threading.BoundedSemaphore(2)


def slow_hash(text: str) -> str:
    """Return ``scrypt$<cost>$<salt>$<hash>``, each time with another salt."""
    return _hashed(text, _COST, secrets.token_bytes(16))


def is_hash_of(text: str, kept: str) -> bool:
    """Tell whether ``kept`` is a slow hash of the text."""
    name, cost, salt, _ = kept.split("$")
    if name != _NAME:
        return False
    return hmac.compare_digest(_hashed(text, int(cost), bytes.fromhex(salt)), kept)


def _hashed(text: str, cost: int, salt: bytes) -> str:
    with _AT_ONCE:
        found = hashlib.scrypt(text.encode(), salt=salt, n=cost, r=_BLOCK, p=_PARALLEL, dklen=32)
    return f"{_NAME}${cost}${salt.hex()}${found.hex()}"
