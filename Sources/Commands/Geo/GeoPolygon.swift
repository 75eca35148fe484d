// The polygon of GEOSEARCH BYPOLYGON, as Valkey 9's page on the command describes it.
import Containers
import Platform

/// A closed line on the map whose axes are longitude and latitude: sides are straight there, and none goes across the
/// date line.
struct GeoPolygon {
    private var vertices = RawArray<GeoPosition>()
    /// The smallest rectangle that has all vertices.
    private(set) var bounds = GeoRectangle(west: 180, east: -180, south: 90, north: -90)

    static var fewestVertices: Int64 { 3 }

    /// Gives the memory back; the polygon has no vertices any more.
    mutating func deallocate() { vertices.deallocate() }

    mutating func append(_ vertex: GeoPosition) {
        vertices.append(vertex)
        bounds.west = min(bounds.west, vertex.longitude)
        bounds.east = max(bounds.east, vertex.longitude)
        bounds.south = min(bounds.south, vertex.latitude)
        bounds.north = max(bounds.north, vertex.latitude)
    }

    /// The place on Earth above the mean of the vertices as points in space. Distances are counted from there.
    var centre: GeoPosition {
        var (x, y, z) = (0.0, 0.0, 0.0)
        for index in 0..<vertices.count {
            let longitude = Earth.radians(vertices[index].longitude)
            let latitude = Earth.radians(vertices[index].latitude)
            x += Mathematics.cosine(latitude) * Mathematics.cosine(longitude)
            y += Mathematics.cosine(latitude) * Mathematics.sine(longitude)
            z += Mathematics.sine(latitude)
        }
        return GeoPosition(
            longitude: Earth.degrees(Mathematics.arcTangent(y: y, x: x)),
            latitude: Earth.degrees(Mathematics.arcTangent(y: z, x: (x * x + y * y).squareRoot())))
    }

    /// Whether a place is inside: a line from there to the east meets an odd number of sides (the even-odd rule). What
    /// lies on a side is not inside.
    func contains(_ place: GeoPosition) -> Bool {
        guard bounds.contains(place), !vertices.isEmpty else { return false }
        var isInside = false
        var start = vertices[vertices.count - 1]
        for index in 0..<vertices.count {
            let end = vertices[index]
            // Twice the area of the triangle of the side and the place: positive if the place is to the left.
            let area =
                (end.longitude - start.longitude) * (place.latitude - start.latitude)
                - (end.latitude - start.latitude) * (place.longitude - start.longitude)
            if area == 0 && GeoRectangle(around: start, end).contains(place) { return false }
            let crosses = (start.latitude > place.latitude) != (end.latitude > place.latitude)
            if crosses && (area > 0) == (end.latitude > start.latitude) { isInside.toggle() }
            start = end
        }
        return isInside
    }
}

extension GeoRectangle {
    /// The rectangle of which the two are opposite corners.
    init(around first: GeoPosition, _ second: GeoPosition) {
        west = min(first.longitude, second.longitude)
        east = max(first.longitude, second.longitude)
        south = min(first.latitude, second.latitude)
        north = max(first.latitude, second.latitude)
    }

    /// Whether the place is inside or at an end.
    func contains(_ place: GeoPosition) -> Bool {
        place.longitude >= west && place.longitude <= east && place.latitude >= south && place.latitude <= north
    }
}
