// Geohashes of 52 bits: the scores under which sorted sets keep places on Earth. The page on GEOADD at redis.io
// describes them: 26 bits of the latitude and 26 of the longitude in turn, between the ends of the map of EPSG:3857.
import Bytes

/// A place on Earth, in degrees.
struct GeoPosition {
    var longitude: Double
    var latitude: Double
}

/// A rectangle between two meridians and two parallels, in degrees.
struct GeoRectangle {
    var west: Double
    var east: Double
    var south: Double
    var north: Double
}

/// One of the 4^`step` cells into which the world is divided by halving it `step` times in both directions.
struct GeoCell {
    /// The number of the row in the even bits, that of the column in the odd ones, both from the south-west.
    var bits: UInt64
    var step: Int

    private static var rows: UInt64 { 0x5555_5555_5555_5555 }

    /// The cells as fine as scores are.
    static var finestStep: Int { 26 }

    init(bits: UInt64, step: Int) {
        self.bits = bits
        self.step = step
    }

    init(row: UInt32, column: UInt32, step: Int) {
        bits = GeoCell.spread(row) | GeoCell.spread(column) &<< 1
        self.step = step
    }

    var row: UInt32 { GeoCell.gather(bits) }
    var column: UInt32 { GeoCell.gather(bits &>> 1) }

    /// The scores of all places in the cell: from `lowest` to below `end`.
    var lowest: Double { Double(bits &<< UInt64(52 &- 2 &* step)) }
    var end: Double { Double((bits &+ 1) &<< UInt64(52 &- 2 &* step)) }

    /// The bits of a number with a zero above each: half of a Morton code.
    private static func spread(_ number: UInt32) -> UInt64 {
        var bits = UInt64(number)
        bits = (bits | bits &<< 16) & 0x0000_ffff_0000_ffff
        bits = (bits | bits &<< 8) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits &<< 4) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits &<< 2) & 0x3333_3333_3333_3333
        return (bits | bits &<< 1) & rows
    }

    /// The number that the even bits are.
    @inline(__always)
    private static func gather(_ interleaved: UInt64) -> UInt32 {
        var bits = interleaved & rows
        bits = (bits | bits &>> 1) & 0x3333_3333_3333_3333
        bits = (bits | bits &>> 2) & 0x0f0f_0f0f_0f0f_0f0f
        bits = (bits | bits &>> 4) & 0x00ff_00ff_00ff_00ff
        bits = (bits | bits &>> 8) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: bits | bits &>> 16)
    }
}

/// How places become cells: all longitudes, and the latitudes up to a limit in the north and in the south.
struct GeoGrid {
    let latitude: Double

    /// That of scores. The limit is where the map of the world by Mercator is a square (EPSG:900913).
    static var scores: GeoGrid { GeoGrid(latitude: 85.05112878) }
    /// That of the texts of geohash.org.
    static var texts: GeoGrid { GeoGrid(latitude: 90) }

    func contains(_ position: GeoPosition) -> Bool {
        position.longitude.magnitude <= 180 && position.latitude.magnitude <= latitude
    }

    /// - Precondition: the grid contains the position. At its eastern and northern ends the number of the column or row
    ///   is one too many, as in Redis.
    func cell(of position: GeoPosition, step: Int) -> GeoCell {
        precondition(contains(position), "outside the grid")
        let count = Double(1 &<< step)
        let row = (position.latitude + latitude) / (latitude + latitude) * count
        let column = (position.longitude + 180) / 360 * count
        return GeoCell(
            row: UInt32(truncatingIfNeeded: Int(row)), column: UInt32(truncatingIfNeeded: Int(column)), step: step)
    }

    @inline(__always)
    func rectangle(of cell: GeoCell) -> GeoRectangle {
        let count = Double(1 &<< cell.step)
        let row = cell.row
        let column = cell.column
        return GeoRectangle(
            west: -180 + Double(column) / count * 360, east: -180 + Double(column &+ 1) / count * 360,
            south: -latitude + Double(row) / count * (latitude + latitude),
            north: -latitude + Double(row &+ 1) / count * (latitude + latitude))
    }
}

extension GeoPosition {
    /// The score that stands for the place.
    var score: Double { Double(GeoGrid.scores.cell(of: self, step: GeoCell.finestStep).bits) }

    /// The place that a score stands for: the middle of the smallest cell. Any score of a sorted set may come here.
    @inline(__always)
    init(score: Double) {
        let cell = GeoCell(bits: GeoPosition.bits(of: score), step: GeoCell.finestStep)
        let grid = GeoGrid.scores
        let area = grid.rectangle(of: cell)
        longitude = max(-180, min(180, (area.west + area.east) / 2))
        latitude = max(-grid.latitude, min(grid.latitude, (area.south + area.north) / 2))
    }

    /// A score as 64 bits, with what Redis makes of those that are no geohash on common processors.
    @inline(__always)
    private static func bits(of score: Double) -> UInt64 {
        if score >= 0 && score < 0x1p62 { return UInt64(score) }
        if score < 0x1p63 { return UInt64(bitPattern: truncated(score)) }
        return UInt64(bitPattern: truncated(score - 0x1p63)) ^ 1 &<< 63
    }

    /// A score as an integer; the smallest one where there is none.
    static func truncated(_ score: Double) -> Int64 { Int64(exactly: score.rounded(.towardZero)) ?? .min }

    /// The text of geohash.org: 10 digits, and an 11th for which there are no bits.
    func appendText(to text: inout ByteBuffer) {
        let alphabet: StaticString = "0123456789bcdefghjkmnpqrstuvwxyz"
        let bits = GeoGrid.texts.cell(of: self, step: GeoCell.finestStep).bits
        for digit in 1...10 { text.append(ByteView(alphabet)[Int(bits &>> UInt64(52 &- digit &* 5) & 31)]) }
        text.append(ByteView(alphabet)[0])
    }
}
