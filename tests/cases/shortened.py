"""Overrides that make the shipped cases short enough to be run as tests."""

SHORT = {
    "quickstart": [
        "particle.radius=1.5 um",
        "particle.grains.count=10",
        "particle.grains.shortest_edge=0.211",
        "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
        "protocol.0.charge.until={time: 4800 s}",
        "protocol.1.discharge.until={time: 1200 s}",
        "numerics.time_step.fixed=200 s",
    ],
}
SHORT["sphere50"] = [
    "particle.grains.count=12",
    "particle.grains.shortest_edge=0.25",
    "particle.radius=1 um",
    "particle.mesh={size: 0.5 um, boundary_size: 0.4 um}",
    "protocol.0.charge={rate: 2C, until: {time: 1200 s}}",
    "numerics.time_step.fixed=300 s",
]
YAN = [
    "particle.grains.count=40",
    "particle.grains.shortest_edge=0.25",
    "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
    "physics.wetting.ramp=60 s",
]
SHORT |= {
    f"yan2018/{name}": [
        *YAN,
        "physics.fatigue.acceleration=50",
        "physics.corrosion.acceleration=3000",
        "protocol=[{charge: {rate: 2C, until: {time: 1500 s}}},"
        " {discharge: {rate: 2C, until: {time: 300 s}}}]",
        "numerics.time_step={maximum: 150 s, fixed: 150 s}",
    ]
    for name in ("pristine", "as_coated", "infused")
}
SHORT["yan2018/full_cell"] = [
    "particle.grains.count=20",
    "particle.grains.shortest_edge=0.25",
    "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
    "physics.wetting.ramp=60 s",
    "protocol=[{charge: {rate: 2C, until: {time: 1200 s}}},"
    " {discharge: {rate: 2C, until: {time: 300 s}}}]",
    "numerics.time_step={maximum: 150 s, fixed: 150 s}",
]
BRIEF = [*YAN, "protocol=[{charge: {rate: 1C, until: {time: 180 s}}}]"]
SHORT |= {
    f"yan2018/rate_{name}": [*BRIEF, "numerics.time_step={maximum: 60 s, fixed: 60 s}"]
    for name in ("pristine", "as_coated", "infused")
}
SHORT |= {
    f"yan2018/aged_{name}": [*BRIEF, "numerics.time_step.fixed=60 s"]
    for name in (
        *("pristine", "as_coated", "infused"),
        *("infused_weak", "infused_leaky", "pristine_sealed"),
    )
}
SHORT |= {
    f"yan2018/{name}_{warm}C": [
        *BRIEF,
        "particle.grains.count=20",
        "particle.mesh={size: 0.25 um, boundary_size: 0.18 um}",
        "numerics.cycle_jump.enabled=false",
        "numerics.time_step={initial: 60 s, maximum: 60 s, fixed: 60 s}",
    ]
    for name in ("pristine", "as_coated", "infused")
    for warm in (25, 60)
}
SHORT |= {
    f"yan2018/full_cell_{name}": SHORT[f"yan2018/{name}_25C"]
    for name in ("pristine", "as_coated", "infused")
}
SHORT |= {
    f"yan2018/ball_{name}": [
        "particle.grains.count=10",
        "particle.grains.shortest_edge=0.25",
        "particle.radius=0.4 um",
        "particle.mesh={size: 0.2 um, boundary_size: 0.18 um}",
        "physics.wetting.ramp=60 s",
        "protocol=[{charge: {rate: 1C, until: {time: 1800 s}}}]",
        "numerics.time_step={maximum: 300 s, fixed: 300 s}",
    ]
    for name in ("pristine", "as_coated", "infused")
}
SHORT |= {
    f"yan2018/ball_{name}_{temperature}": [
        *SHORT[f"yan2018/ball_{name}"],
        "numerics.cycle_jump.enabled=false",
    ]
    for name in ("pristine", "as_coated", "infused")
    for temperature in ("25C", "60C")
}
SHORT |= {
    f"yan2018/ball200_{name}_25C": SHORT[f"yan2018/ball_{name}_25C"]
    for name in ("pristine", "infused")
}
SHORT["guo2022/bare"] = SHORT["guo2022/coated"] = [
    "particle.mesh={size: 2 um, boundary_size: 1.5 um}",
    "protocol=[{charge: {rate: C/5, until: {time: 600 s}}}]",
    "numerics.time_step.fixed=120 s",
]
SHORT |= {
    f"guo2022/{name}_100_cycles": [
        "particle.mesh={size: 2 um, boundary_size: 1.5 um}",
        "protocol=[{charge: {rate: C/5, until: {time: 600 s}}}]",
        "numerics.cycle_jump.enabled=false",
        "numerics.time_step={initial: 120 s, maximum: 120 s, fixed: 120 s}",
    ]
    for name in ("bare", "coated")
}
SHORT |= {
    f"ecker2015/discharge_{rate}": [
        "particle.mesh={size: 3 um, boundary_size: 2.5 um}",
        f"protocol=[{{discharge: {{rate: {rate}, until: {{time: 120 s}}}}}}]",
        "numerics.time_step.fixed=30 s",
    ]
    for rate in ("1C", "5C")
}
SHORT["core_shell/core_shell"] = [
    "particle.radius=1.5 um",
    "particle.grains.count=12",
    "particle.grains.shortest_edge=0.25",
    "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
    "materials.regions.0.within=0.9 um",
    "protocol.0.charge={rate: 1C, until: {time: 2400 s}}",
    "protocol.1.discharge={rate: 1C, until: {time: 600 s}}",
    "numerics.time_step.fixed=200 s",
]
SHORT["calendered/pressed"] = [
    "particle.radius=1.5 um",
    "particle.grains.count=10",
    "particle.grains.shortest_edge=0.211",
    "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
    "protocol.1.charge={rate: 1C, until: {time: 1800 s}}",
    "protocol.2.discharge={rate: 1C, until: {time: 600 s}}",
    "numerics.time_step.fixed=200 s",
]
SHORT |= {
    f"sun2021/{name}": [
        *("particle.radius=1 um", "particle.grains.count=8", "particle.grains.shortest_edge=0.2"),
        "particle.mesh={size: 0.35 um, boundary_size: 0.25 um}",
        f"protocol=[Heat at {rate} K/s to 300 degC, Rest for 5 s, Heat at {rate} K/s to 550 degC]",
        "numerics.time_step.maximum=1 s",
    ]
    for name, rate in (
        *(("fast", 250), ("fast_without_sliding", 250), ("random", 250), ("buried", 250)),
        *(("slow", 20), ("slow_without_sliding", 20), ("ball_fast", 250), ("ball_slow", 20)),
    )
}
SHORT["sun2021/radial"] = [
    *SHORT["sun2021/random"],
    "particle.orientation.arrays=2",
]
SHORT["sun2021/cycles"] = [
    *SHORT["sun2021/fast"][:-2],
    "protocol.0.repeat.times=2",
    "protocol.0.repeat.steps=[Heat at 200 K/s to 550 degC, Cool at 200 K/s to 25 degC]",
]
SHORT |= {
    f"sun2021/{name}": [
        *("particle.grains.count=8", "particle.grains.shortest_edge=0.25"),
        *("particle.radius=0.4 um", "particle.mesh={size: 0.2 um, boundary_size: 0.18 um}"),
        "protocol=[{charge: {rate: 2C, until: {time: 2700 s}}}]",
        "numerics.time_step={initial: 150 s, maximum: 150 s, fixed: 150 s}",
    ]
    for name in ("first_cycle", "ball_first_cycle")
}
SHORT |= {
    f"sun2021/{name}": [
        *("particle.radius=25 nm", "particle.mesh={size: 2.4 nm, boundary_size: 2.4 nm}"),
        "protocol=[Heat at 250 K/s to 550 degC, Rest for 0.5 s]",
        "numerics.time_step={initial: 0.02 s, maximum: 0.5 s, damage: 0.3}",
    ]
    for name in ("bicrystal", "triple_junction")
}
SHORT |= {
    f"yan2018/dsc_{name}": [
        *YAN,
        "particle.grains.count=20",
        "protocol=[Heat at 10 K/min to 240 degC, Ramp at 10 K/min to 265 degC]",
        "numerics.time_step={initial: 20 s, maximum: 20 s}",
    ]
    for name in ("pristine", "infused")
}
SHORT["meshes/neper"] = [
    "protocol.0.charge={rate: 2C, until: {time: 1200 s}}",
    "numerics.time_step.fixed=300 s",
]
SHORT |= {
    f"space/{name}": [
        *("particle.grains.count=10", "particle.grains.shortest_edge=0.25", "particle.radius=1 um"),
        *("particle.mesh={size: 0.5 um, boundary_size: 0.4 um}", *more),
        "protocol.0.charge={rate: 2C, until: {time: 1200 s}}",
        "numerics.time_step.fixed=300 s",
    ]
    for name, more in (
        ("columnar_ball", ["particle.grains.count=14", "particle.pore.radius=0.45 um"]),
        ("film50", []),
        ("coated_ball", []),
    )
}
SHORT |= {
    f"space/ball{grains}": [
        *(f"particle.grains.count={few}", "particle.radius=0.4 um"),
        "particle.mesh={size: 0.2 um, boundary_size: 0.16 um}",
        "protocol=[{charge: {rate: 2C, until: {time: 1500 s}}}]",
        "numerics.time_step.fixed=300 s",
    ]
    for grains, few in ((50, 8), (200, 10), (1000, 12))
}
