/// Flow matching along straight lines (Lipman et al. 2023; rectified flow, Liu et al. 2023): sigma is the share of noise in a
/// sample, 1 is noise alone and 0 is data, and a network learns the direction from noise to data.
public enum FlowMatching {
    /// A sample on the way: z_sigma = (1 - sigma) z + sigma eps.
    ///
    /// - Parameters:
    ///   - z: data, [batch, ..].
    ///   - eps: standard normal noise of the same shape.
    ///   - sigma: of each entry, in 0...1.
    /// - Returns: the shape of z.
    public static func sample(_ z: Tensor, _ eps: Tensor, sigma: [Double]) -> Tensor {
        let sigma = Tensor(sigma.map { Float($0) })
        return z.scaledRows(by: sigma.affine(-1, 1)) + eps.scaledRows(by: sigma)
    }

    /// What the network learns by the mean squared error: z - eps, the negative slope of the sample with sigma.
    public static func target(_ z: Tensor, _ eps: Tensor) -> Tensor { z - eps }

    /// One Euler step towards the data: z + (sigma - next) u.
    ///
    /// - Parameters:
    ///   - z: the sample at sigma.
    ///   - u: the network's prediction of ``target(_:_:)`` there.
    ///   - sigma: where the sample is.
    ///   - next: where it goes, below sigma.
    /// - Returns: the sample at `next`.
    public static func step(_ z: Tensor, _ u: Tensor, from sigma: Double, to next: Double) -> Tensor {
        z + u * Float(sigma - next)
    }

    /// A sample from noise by Euler steps through a schedule, without a gradient.
    ///
    /// - Parameters:
    ///   - noise: the sample at the first sigma, [batch, ..].
    ///   - schedule: falling sigmas, from 1 to 0.
    ///   - predict: the network: z and sigma -> the direction u, of z's shape.
    /// - Returns: the sample at the last sigma.
    public static func generate(
        from noise: Tensor, _ schedule: [Double], predict: (_ z: Tensor, _ sigma: Double) -> Tensor
    ) -> Tensor {
        withoutGradient {
            zip(schedule, schedule.dropFirst()).reduce(noise) { z, sigmas in
                step(z, predict(z, sigmas.0), from: sigmas.0, to: sigmas.1)
            }
        }
    }

    /// Equal steps from 1 to 0.
    public static func uniformSchedule(_ steps: Int) -> [Double] {
        (0...steps).map { 1 - Double($0) / Double(steps) }
    }

    /// Mochi's schedule (Genmo 2024): the first half of the steps falls linearly by `threshold` in all, the second half goes
    /// on with the same slope and falls ever faster, as a parabola, to 0.
    ///
    /// - Parameters:
    ///   - steps: how many, at least 2.
    ///   - threshold: the noise that the linear half takes away.
    /// - Returns: steps + 1 sigmas.
    public static func linearQuadraticSchedule(_ steps: Int, threshold: Double = 0.025) -> [Double] {
        demand(steps >= 2, "a linear-quadratic schedule has two steps or more, not \(steps)")
        let linear = steps / 2, slope = threshold / Double(linear)
        let n = Double(linear), rest = Double(steps - linear)
        // 1 = threshold + slope rest + curve rest², so that the parabola ends where all noise is gone.
        let curve = (1 - threshold - slope * rest) / (rest * rest)
        return (0...steps).map { step in
            let beyond = max(0, Double(step) - n)
            return 1 - (slope * Double(step) + curve * beyond * beyond)
        }
    }
}
