from journey.fhir.parts import Json, clean, extension, instant, made, ref
from patients.fhir_names import DIFFICULTY, HOW_OFTEN, ITEMS, LOINC, link_id, questionnaire
from patients.instruments import NOT_ASKED, stored
from patients.models import MeasureResponse

ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue"


def questionnaire_response(one: MeasureResponse) -> Json:
    """The answers, each with its number; the words of a question only where their licence lets us show them."""
    return made(
        "QuestionnaireResponse",
        one.pk,
        profile="us-core-questionnaireresponse",
        changed=one.entered_at,
        language=one.language,
        extension=[
            extension("timepoint", valueCode=one.timepoint),
            extension("version", valueString=one.version),
            *([extension("total", valueInteger=one.score)] if one.score is not None else []),
        ],
        questionnaire=questionnaire(one.instrument),
        status="completed",
        subject=ref("Patient", one.patient_id),
        authored=instant(one.observed_at),
        author=_author(one),
        item=[*_items(one), *_difficulty(one)],
    )


def _author(one: MeasureResponse) -> Json | None:
    """The patient by a link; or the member of staff who put the questions."""
    if one.link_id:
        return ref("Patient", one.patient_id)
    return ref("Practitioner", one.entered_by_id)


def _items(one: MeasureResponse) -> list[Json]:
    texts = _texts(one)
    loinc = ITEMS.get(one.instrument, ())
    return [
        clean(
            {
                "linkId": link_id(one.instrument, place),
                "definition": f"{LOINC}/{loinc[place]}" if loinc else None,
                "text": texts[place] if texts else None,
                "answer": [_answer(one.instrument, value)] if value != NOT_ASKED else None,
            }
        )
        for place, value in enumerate(one.items)
    ]


def _texts(one: MeasureResponse) -> list[str]:
    try:
        return [item.text for item in stored(one.instrument, one.version, one.language).items]
    except KeyError:
        return []


def _answer(instrument: str, value: int) -> Json:
    if instrument not in ITEMS or value >= len(HOW_OFTEN):
        return {"valueInteger": value}
    mark = extension(ORDINAL, valueDecimal=value)
    return {"valueCoding": {"extension": [mark], "system": LOINC, "code": HOW_OFTEN[value]}}


def _difficulty(one: MeasureResponse) -> list[Json]:
    if one.difficulty is None:
        return []
    return [{"linkId": f"/{DIFFICULTY}", "answer": [{"valueInteger": one.difficulty}]}]
