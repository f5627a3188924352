"""Disclosure control: laws that hold for any table, and a reader who tries every table that fits."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from feedback_app.domain.disclosure.gate import protect, total_safe
from feedback_app.domain.disclosure.policy import Policy
from feedback_app.domain.disclosure.ranges import SAFE_WIDTH, Range, cell_range, rounded, rounded_range, rounded_within
from feedback_app.domain.disclosure.rules import ItemTable
from feedback_app.domain.disclosure.safe import SafeCount, SafeTable
from feedback_app.domain.disclosure.settling import settle
from feedback_app.domain.missing import MISSING_KEYS
from feedback_app.domain.scoring.counts import Counts
from feedback_app.domain.scoring.headlines import headlines_for, share_headline

POLICY = Policy()
cell = st.integers(0, 30)
small_and_large = st.one_of(st.integers(0, 6), st.integers(0, 60), st.integers(0, 900))
CODES = {"freq5": range(1, 6), "csat5": range(1, 6), "smiley3": range(1, 4), "nps11": range(11), "single": range(1, 8)}


@st.composite
def tables(draw: st.DrawFn, code: str = "PC06") -> ItemTable:
    item_type = draw(st.sampled_from(sorted(CODES)))
    values = {option: draw(small_and_large) for option in CODES[item_type]}
    missing = {kind: draw(small_and_large) for kind in draw(st.sets(st.sampled_from(MISSING_KEYS)))}
    headlines = headlines_for(item_type)
    return ItemTable(code, item_type, Counts(values, missing), headlines, draw(st.booleans()), draw(st.booleans()))


def one(table: ItemTable) -> SafeTable:
    return protect([table], POLICY)[0]


def threshold_of(table: ItemTable) -> int:
    return POLICY.threshold_for(table.minors, table.sensitive)


@given(tables())
def test_no_count_under_the_threshold_is_ever_shown(table: ItemTable) -> None:
    shown, threshold = one(table), threshold_of(table)
    exact = {share.code: table.counts.values[share.code] for share in shown.distribution}
    pairs = [(share.count, exact[share.code]) for share in shown.distribution]
    pairs += [(count, table.counts.missing[kind]) for kind, count in shown.missing.items()]
    for count, true in pairs:
        assert (count.value is None) == (true < threshold)
        assert count.value is None or (count.value >= threshold and count.value % POLICY.rounding == 0)
        assert count.low <= true <= count.high
        assert count.high - count.low >= 2


@given(tables())
def test_a_small_base_shows_nothing_and_a_shown_base_is_rounded(table: ItemTable) -> None:
    shown, least = one(table), POLICY.base_for(table.minors)
    assert shown.base.low <= table.counts.base <= shown.base.high
    if table.counts.base < least:
        assert (shown.withheld, shown.distribution, dict(shown.missing)) == ("R0", (), {})
        assert all(figure.withheld == "R0" for figure in shown.figures)
    else:
        assert shown.base.value % POLICY.rounding == 0
        assert shown.base.value >= least


@given(tables())
def test_a_shown_figure_is_whole_stays_in_its_interval_and_near_the_exact_one(table: ItemTable) -> None:
    shown = one(table)
    for spec, figure in zip(table.headlines, shown.figures, strict=True):
        assert figure.name == spec.name
        if figure.withheld:
            assert (figure.value, figure.low, figure.high) == (None, None, None)
            assert figure.reason
            continue
        assert figure.low is None or -100 <= figure.low <= figure.value <= figure.high <= 100
        exact = spec.function(table.counts).value
        assert abs(figure.value - exact) <= 0.5 + 100 * 4 * len(table.counts.values) / table.counts.base


@given(tables())
def test_every_part_of_a_shown_figure_holds_enough_people(table: ItemTable) -> None:
    """A part is told as if it were up to SAFE_WIDTH larger or smaller (`settling`): so far the true one may be off."""
    for spec, figure in zip(table.headlines, one(table).figures, strict=True):
        if figure.withheld is None:
            parts = spec.parts(table.possible)
            assert all(table.counts.of(part) >= threshold_of(table) - SAFE_WIDTH for part in parts)
            assert table.counts.base >= max(spec.minimum_base, POLICY.base_for(table.minors))


@given(tables())
def test_percentages_come_from_the_shown_counts_alone(table: ItemTable) -> None:
    shown = one(table)
    for share in shown.distribution:
        everybody = share.count.value == shown.base.value and len(table.possible) > 1 and not table.multi
        if share.count.value is None or everybody:  # rounded counts cannot know that all gave one answer
            assert share.percent is None
        else:
            assert abs(share.percent - 100 * share.count.value / shown.base.value) <= 0.5
            assert 0 <= share.percent <= 100


@given(st.tuples(cell, cell, cell), st.booleans(), st.booleans())
def test_under_100_a_share_of_one_option_is_that_options_percent_and_the_people_beside_it(
    cells: tuple[int, ...], minors: bool, sensitive: bool
) -> None:
    counts = Counts(dict(enumerate(cells, start=1)))
    specs = [share_headline(f"option_{code}", (code,)) for code in counts.values]
    for spec, code in zip(specs, counts.values, strict=True):
        shown = one(ItemTable("PC40", "single", counts, (spec,), minors, sensitive))
        if shown.headline.withheld is None and sum(cells) < 100:
            beside = next(share for share in shown.distribution if share.code == code)
            assert (shown.headline.value, shown.headline.people) == (beside.percent, beside.count)
            assert shown.headline.base == shown.base


@given(tables())
def test_the_people_of_a_share_are_its_sum_rounded_on_its_own_or_two_within_its_ends(table: ItemTable) -> None:
    for spec, figure in zip(table.headlines, one(table).figures, strict=True):
        assert (figure.people is None) == (figure.withheld is not None or not spec.is_share)
        if figure.people is not None:
            number = table.counts.of(spec.groups[0])
            assert figure.people.low <= number <= figure.people.high
            assert abs(figure.people.value - number) <= 2 + 2 * len(table.headlines)
            assert figure.people.value % 5 == 0
            if table.counts.base < 100:
                assert abs(figure.value - 100 * figure.people.value / figure.base.value) <= 0.5


@given(st.tuples(tables("PC01"), tables("PC02"), tables("PC03")))
def test_the_order_of_tables_and_options_changes_nothing(three: tuple[ItemTable, ...]) -> None:
    forwards = protect(three, POLICY)
    backwards = protect([turned(table) for table in reversed(three)], POLICY)
    assert list(forwards) == list(reversed(list(backwards)))
    assert forwards == protect(three, POLICY)


def turned(table: ItemTable) -> ItemTable:
    values = dict(reversed(table.counts.values.items()))
    missing = dict(reversed(table.counts.missing.items()))
    return ItemTable(table.code, table.type, Counts(values, missing), table.headlines, table.minors, table.sensitive)


@given(st.tuples(cell, cell, cell, cell, cell), st.permutations(range(1, 6)), st.booleans())
def test_one_changed_answer_within_the_same_rounding_classes_changes_nothing(
    cells: tuple[int, ...], codes: list[int], minors: bool
) -> None:
    before = dict(zip(range(1, 6), cells, strict=True))
    source, target = codes[:2]
    assume(before[source] and 20 <= sum(cells) < 100)
    after = before | {source: before[source] - 1, target: before[target] + 1}
    headlines = headlines_for("freq5")
    first, second = (ItemTable("PC06", "freq5", Counts(each), headlines, minors) for each in (before, after))
    assume(all(classes(first, (code,)) == classes(second, (code,)) for code in before))
    assume(all(classes(first, part) == classes(second, part) for part in ((4, 5), (1, 2, 3))))
    assert one(first).as_dict() == one(second).as_dict()


def classes(table: ItemTable, codes: tuple[int, ...]) -> tuple[int | None, ...]:
    """Return the rounding class of a sum, as it is and as it is held for the figures; None for a hidden one."""
    sums = table.counts.of(codes), settle(table, POLICY).counts.of(codes)
    return tuple(rounded(each, POLICY.rounding) if each >= threshold_of(table) else None for each in sums)


@given(st.integers(0, 5000), st.integers(2, 11))
def test_rounding_is_to_the_nearest_and_its_range_holds_just_the_counts_of_one_class(count: int, step: int) -> None:
    value = rounded(count, step)
    low, high = rounded_range(count, step, 0)
    assert value % step == 0
    assert 2 * abs(value - count) <= step
    assert low <= count <= high
    assert {rounded(each, step) for each in range(low, high + 1)} == {value}
    assert rounded(high + 1, step) != value


@given(st.integers(0, 3000), st.booleans())
def test_a_total_holds_the_true_one_in_its_range(count: int, minors: bool) -> None:
    total: SafeCount = total_safe(count, POLICY, minors)
    assert total.low <= count <= total.high
    assert total == total_safe(total.low, POLICY, minors) == total_safe(total.high, POLICY, minors)


@given(st.lists(cell, min_size=1, max_size=5), st.data())
def test_a_total_held_within_its_cells_leaves_a_hidden_one_room_however_it_is_printed(
    counts: list[int], data: st.DataObject
) -> None:
    cells = [cell_range(count, 5, 5) for count in (*counts, data.draw(st.integers(0, 4)))]
    ends = Range(sum(each.low for each in cells), sum(each.high for each in cells))
    total = data.draw(st.integers(*ends))
    value, range_ = rounded_within(total, 5, ends)
    assert value % 5 == 0
    assert range_.low <= total <= range_.high
    others = Range(ends.low, ends.high - 4)
    left = Range(0, 4).within(range_.low - others.high, range_.high - others.low)
    assert left.high - left.low >= SAFE_WIDTH
    assert {rounded_within(each, 5, ends) for each in range(range_.low, range_.high + 1)} == {(value, range_)}
