// The circle or box within which places are looked for, and the cells of the grid that cover it.
import Platform

/// Lengths are in a unit of `unit` metres.
struct GeoShape {
    enum Form {
        case circle(radius: Double)
        case box(width: Double, height: Double)
    }

    var centre: GeoPosition
    var form: Form
    var unit: Double

    /// How far the shape reaches, in metres: to the east, to the north, and from its centre to its farthest point.
    private var reach: (east: Double, north: Double, farthest: Double) {
        switch form {
        case .circle(let radius):
            let metres = unit * radius
            return (metres, metres, metres)
        case .box(let width, let height):
            let diagonal = ((width / 2) * (width / 2) + (height / 2) * (height / 2)).squareRoot()
            return (unit * (width / 2), unit * (height / 2), diagonal * unit)
        }
    }

    /// The rectangle around the shape. As meridians meet at the poles, it is as wide as the shape is at its end there.
    private var bounds: GeoRectangle {
        let reach = reach
        let height = Earth.degrees(reach.north / Earth.radius)
        let end = centre.latitude < 0 ? centre.latitude - height : centre.latitude + height
        let width = Earth.degrees(reach.east / Earth.radius / Mathematics.cosine(Earth.radians(end)))
        return GeoRectangle(
            west: centre.longitude - width, east: centre.longitude + width,
            south: centre.latitude - height, north: centre.latitude + height)
    }

    /// How fine the grid may be for nine cells to cover the shape in most cases.
    private var estimatedStep: Int {
        var distance = reach.farthest
        if distance == 0 { return GeoCell.finestStep }
        var step = -1
        while distance < Earth.mercatorLimit {
            distance *= 2
            step += 1
        }
        // Columns are narrower towards the poles.
        if centre.latitude.magnitude > 66 { step -= 1 }
        if centre.latitude.magnitude > 80 { step -= 1 }
        return max(1, min(GeoCell.finestStep, step))
    }

    /// Calls `body` with the cells that may have places within the shape until it says no: the cell of the centre
    /// first, then its neighbours in the order in which Redis visits them.
    @inline(__always)
    func forEachCell(_ body: (GeoCell) -> Bool) {
        let grid = GeoGrid.scores
        let bounds = bounds
        var middle = grid.cell(of: centre, step: estimatedStep)
        if middle.step > 1 && !reaches(from: middle, bounds) {
            middle = grid.cell(of: centre, step: middle.step - 1)
        }
        let own = grid.rectangle(of: middle)
        // On the coarsest grid neighbours on both sides are the same.
        let excludes = middle.step >= 2
        let skipsSouth = excludes && own.south < bounds.south
        let skipsNorth = excludes && own.north > bounds.north
        let skipsWest = excludes && own.west < bounds.west
        let skipsEast = excludes && own.east > bounds.east
        guard body(middle) else { return }
        var previous: GeoCell?
        for number in 0..<8 {
            let (east, north) = GeoShape.direction(number)
            if skipsSouth && north < 0 || skipsNorth && north > 0 { continue }
            if skipsWest && east < 0 || skipsEast && east > 0 { continue }
            let cell = middle.neighbour(east: east, north: north)
            if cell == previous { continue }
            guard body(cell) else { return }
            previous = cell
        }
    }

    private static func direction(_ number: Int) -> (east: Int, north: Int) {
        switch number {
        case 0: (0, 1)
        case 1: (0, -1)
        case 2: (1, 0)
        case 3: (-1, 0)
        case 4: (1, 1)
        case 5: (-1, 1)
        case 6: (1, -1)
        default: (-1, -1)
        }
    }

    /// Whether a cell and its neighbours cover what lies between the bounds.
    private func reaches(from cell: GeoCell, _ bounds: GeoRectangle) -> Bool {
        let grid = GeoGrid.scores
        return
            !(grid.rectangle(of: cell.neighbour(east: 0, north: 1)).north < bounds.north
            || grid.rectangle(of: cell.neighbour(east: 0, north: -1)).south > bounds.south
            || grid.rectangle(of: cell.neighbour(east: 1, north: 0)).east < bounds.east
            || grid.rectangle(of: cell.neighbour(east: -1, north: 0)).west > bounds.west)
    }
}

/// Says which places are within a shape, and how far from its centre. What is certainly outside is found to be so with
/// as little trigonometry as possible; what may be inside is calculated as in Redis, to the last bit.
struct GeoFilter {
    private let longitude: Double
    private let latitude: Double
    private let cosine: Double
    private let centre: GeoPosition
    /// Half of the box, in metres; 0 for a circle.
    private let halfWidth: Double
    private let isCircle: Bool
    /// Of a circle, or half the height of a box; in metres.
    private let radius: Double
    /// More radians than this away from the centre's parallel nothing is inside.
    private let farthestLatitude: Double
    /// Places whose haversine is greater, but not greater than 1, are outside the circle.
    private let greatestHaversine: Double

    init(_ shape: GeoShape) {
        centre = shape.centre
        longitude = Earth.radians(centre.longitude)
        latitude = Earth.radians(centre.latitude)
        cosine = Mathematics.cosine(latitude)
        switch shape.form {
        case .circle(let given):
            radius = given * shape.unit
            halfWidth = 0
            isCircle = true
        case .box(let width, let height):
            radius = height * shape.unit / 2
            halfWidth = width * shape.unit / 2
            isCircle = false
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
        return isCircle ? distanceInCircle(place, placeLatitude) : distanceInBox(place, placeLatitude)
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
}
