"""The seal on whatever may be shown: who makes a protected value shows it, and only this package imports it."""

from __future__ import annotations

from typing import Any, Self

SEAL = object()
ROOM = __name__.rpartition(".")[0]


class Sealed:
    """A value that only this package makes: copies are the object itself, and it cannot be pickled or subclassed."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        if cls.__module__.rpartition(".")[0] != ROOM or cls.__bases__ != (Sealed,):
            raise TypeError("protected values cannot be subclassed")

    def __post_init__(self, seal: object) -> None:
        if seal is not SEAL:
            raise TypeError("protected values are made by the disclosure gate only")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("protected values are not pickled: use as_dict()")
