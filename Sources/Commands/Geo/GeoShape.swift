// The circle, box or polygon within which places are looked for.
import Platform

/// Lengths are in a unit of `unit` metres.
struct GeoShape {
    enum Form {
        case circle(radius: Double)
        case box(width: Double, height: Double)
        case polygon(GeoPolygon)
    }

    var centre: GeoPosition
    var form: Form
    var unit: Double

    /// From the centre to the farthest point, in metres.
    var radius: Double {
        switch form {
        case .circle(let radius):
            return unit * radius
        case .box(let width, let height):
            let east = width / 2
            let north = height / 2
            return (east * east + north * north).squareRoot() * unit
        case .polygon(let polygon):
            let bounds = polygon.bounds
            let western = max(
                centre.distance(to: GeoPosition(longitude: bounds.west, latitude: bounds.south)),
                centre.distance(to: GeoPosition(longitude: bounds.west, latitude: bounds.north)))
            let eastern = max(
                centre.distance(to: GeoPosition(longitude: bounds.east, latitude: bounds.south)),
                centre.distance(to: GeoPosition(longitude: bounds.east, latitude: bounds.north)))
            return max(western, eastern)
        }
    }

    /// The rectangle around the shape.
    var bounds: GeoRectangle {
        switch form {
        case .circle(let radius): bounds(east: unit * radius, north: unit * radius)
        case .box(let width, let height): bounds(east: unit * (width / 2), north: unit * (height / 2))
        case .polygon(let polygon): polygon.bounds
        }
    }

    /// What reaches so many metres from the centre. As meridians approach each other towards the poles, the parallel at
    /// the end that is nearer to one decides how many degrees wide it is.
    private func bounds(east: Double, north: Double) -> GeoRectangle {
        let height = Earth.degrees(north / Earth.radius)
        let polar = centre.latitude < 0 ? centre.latitude - height : centre.latitude + height
        let width = Earth.degrees(east / Earth.radius / Mathematics.cosine(Earth.radians(polar)))
        return GeoRectangle(
            west: centre.longitude - width, east: centre.longitude + width,
            south: centre.latitude - height, north: centre.latitude + height)
    }
}
