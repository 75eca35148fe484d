// Positions, distances and units among the arguments, and in replies.
import Bytes
import Keyspace
import Platform
import RESP

extension CommandContext {
    /// The longitude at `index` and the latitude behind it. Nil: an error was replied.
    func position(at index: Int) -> GeoPosition? {
        guard let longitude = DoubleText.parse(arguments[index]),
            let latitude = DoubleText.parse(arguments[index &+ 1])
        else {
            reply.error(ErrorText.notFloat)
            return nil
        }
        let position = GeoPosition(longitude: longitude, latitude: latitude)
        if GeoGrid.scores.contains(position) { return position }
        reply.errorParts { line in
            line.append("ERR invalid longitude,latitude pair ")
            DoubleText.appendFixed(longitude, decimals: 6, to: &line)
            line.append(",")
            DoubleText.appendFixed(latitude, decimals: 6, to: &line)
        }
        return nil
    }

    /// The place of a member. Nil: an error was replied.
    func position(ofMember index: Int, in set: SortedSetValue) -> GeoPosition? {
        if let score = set.score(of: arguments[index]) { return GeoPosition(score: score) }
        reply.error("ERR could not decode requested zset member")
        return nil
    }

    /// The metres of the unit at `index`. Nil: an error was replied.
    func unit(at index: Int) -> Double? {
        if let unit = metres(in: arguments[index]) { return unit }
        reply.error("ERR unsupported unit provided. please use M, KM, FT, MI")
        return nil
    }

    /// A radius and its unit. Nil: an error was replied.
    func circle(at index: Int) -> (form: GeoShape.Form, unit: Double)? {
        guard let radius = length(at: index, "ERR need numeric radius") else { return nil }
        if radius < 0 {
            reply.error("ERR radius cannot be negative")
            return nil
        }
        guard let unit = unit(at: index &+ 1) else { return nil }
        return (.circle(radius: radius), unit)
    }

    /// Width, height and their unit. Nil: an error was replied.
    func box(at index: Int) -> (form: GeoShape.Form, unit: Double)? {
        guard let width = length(at: index, "ERR need numeric width"),
            let height = length(at: index &+ 1, "ERR need numeric height")
        else { return nil }
        if width < 0 || height < 0 {
            reply.error("ERR height or width cannot be negative")
            return nil
        }
        guard let unit = unit(at: index &+ 2) else { return nil }
        return (.box(width: width, height: height), unit)
    }

    private func length(at index: Int, _ error: StaticString) -> Double? {
        if let length = DoubleText.parse(arguments[index]) { return length }
        reply.error(error)
        return nil
    }
}

extension ReplyWriter {
    /// A distance with four decimals, as a bulk in either protocol. As in Redis it is first made ten-thousandths, as a
    /// double, which are then rounded to the nearest whole number, of two to the even one.
    func bulk(distance: Double) {
        var text = ByteBuffer()
        defer { text.deallocate() }
        let parts = (distance * 10_000).rounded(.toNearestOrEven)
        if parts >= 0 && parts < 0x1p62 {
            let (whole, rest) = Int64(parts).quotientAndRemainder(dividingBy: 10_000)
            text.append(decimal: whole)
            text.append(".")
            var power: Int64 = 1000
            while power > 0 {
                text.append(UInt8(truncatingIfNeeded: 0x30 &+ rest / power % 10))
                power /= 10
            }
        } else {
            DoubleText.appendFixed(distance, decimals: 4, to: &text)
        }
        bulk(text.view)
    }

    /// Longitude and latitude.
    func position(_ position: GeoPosition) {
        array(2)
        longDouble(LongDouble(position.longitude))
        longDouble(LongDouble(position.latitude))
    }
}
