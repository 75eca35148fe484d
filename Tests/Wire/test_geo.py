"""Places: what no comparison with the oracle can show, for it has no polygons and another order of equals."""

import random

import pytest

SHAPE = ["FROMLONLAT", "12", "50", "BYRADIUS", "500", "km"]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_count_returns_the_first_of_all(flushed, order):
    """Also among places that are equally far, of which there are many."""
    connection = flushed.needletail.connect()
    words = [word for n in range(300) for word in (str(10 + n % 5), "50", f"m{n * 7 % 300}")]
    connection.call("GEOADD", "g", *words)
    everything = connection.call("GEOSEARCH", "g", *SHAPE, order)
    assert len(everything) == 300
    for count in (1, 2, 59, 60, 61, 150, 299, 300, 301):
        assert connection.call("GEOSEARCH", "g", *SHAPE, order, "COUNT", str(count)) == everything[:count]
    connection.close()


def is_inside(vertices, longitude, latitude):
    """The even-odd rule, by where the sides meet the parallel."""
    inside = False
    for (west, south), (east, north) in zip(vertices, vertices[1:] + vertices[:1]):
        if (south > latitude) != (north > latitude):
            meets = west + (latitude - south) * (east - west) / (north - south)
            inside ^= longitude < meets
    return inside


def polygons(chance, longitude, latitude, spread):
    """Any order of vertices: sides cross each other as often as not."""
    for _ in range(25):
        vertices = [
            (
                min(180, max(-180, longitude + chance.uniform(-spread, spread))),
                min(85, max(-85, latitude + chance.uniform(-spread, spread))),
            )
            for _ in range(chance.choice([3, 4, 5, 8, 40]))
        ]
        yield [(float(repr(x)), float(repr(y))) for x, y in vertices]


@pytest.mark.parametrize("longitude,latitude,spread", [(10, 50, 0.01), (-70, -30, 5), (175, 80, 30), (0, 0, 180)])
def test_polygons_hold_what_a_simple_model_says(flushed, longitude, latitude, spread):
    chance = random.Random(f"{longitude} {latitude} {spread}")
    connection = flushed.needletail.connect()
    words = []
    for number in range(400):
        x = min(180, max(-180, longitude + chance.uniform(-spread, spread)))
        y = min(85, max(-85, latitude + chance.uniform(-spread, spread)))
        words += [repr(x), repr(y), f"p{number}"]
    connection.call("GEOADD", "g", *words)
    names = [f"p{number}".encode() for number in range(400)]
    places = dict(zip(names, connection.call("GEOPOS", "g", *names)))
    places = {name: (float(x), float(y)) for name, (x, y) in places.items()}
    found_any = 0
    for vertices in polygons(chance, longitude, latitude, spread):
        wanted = {name for name, place in places.items() if is_inside(vertices, *place)}
        shape = ["BYPOLYGON", str(len(vertices)), *(repr(number) for vertex in vertices for number in vertex)]
        assert set(connection.call("GEOSEARCH", "g", *shape)) == wanted, shape
        nearest = connection.call("GEOSEARCH", "g", *shape, "ASC", "WITHDIST")
        assert [row[0] for row in nearest][:3] == connection.call("GEOSEARCH", "g", *shape, "COUNT", "3")
        distances = [float(row[1]) for row in nearest]
        assert distances == sorted(distances) and len(nearest) == len(wanted)
        found_any += len(wanted)
    assert found_any > 100
    connection.close()


def test_what_is_on_a_side_is_not_inside(flushed):
    connection = flushed.needletail.connect()
    connection.call("GEOADD", "g", "10", "50", "a")
    [[x, y]] = connection.call("GEOPOS", "g", "a")

    def search(*vertices):
        return connection.call("GEOSEARCH", "g", "BYPOLYGON", str(len(vertices) // 2), *vertices)

    assert search("9", "49", "11", "49", "11", "51", "9", "51") == [b"a"]
    # On a vertex, on a parallel, on a meridian.
    assert search(x, y, "11", "49", "11", "51") == []
    assert search("9", y, "11", y, "11", "51", "9", "51") == []
    assert search(x, "49", "11", "49", "11", "51", x, "51") == []
    connection.close()
