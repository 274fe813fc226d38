/// Something that both sides do, under one name.
struct Work {
    enum Kind: CaseIterable { case step, sampling, product, kernel }

    let name, title: String
    let kind: Kind
    /// How often in a round, so that a round takes some tenths of a second.
    let count: Int
    /// The least ratio to PyTorch; nil where none is asked for.
    var bar: Double?
    /// Share of the rate of the 512 x 512 product that will do in place of the ratio.
    var share: Double?
    /// Tokens that one of them says; nil for all but sampling.
    var tokens: Double?
    /// Prepares it: the CPU-seconds that it takes to do so often.
    let make: () -> (Int) -> Double

    init(
        _ name: String, _ title: String, _ kind: Kind = .step, count: Int, bar: Double? = nil,
        share: Double? = nil, tokens: Double? = nil, make: @escaping () -> (Int) -> Double
    ) {
        (self.name, self.title, self.kind, self.count) = (name, title, kind, count)
        (self.bar, self.share, self.tokens, self.make) = (bar, share, tokens, make)
    }

    /// The same of a body that is simply repeated.
    static func repeated(
        _ name: String, _ title: String, _ kind: Kind = .step, count: Int, bar: Double? = nil,
        share: Double? = nil, tokens: Double? = nil, _ make: @escaping () -> () -> Void
    ) -> Work {
        Work(name, title, kind, count: count, bar: bar, share: share, tokens: tokens) {
            let body = make()
            return { count in cpuSeconds { for _ in 0..<count { body() } } }
        }
    }

    static var all: [Work] { networks + engineNetworks + samplers + kernels }
}
