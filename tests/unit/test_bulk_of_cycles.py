"""What is set beside each other over many cycles are those at the usual rate that are no checks."""

from solver.results import compared, comparison, cycling, style
from solver.results import figures_of_merit as merit
from solver.results.bulk import bulk, capacities, complete
from solver.results.headlines import headlines
from tests.unit.record_example import columns, make_record

NAN = float("nan")


def test_checks_and_formation_are_not_of_the_bulk():
    rates = [0.1, 0.1, 0.5, 0.5, 0.05, 0.5, 0.5, 0.05]
    checks = [0, 0, 0, 0, 1, 0, 0, 1]
    assert list(bulk(rates, checks)) == [rate == 0.5 for rate in rates]


def test_a_check_at_the_usual_rate_is_not_of_the_bulk():
    assert list(bulk([0.5, 0.5, 0.5], [0, 1, 0])) == [True, False, True]


def test_without_a_rate_of_the_most_all_but_checks_count():
    assert list(bulk([0.1, 0.5, 1.0, 0.1, 0.05], [0, 0, 0, 0, 1])) == [True] * 4 + [False]
    assert list(bulk([NAN, NAN, 0.5], [0, 0, 0])) == [True] * 3
    assert list(bulk([], [])) == []


def test_of_checks_alone_all_count():
    assert list(bulk([0.05, 0.05], [1, 1])) == [True, True]


AGED = {
    "discharge_capacity_mAh_per_g": [220.0, 200.0, 230.0, 190.0, 170.0, 210.0],
    "charge_capacity_mAh_per_g": [240.0, 210.0, 231.0, 195.0, 180.0, 0.0],
    "discharge_rate": [0.1, 0.5, 0.05, 0.5, 0.5, 0.05],
    "check_cycle": [False, False, True, False, False, True],
}


def test_what_is_left_is_told_of_the_bulk():
    record = make_record(summary=AGED)
    assert capacities(AGED, "charge") == [210.0, 195.0, 180.0]
    assert dict(merit.capacities(record)) == {
        "first charge": "210 mA h/g",
        "first discharge": "200 mA h/g",
        "last discharge": "170 mA h/g",
        "of the first": "85 %",
    }
    told = dict(headlines(record))["discharge capacity"]
    assert told == "200 \N{RIGHTWARDS ARROW} 170 mA h/g (85 %)"


def test_a_cycle_that_was_cut_off_does_not_count_unless_it_is_the_only_one():
    cut = AGED | {"complete_cycle": [True] * 5 + [False], "check_cycle": [False] * 6}
    cut["discharge_rate"] = [0.5] * 6
    assert capacities(cut, "discharge") == [220.0, 200.0, 230.0, 190.0, 170.0]
    one = {"charge_capacity_mAh_per_g": [240.0], "complete_cycle": [False]}
    assert capacities(one, "charge") == [240.0]
    told = dict(merit.capacities(make_record(summary=cut)))
    assert told["last discharge"] == "170 mA h/g"
    assert told["cut off"] == "cycle 2, which does not count in what is told by cycle"
    assert "cut off" not in dict(merit.capacities(make_record(summary=AGED)))


def test_tables_of_cycles_are_read_without_one_that_was_cut_off():
    table = columns(CYCLES | {"Complete Cycle / 1": [1.0, 1.0, 1.0, 0.0]})
    assert list(complete(table)["Cycle Index / 1"]) == [1, 2, 3]
    assert list(complete(columns(CYCLES))["Cycle Index / 1"]) == [1, 2, 3, 4]
    one = columns({"Cycle Index / 1": [1.0], "Complete Cycle / 1": [0.0]})
    assert list(complete(one)["Cycle Index / 1"]) == [1]


def test_a_cycle_that_was_cut_off_is_not_the_last_that_is_compared():
    """Cycle 2 of the history has ended at 10 mA h/g; the table knows cycle 1 alone."""
    record = make_record()
    known = complete(columns({"Cycle Index / 1": [1.0, 2.0], "Complete Cycle / 1": [1.0, 0.0]}))
    for cycles, last in ((record.table("cycles"), 100.0), (known, 90.0)):
        tables = record.tables | {"cycles": cycles}
        figure = comparison.overlaid([make_record(tables=tables)], compared.CURVES["voltage"])
        assert lines_of(figure, 0)[-1][0][-1] == last


CYCLES = {
    "Cycle Index / 1": [1.0, 2.0, 3.0, 4.0],
    "Check Cycle / 1": [0.0, 1.0, 0.0, 0.0],
    "Discharge Rate / 1": [0.5, 0.05, 0.5, 0.5],
    "Charge Capacity / mA.h.g-1": [210.0, 231.0, 195.0, 185.0],
    "Discharge Capacity / mA.h.g-1": [200.0, 230.0, 190.0, 170.0],
    "Coulombic Efficiency / 1": [0.952, 0.996, 0.974, 0.919],
    "Mean Charge Voltage / V": [3.9, 3.8, 3.91, 3.92],
    "Mean Discharge Voltage / V": [3.7, 3.75, 3.69, 3.68],
}


def lines_of(figure, axes):
    return [
        [list(map(float, values)) for values in line.get_data()] for line in figure.axes[axes].lines
    ]


def test_checks_are_drawn_beside_the_line_of_the_others():
    with style.look():
        figure = cycling.cycling(columns(CYCLES))
    charge, charge_checks, discharge, discharge_checks = lines_of(figure, 0)
    assert charge == [[1, 3, 4], [210, 195, 185]]
    assert charge_checks == [[2], [231]]
    assert discharge == [[1, 3, 4], [200, 190, 170]]
    assert discharge_checks == [[2], [230]]
    assert lines_of(figure, 1) == [
        [[1, 3, 4], [100 * each for each in (0.952, 0.974, 0.919)]],
        [[2], [99.6]],
    ]
    assert lines_of(figure, 2)[2:] == [[[1, 3, 4], [3.7, 3.69, 3.68]], [[2], [3.75]]]


def test_a_full_cell_shows_what_lithium_it_has_left():
    table = columns(CYCLES | {"Lithium Inventory / 1": [0.99, 0.98, 0.97, 0.95]})
    with style.look():
        figure = cycling.cycling(table)
    assert lines_of(figure, 3) == [[[1, 3, 4], [99, 97, 95]], [[2], [98]]]
    assert len(cycling.cycling(columns(CYCLES)).axes) == 3
    told = merit.capacities(make_record(tables={"history": table}))
    assert dict(told)["lithium left in the cell"] == "95 %"


def test_checks_are_no_test_of_rates():
    assert cycling.rate_capability(columns(CYCLES)) is None


def test_formation_before_many_cycles_is_no_test_of_rates():
    rates = [0.1] * 2 + [0.5] * 8
    table = columns({"Discharge Rate / 1": rates, "Discharge Capacity / mA.h.g-1": [200.0] * 10})
    assert cycling.rate_capability(table) is None
    few = columns({header: values[:6] for header, values in table.items()})
    assert cycling.rate_capability(few) is not None


def test_compared_runs_are_drawn_without_checks():
    record = make_record(tables={"cycles": columns(CYCLES)})
    figure = comparison.overlaid([record], compared.CURVES["capacity"])
    assert lines_of(figure, 0) == [[[1, 3, 4], [200, 190, 170]]]


def test_the_table_of_cycles_marks_checks_if_there_are_any():
    head, rows = merit.cycle_table(make_record(tables={"cycles": columns(CYCLES)}))
    assert head[:3] == ["cycle", "check", "charge / mA h/g"]
    assert [row[1] for row in rows] == ["0", "1", "0", "0"]
    none = columns(CYCLES | {"Check Cycle / 1": [0.0] * 4})
    assert "check" not in merit.cycle_table(make_record(tables={"cycles": none}))[0]
    many = columns({"Cycle Index / 1": range(100), "Check Cycle / 1": [0, 1] + [0] * 98})
    assert "check" not in merit.cycle_table(make_record(tables={"cycles": many}))[0]
