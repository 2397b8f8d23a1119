"""What the bench asks for."""

from urllib.parse import unquote

from benchmarks.cases import misspelled
from benchmarks.people import person
from benchmarks.sizes import Size
from patients import names


def test_a_misspelled_name_has_two_letters_of_the_name_in_each_others_place():
    size, differ = Size(60), 0
    for number in range(20):
        asked = unquote(misspelled(size, number).path.partition("?q=")[2])
        name = names.fold(person(number * 7919 % size.at_each_site[0]).family_name)
        assert sorted(asked) == sorted(name)
        differ += asked != name
    assert differ > 15
