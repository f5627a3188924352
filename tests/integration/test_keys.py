"""Exchanging the keys that personal data is encrypted with: everything opens all the while, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from feedback_app.services import sealing
from feedback_app.store import resealing, sealed
from tests.support.commands import CommandLine

OLD, NEW, LOST = (Fernet.generate_key().decode() for _ in range(3))
SECRETS = {f"person{number}@example.org": f"totp secret {number}" for number in range(7)}


@pytest.fixture(autouse=True)
def keys_of_the_test() -> Iterator[None]:
    """Whatever keys a test uses, those of before are used after it."""
    before = sealed._keys
    yield
    sealed.use_keys(before)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A look at the database as it lies, nothing opened; filled with things that the old key sealed."""
    made = create_engine(database_url)
    ring = Fernet(OLD)
    with made.begin() as connection:
        for number, (email, secret) in enumerate(SECRETS.items(), start=1):
            connection.execute(
                text(
                    "INSERT INTO staff_user (id, partnership, email, active, fs_uniquifier, workstreams,"
                    " tf_totp_secret) VALUES (:id, 'lancashire', :email, :on, :email, '[]', :secret)"
                ),
                {
                    "id": number,
                    "email": email,
                    "on": True,
                    "secret": ring.encrypt(secret.encode()).decode(),
                },
            )
        connection.execute(
            text(
                "INSERT INTO outbox_job (id, partnership, kind, payload, attempts, failed)"
                " VALUES ('0123456789abcdef0123456789abcdef', 'lancashire', 'mail', :payload, 0, :failed)"
            ),
            {"payload": '{"to": "somebody@example.org"}', "failed": True},
        )
    yield made
    made.dispose()


def column(engine: Engine, name: str, table: str = "staff_user") -> list[str]:
    """Return what stands in a column, as it lies."""
    with engine.connect() as connection:
        return list(connection.scalars(text(f"SELECT {name} FROM {table} ORDER BY id")))


def opened(texts: list[str], key: str) -> list[str]:
    """Return texts opened with one key alone."""
    return [Fernet(key).decrypt(one.encode()).decode() for one in texts]


def line_of(printed: str, name: str) -> str:
    """Return what `keys status` says of a column."""
    return next(line.partition("\t")[2] for line in printed.splitlines() if line.startswith(name))


def test_a_new_key_is_one_that_the_settings_take(database_url: str) -> None:
    key = CommandLine(database_url).must("keys", "new").strip()
    CommandLine(database_url, data_keys=key).must("keys", "status")


def test_after_an_exchange_the_new_key_opens_everything_and_the_old_can_go(database_url: str, engine: Engine) -> None:
    both = CommandLine(database_url, data_keys=f"{NEW},{OLD}")
    before = both.must("keys", "status")
    assert line_of(before, "staff_user.tf_totp_secret") == "key 2: 7"
    assert line_of(before, "outbox_job.payload") == "not sealed yet: 1"
    assert "8 values sealed anew" in both.must("keys", "rotate")
    after = both.must("keys", "status")
    assert line_of(after, "staff_user.tf_totp_secret") == "key 1: 7"
    assert "may be taken out of FEEDBACK_DATA_KEYS: key 2." in after
    assert opened(column(engine, "tf_totp_secret"), NEW) == list(SECRETS.values())
    assert opened(column(engine, "payload", "outbox_job"), NEW) == ['{"to": "somebody@example.org"}']
    alone = CommandLine(database_url, data_keys=NEW)
    assert "0 values sealed anew" in alone.must("keys", "rotate")
    assert "none of the keys" not in alone.must("keys", "status")


def test_nothing_that_is_sealed_is_printed(database_url: str, engine: Engine) -> None:
    both = CommandLine(database_url, data_keys=f"{NEW},{OLD}")
    printed = both.must("keys", "status") + both.must("keys", "rotate") + both.must("audit", "list")
    for secret in (OLD, NEW, *SECRETS, *SECRETS.values(), "gAAAA"):
        assert secret not in printed
    assert "keys exchanged" in printed


def test_an_exchange_that_is_killed_loses_nothing_and_goes_on(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, batches = resealing.reseal_batch, iter(range(100))

    def killed_in_the_third(*given: Any) -> resealing.Batch:
        batch = real(*given)
        if batch.anew and next(batches) == 2:
            raise KeyboardInterrupt
        return batch

    monkeypatch.setattr(sealing.reseal_all, "__defaults__", (3,))
    both = CommandLine(database_url, data_keys=f"{NEW},{OLD}")
    with monkeypatch.context() as cut:
        cut.setattr(resealing, "reseal_batch", killed_in_the_third)
        assert both("keys", "rotate").exit_code != 0
    halfway = both.must("keys", "status")
    assert "key 1: " in halfway
    assert "key 2: " in halfway
    assert "none of the keys" not in halfway
    both.must("keys", "rotate")
    assert "key 2:" not in both.must("keys", "status")
    assert opened(column(engine, "tf_totp_secret"), NEW) == list(SECRETS.values())


def test_what_none_of_the_keys_opens_is_left_and_told(database_url: str, engine: Engine) -> None:
    stranger = Fernet(LOST).encrypt(b"theirs").decode()
    with engine.begin() as connection:
        connection.execute(text("UPDATE staff_user SET tf_totp_secret = :given WHERE id = 3"), {"given": stranger})
    done = CommandLine(database_url, data_keys=f"{NEW},{OLD}")("keys", "rotate")
    assert done.exit_code == 1
    assert "1 values are sealed with none of the keys" in done.output
    assert column(engine, "tf_totp_secret")[2] == stranger
    assert opened([*column(engine, "tf_totp_secret")[:2]], NEW) == list(SECRETS.values())[:2]


def test_every_sealed_column_is_known_to_the_exchange() -> None:
    names = {resealing.name_of(column) for column in resealing.list_columns()}
    assert {"outbox_job.payload", "staff_user.tf_totp_secret"} <= names
