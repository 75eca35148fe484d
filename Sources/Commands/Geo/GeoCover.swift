// The cells of the grid in which places within a shape are looked for.

/// The cell of the centre and those around it that the shape may reach: nine at most, as the page on GEOADD at redis.io
/// says. The grid is just so coarse that they are enough.
struct GeoCover {
    private let row: Int
    private let column: Int
    private let step: Int
    /// Which rows and columns beside the middle one are visited, as seen from there.
    private let rows: ClosedRange<Int>
    private let columns: ClosedRange<Int>

    init(_ shape: GeoShape) {
        let bounds = shape.bounds
        var middle = GeoCover.middle(
            of: shape, step: GeoCover.step(radius: shape.radius, latitude: shape.centre.latitude))
        // A circle or box needs one step at the most; the centre of a polygon may be far from its middle.
        var attempts = 1
        if case .polygon = shape.form { attempts = GeoCell.finestStep }
        while attempts > 0 && middle.step > 1 && !GeoCover.isEnough(around: middle, for: bounds) {
            middle = GeoCover.middle(of: shape, step: middle.step - 1)
            attempts -= 1
        }
        row = Int(middle.row)
        column = Int(middle.column)
        step = middle.step
        if step == 1 {
            // Two rows and two columns are the world.
            rows = 0...1
            columns = 0...1
        } else {
            let own = GeoGrid.scores.rectangle(of: middle)
            rows = (own.south < bounds.south ? 0 : -1)...(own.north > bounds.north ? 0 : 1)
            columns = (own.west < bounds.west ? 0 : -1)...(own.east > bounds.east ? 0 : 1)
        }
    }

    /// Calls `body` with the cells until it says no. The order is the one in which places are returned when none is
    /// asked for: the middle, its neighbours to the north, south, east and west, then those at its corners.
    @inline(__always)
    func forEachCell(_ body: (GeoCell) -> Bool) {
        for number in 0..<9 {
            let (east, north) = GeoCover.direction(number)
            guard columns.contains(east) && rows.contains(north) else { continue }
            if !body(cell(east: east, north: north)) { return }
        }
    }

    private static func direction(_ number: Int) -> (east: Int, north: Int) {
        switch number {
        case 0: (0, 0)
        case 1: (0, 1)
        case 2: (0, -1)
        case 3: (1, 0)
        case 4: (-1, 0)
        case 5: (1, 1)
        case 6: (-1, 1)
        case 7: (1, -1)
        default: (-1, -1)
        }
    }

    private func cell(east: Int, north: Int) -> GeoCell {
        GeoCell(
            row: GeoCover.moved(row, by: north, step), column: GeoCover.moved(column, by: east, step), step: step)
    }

    /// The number of another row or column. The map goes round in both directions; a number stays what it is where
    /// nothing moves, even the one too many at the map's northern and eastern ends.
    @inline(__always)
    private static func moved(_ number: Int, by distance: Int, _ step: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: distance == 0 ? number : (number &+ distance) & ((1 &<< step) &- 1))
    }

    private static func middle(of shape: GeoShape, step: Int) -> GeoCell {
        let grid = GeoGrid.scores
        guard case .polygon = shape.form else { return grid.cell(of: shape.centre, step: step) }
        // Around a pole it may lie beyond the map, and at its ends it has to have neighbours.
        let centre = GeoPosition(
            longitude: shape.centre.longitude,
            latitude: max(-grid.latitude, min(grid.latitude, shape.centre.latitude)))
        let cell = grid.cell(of: centre, step: step)
        let last = (UInt32(1) &<< UInt32(step)) - 1
        return GeoCell(row: min(cell.row, last), column: min(cell.column, last), step: step)
    }

    /// The finest step at which a cell is wider than the shape, on a map that is as wide as the equator; one less
    /// beyond 66° and two less beyond 80°, where cells are much narrower than on the map.
    private static func step(radius: Double, latitude: Double) -> Int {
        let half = Earth.mercatorLimit
        if radius == 0 { return GeoCell.finestStep }
        // Not even two cells would be wide enough.
        if !(radius < half) { return 1 }
        // The greatest number of times that the radius may be doubled.
        var step = Int(half.exponent - radius.exponent)
        if half.significand <= radius.significand { step -= 1 }
        if latitude.magnitude > 66 { step -= 1 }
        if latitude.magnitude > 80 { step -= 1 }
        return max(1, min(GeoCell.finestStep, step))
    }

    /// Whether a cell and its neighbours reach the bounds on all sides. They never do at the ends of the map: the next
    /// cell is at the opposite end.
    private static func isEnough(around middle: GeoCell, for bounds: GeoRectangle) -> Bool {
        let grid = GeoGrid.scores
        let (row, column, step) = (Int(middle.row), Int(middle.column), middle.step)
        let northEast = grid.rectangle(
            of: GeoCell(row: moved(row, by: 1, step), column: moved(column, by: 1, step), step: step))
        let southWest = grid.rectangle(
            of: GeoCell(row: moved(row, by: -1, step), column: moved(column, by: -1, step), step: step))
        return northEast.north >= bounds.north && northEast.east >= bounds.east
            && southWest.south <= bounds.south && southWest.west <= bounds.west
    }
}
