"""The wall around unit tests stands."""

from __future__ import annotations

import socket
import sqlite3

import psycopg
import pytest


def test_a_unit_test_cannot_open_sqlite() -> None:
    with pytest.raises(RuntimeError, match=r"sqlite3\.connect"):
        sqlite3.connect(":memory:")


def test_a_unit_test_cannot_open_postgresql() -> None:
    with pytest.raises(RuntimeError, match=r"psycopg\.connect"):
        psycopg.Connection.connect("host=127.0.0.1 dbname=postgres")


def test_a_unit_test_cannot_reach_the_network() -> None:
    with socket.socket() as phone, pytest.raises(RuntimeError, match=r"socket\.connect"):
        phone.connect(("127.0.0.1", 9))


def test_a_unit_test_cannot_look_up_a_name() -> None:
    with pytest.raises(RuntimeError, match=r"socket\.getaddrinfo"):
        socket.getaddrinfo("localhost", 80)
