// Distances between places on Earth, and the units they are given in.
import Bytes
import Platform

enum Earth {
    /// In metres: the quadratic mean of WGS 84.
    static var radius: Double { 6372797.560856 }
    /// In metres: from the equator to the end of the map by Mercator.
    static var mercatorLimit: Double { 20037726.37 }

    @inline(__always)
    static func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }
    static func degrees(_ radians: Double) -> Double { radians / (Double.pi / 180) }

    /// The metres between two parallels, in radians.
    @inline(__always)
    static func distance(latitudes first: Double, _ second: Double) -> Double { radius * (second - first).magnitude }

    /// What an angle at the centre of the Earth is in metres, by the square of the sine of its half.
    @inline(__always)
    static func distance(haversine: Double) -> Double {
        2 * radius * Mathematics.arcSine(haversine.squareRoot())
    }
}

extension GeoPosition {
    /// The metres between two places on a sphere, rounded at each step as in Redis.
    func distance(to other: GeoPosition) -> Double {
        let half = Mathematics.sine((Earth.radians(other.longitude) - Earth.radians(longitude)) / 2)
        let latitude = Earth.radians(self.latitude)
        let otherLatitude = Earth.radians(other.latitude)
        if half == 0 { return Earth.distance(latitudes: latitude, otherLatitude) }
        let rise = Mathematics.sine((otherLatitude - latitude) / 2)
        let haversine =
            rise * rise + Mathematics.cosine(latitude) * Mathematics.cosine(otherLatitude) * half * half
        return Earth.distance(haversine: haversine)
    }
}

/// The metres that a unit is; nil: it is none.
func metres(in unit: ByteView) -> Double? {
    if unit.equalsIgnoringCase("m") { return 1 }
    if unit.equalsIgnoringCase("km") { return 1000 }
    if unit.equalsIgnoringCase("ft") { return 0.3048 }
    if unit.equalsIgnoringCase("mi") { return 1609.34 }
    return nil
}
