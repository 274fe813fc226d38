import Foundation

/// Distances on a sphere of the Earth's mean radius.
public enum GreatCircle {
    /// In kilometres.
    public static let radius = 6371.0

    /// The distance of two places by the haversine formula, in kilometres; all angles in degrees.
    public static func haversine(
        latitude a: Double, longitude b: Double, toLatitude c: Double, longitude d: Double
    ) -> Double {
        let radian = Double.pi / 180
        let north = sin((c - a) * radian / 2), east = sin((d - b) * radian / 2)
        let h = north * north + cos(a * radian) * cos(c * radian) * east * east
        return 2 * radius * asin(min(1, h.squareRoot()))
    }
}
