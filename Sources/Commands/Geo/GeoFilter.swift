// Which places are within a shape.
import Platform

/// Says which places are within a shape, and how far from its centre. What is certainly outside is found to be so with
/// as little trigonometry as possible; what may be inside is calculated as in Redis, to the last bit.
struct GeoFilter {
    private enum Form { case circle, box, polygon }

    private let form: Form
    private let centre: GeoPosition
    /// Of the centre, in radians.
    private let longitude: Double
    private let latitude: Double
    private let cosine: Double
    /// Half the width of a box, in metres.
    private let halfWidth: Double
    /// Of a circle, or half the height of a box; in metres.
    private let radius: Double
    /// More radians than this away from the centre's parallel nothing is inside.
    private let farthestLatitude: Double
    /// Places whose haversine is greater, but not greater than 1, are outside the circle.
    private let greatestHaversine: Double
    private let polygon: GeoPolygon

    init(_ shape: GeoShape) {
        centre = shape.centre
        longitude = Earth.radians(centre.longitude)
        latitude = Earth.radians(centre.latitude)
        cosine = Mathematics.cosine(latitude)
        switch shape.form {
        case .circle(let given):
            form = .circle
            radius = given * shape.unit
            halfWidth = 0
            polygon = GeoPolygon()
        case .box(let width, let height):
            form = .box
            radius = height * shape.unit / 2
            halfWidth = width * shape.unit / 2
            polygon = GeoPolygon()
        case .polygon(let given):
            form = .polygon
            radius = .infinity
            halfWidth = 0
            polygon = given
        }
        // A little more, so that what is rounded is never on the wrong side.
        farthestLatitude = radius / Earth.radius * (1 + 1e-9)
        let angle = radius / Earth.radius / 2
        let sine = Mathematics.sine(angle)
        greatestHaversine = angle < 1.57 ? sine * sine * (1 + 1e-9) : 1
    }

    /// How far a place is from the centre, in metres; nil: it is outside.
    @inline(__always)
    func distance(to place: GeoPosition) -> Double? {
        let placeLatitude = Earth.radians(place.latitude)
        if (placeLatitude - latitude).magnitude > farthestLatitude { return nil }
        if form == .circle { return distanceInCircle(place, placeLatitude) }
        return form == .box ? distanceInBox(place, placeLatitude) : distanceInPolygon(place)
    }

    @inline(__always)
    private func distanceInCircle(_ place: GeoPosition, _ placeLatitude: Double) -> Double? {
        let half = Mathematics.sine((Earth.radians(place.longitude) - longitude) / 2)
        let distance: Double
        if half == 0 {
            distance = Earth.distance(latitudes: latitude, placeLatitude)
        } else {
            let rise = Mathematics.sine((placeLatitude - latitude) / 2)
            let haversine = rise * rise + cosine * Mathematics.cosine(placeLatitude) * half * half
            if haversine > greatestHaversine && haversine <= 1 { return nil }
            distance = Earth.distance(haversine: haversine)
        }
        // What is not a number counts as inside, as in Redis.
        return distance > radius ? nil : distance
    }

    private func distanceInBox(_ place: GeoPosition, _ placeLatitude: Double) -> Double? {
        if Earth.distance(latitudes: placeLatitude, latitude) > radius { return nil }
        let abreast = GeoPosition(longitude: centre.longitude, latitude: place.latitude)
        if place.distance(to: abreast) > halfWidth { return nil }
        return centre.distance(to: place)
    }

    @inline(never)
    private func distanceInPolygon(_ place: GeoPosition) -> Double? {
        polygon.contains(place) ? centre.distance(to: place) : nil
    }
}
