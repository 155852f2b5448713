"""What a uniform flux over the outside cannot go with is refused where it stands."""

import pytest

from solver.case import CaseError
from tests.particles import case_of

UNIFORM = "electrode.flux=uniform"
CHARGE = "Charge at 1C until 4.3 V"


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("{hold: {voltage: 4.3 V, until: {time: 1 h}}}", "hold"),
        ("Sweep at 1 mV/s to 4.4 V", "sweep"),
        ("Impedance from 1 kHz to 1 mHz", "impedance"),
    ],
)
def test_steps_without_a_current_of_their_own_are_refused(step, kind):
    protocol = f"[{CHARGE}, {{repeat: {{times: 2, steps: [Rest for 1 h, {step}]}}}}]"
    case_of(protocol)
    with pytest.raises(CaseError, match=f"{kind} imposes no current to spread") as refused:
        case_of(protocol, UNIFORM)
    assert "protocol.1.repeat.steps.1" in str(refused.value)


def test_currents_pulses_and_rests_are_taken():
    pulses = "'Pulse at 1C for 30 s, rest for 30 s, until 2 pulses'"
    case = case_of(f"[{pulses}, {CHARGE}, Rest for 1 h, Discharge at 1C until 2.7 V]", UNIFORM)
    assert case.electrode.flux == "uniform"


@pytest.mark.parametrize(
    ("override", "why"),
    [
        ("particle.coating.thickness=20 nm", "leave out particle.coating"),
        ("physics.interphase.enabled=true", "interphase grows by a current of its own"),
    ],
)
def test_what_has_no_place_in_it_is_refused(override, why):
    case_of(f"[{CHARGE}]", override)
    with pytest.raises(CaseError, match=why):
        case_of(f"[{CHARGE}]", override, UNIFORM)


def test_ions_stay_out_of_boundaries():
    assert case_of(f"[{CHARGE}]").ions_in_boundaries()
    assert not case_of(f"[{CHARGE}]", UNIFORM).ions_in_boundaries()
    assert not case_of(f"[{CHARGE}]", "physics.boundary_network.enabled=false").ions_in_boundaries()
