import Foundation

/// Sinusoidal embedding of positions or diffusion times (Vaswani et al. 2017, §3.5): sines, then cosines.
public func sinusoids(_ positions: [Double], width: Int, base: Double = 10_000) -> Tensor {
    demand(width % 2 == 0, "sinusoids need an even width, not \(width)")
    let half = width / 2
    let values = positions.flatMap { position -> [Float] in
        let angles = (0..<half).map { position * pow(base, -Double($0) / Double(half)) }
        return angles.map { Float(sin($0)) } + angles.map { Float(cos($0)) }
    }
    return Tensor(values, [positions.count, width])
}

/// Fourier features of the coordinates of points (Tancik et al. 2020; NeRF's γ without its highest octaves): each coordinate,
/// then the sine and cosine of it times π/2, π, 2π and so on.
///
/// - Parameters:
///   - coordinates: of all points, one point after another.
///   - shape: of these, the last axis being a point's coordinates.
///   - octaves: pairs of sine and cosine a coordinate.
/// - Returns: the shape with the last axis d replaced by d (1 + 2 octaves), a coordinate's own numbers side by side.
public func fourierFeatures(_ coordinates: [Float], _ shape: [Int], octaves: Int) -> Tensor {
    demand(
        shape.reduce(1, *) == coordinates.count && octaves >= 0,
        "\(coordinates.count) coordinates do not fill the shape \(shape)")
    var values: [Float] = []
    values.reserveCapacity(coordinates.count * (1 + 2 * octaves))
    for coordinate in coordinates {
        values.append(coordinate)
        var (s, c) = (sin(coordinate * .pi / 2), cos(coordinate * .pi / 2))
        for _ in 0..<octaves {
            values += [s, c]
            // Of twice the angle.
            (s, c) = (2 * s * c, c * c - s * s)
        }
    }
    return Tensor(values, shape.dropLast() + [(shape.last ?? 1) * (1 + 2 * octaves)])
}
