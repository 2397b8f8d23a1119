"""Ids of rows: of version 7, in the order in which they were made."""

from clinic.ids import uuid7


def test_ids_of_one_process_sort_as_they_were_made():
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(made)


def test_an_id_is_a_uuid_of_version_7():
    one = uuid7()
    assert (one.version, one.variant) == (7, "specified in RFC 4122")


def test_no_id_is_made_twice():
    assert len({uuid7() for _ in range(10_000)}) == 10_000
