"""The rest of Table A: what this product holds fixed for every site, and what people keep by themselves.

It stands below the settings on the protocol's page, so that a provider who signs a version has read all of the table.
Values that a law or an instrument fixes, and those that no site has asked to change, are no settings.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Fixed:
    """One line of Table A that is no setting."""

    row: str
    """Its name in Table A."""
    label: str
    value: str
    source: str


IN_THE_PROGRAM = (
    Fixed("draw_rounding", "A drawn volume is rounded to", "0.01 mL, halves up", "our proposal"),
    Fixed("alcohol_cannabis_abstain after", "No alcohol or cannabis after", "24 hours", "S-Ketwell, S-Nerv"),
    Fixed("no_driving_until", "No driving until", "the next day after sleep, 24 hours at least", "S-SprHCP, S-Ketwell"),
    Fixed("inventory_cycle", "The drug is counted", "each day; the legal count every two years", "S-DEA2"),
    Fixed("rn_ratio / first_infusion", "A nurse at a first infusion", "watches that one alone", "our proposal"),
    Fixed("series_template", "Days of a loading series", "Tuesday and Friday, unless others are chosen", "S-ELEKT"),
    Fixed("response / remission PHQ-9", "Response, and remission", "half of the baseline or less; below 5", "S-PHQ"),
    Fixed("item9_threshold", "PHQ-9 item 9 at or above 1", "C-SSRS in the same encounter", "S-Item9, our proposal"),
    Fixed("quiet_hours", "No message between", "21:00 and 08:00 of the patient’s site", "S-TCPA1"),
    Fixed("sms_max_chars / per_day", "A text message", "160 characters, one a day", "S-TCPA1, our proposal"),
    Fixed("vob_expiry / pre_first", "A check of benefits is valid", "to the end of its month", "S-QC, our proposal"),
    Fixed("gfe_days / threshold", "A good-faith estimate is due", "1 or 3 business days after booking", "S-GFE"),
    Fixed("booster_interval_range / max_extend", "Range of booster intervals", "set above", "Seeds"),
    Fixed(
        "auto_logoff",
        "A screen locks when left for",
        "10 minutes; a tablet of the clinic for 2, then a PIN",
        "S-312, our proposal",
    ),
)

BY_PEOPLE = (
    Fixed("phq9_gate (payer)", "PHQ-9 that many payers ask for", "15", "S-VA, S-QCspr"),
    Fixed("worsening / MCID", "A change of PHQ-9 that counts", "5 points", "S-PHQ"),
    Fixed(
        "relapse_watch / confirm", "Relapse, watch and confirmed",
        "10 or more, or 5 above the lowest; again within 7 to 14 days, 8 above, or 15 or more", "our proposal",
    ),
    Fixed("booster_alt_rct", "Boosters as in the trial", "4 after 7, 4 after 14, 3 after 28 days", "S-CANrct"),
    Fixed("urinary_misuse_check / labs", "Bladder and misuse; urine and liver", "each booster; 180 days", "S-LabelPf"),
    Fixed("si_contact high/mod/low", "Contact after high, moderate, low risk", "24 hours, 72 hours, 7 days", "S-SPI"),
    Fixed("pa_warn", "An authorization is renewed at", "80 % of its units or 10 days left", "our proposal"),
    Fixed("retention_chart / audit / dea", "Kept: charts, audit, drug records", "10, 6 and 10 years", "S-Ret, S-DEA1"),
)  # fmt: skip
