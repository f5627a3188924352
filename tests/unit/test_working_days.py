"""Working days in England, held against published lists of bank holidays."""

from __future__ import annotations

from datetime import date

from feedback_app.domain.working_days import WorkingDays, bank_holidays, easter


def days(year: int, *told: str) -> set[date]:
    return {date(year, int(one[3:]), int(one[:2])) for one in told}


def test_easter_is_where_it_was_and_will_be() -> None:
    assert [easter(year) for year in (2024, 2025, 2026, 2038)] == [
        date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2038, 4, 25)]  # fmt: skip


def test_bank_holidays_follow_from_rules() -> None:
    expected = days(2026, "01.01", "03.04", "06.04", "04.05", "25.05", "31.08", "25.12", "28.12")
    assert bank_holidays(2026) == expected
    assert bank_holidays(2027) == days(2027, "01.01", "26.03", "29.03", "03.05", "31.05", "30.08", "27.12", "28.12")
    assert bank_holidays(2022) == days(2022, "03.01", "15.04", "18.04", "02.05", "30.05", "29.08", "26.12", "27.12")


def test_the_next_working_day_passes_over_weekends_and_holidays() -> None:
    rules = WorkingDays()
    assert rules.next_after(date(2026, 11, 20)) == date(2026, 11, 23)  # from Friday to Monday
    assert rules.next_after(date(2026, 4, 2)) == date(2026, 4, 7)  # over Easter
    assert rules.next_after(date(2026, 12, 24)) == date(2026, 12, 29)
    assert rules.next_after(date(2026, 12, 31)) == date(2027, 1, 4)


def test_days_out_of_the_ordinary_come_as_data() -> None:
    moved = WorkingDays(frozenset({date(2022, 6, 2), date(2022, 6, 3)}), frozenset({date(2022, 5, 30)}))
    assert moved.next_after(date(2022, 5, 27)) == date(2022, 5, 30)
    assert moved.next_after(date(2022, 6, 1)) == date(2022, 6, 6)
