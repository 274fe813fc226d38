import CPng
import Foundation

/// A PNG picture of the user's, read through libpng.
public struct PNGImage: Sendable {
    /// The most pixels and bytes that are read: memory stays bounded whatever a file promises.
    public static let mostPixels = 1 << 24, mostBytes = 1 << 26

    /// In pixels.
    public let width, height: Int
    /// Red, green, blue and opacity of each pixel, row by row from the top.
    public let pixels: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: ``FileError`` when there is no such file, or it is no whole PNG picture, or too large.
    public init(path: String) throws {
        let data = try RegularFile.contents(path, most: Self.mostBytes, kind: "a PNG picture")
        try self.init(data, named: path)
    }

    /// Reads a picture from the bytes of a PNG file; `name` stands in errors.
    public init(_ data: Data, named name: String) throws {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        // Until the picture is decoded, libpng reads from these very bytes.
        (width, height, pixels) = try data.withUnsafeBytes { bytes in
            guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
                throw Self.error(image, name)
            }
            let (width, height) = (Int(image.width), Int(image.height))
            guard width * height <= Self.mostPixels else {
                throw FileError(
                    name, line: nil, "it has \(width)x\(height) pixels",
                    allowed: "at most \(Self.mostPixels) in all")
            }
            image.format = png_uint_32(PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA)
            var pixels = [UInt8](repeating: 0, count: width * height * 4)
            guard png_image_finish_read(&image, nil, &pixels, 0, nil) != 0 else {
                throw Self.error(image, name)
            }
            return (width, height, pixels)
        }
    }

    /// What libpng found wrong.
    private static func error(_ image: png_image, _ name: String) -> FileError {
        let message = withUnsafeBytes(of: image.message) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        return FileError(
            name, line: nil, message.isEmpty ? "it is not a PNG picture" : "libpng says '\(message)'",
            allowed: "a whole PNG picture")
    }

    /// The picture on a white square of `side` pixels, scaled by the mean of what falls on a pixel.
    ///
    /// - Returns: 0...1: [side, side, 3]
    public func fitted(side: Int) -> [Float] {
        let scale = Double(max(width, height)) / Double(side)
        let (left, top) = (
            (Double(side) - Double(width) / scale) / 2, (Double(side) - Double(height) / scale) / 2
        )
        return (0..<side * side).flatMap { place in
            mean(
                rows: Self.span(Double(place / side) - top, scale, height),
                columns: Self.span(Double(place % side) - left, scale, width))
        }
    }

    /// The pixels that fall on one of the scaled picture; none outside.
    private static func span(_ place: Double, _ scale: Double, _ count: Int) -> Range<Int> {
        let begin = Int((place * scale).rounded()), end = Int(((place + 1) * scale).rounded())
        let low = max(0, begin), high = min(count, max(end, begin + 1))
        return low < high ? low..<high : 0..<0
    }

    /// Mean colour on white: [3]
    private func mean(rows: Range<Int>, columns: Range<Int>) -> [Float] {
        guard !rows.isEmpty, !columns.isEmpty else { return [1, 1, 1] }
        var sums = [Float](repeating: 0, count: 3)
        for y in rows {
            for x in columns {
                let place = (y * width + x) * 4, opacity = Float(pixels[place + 3]) / 255
                for channel in 0..<3 {
                    sums[channel] += 1 - opacity * (1 - Float(pixels[place + channel]) / 255)
                }
            }
        }
        return sums.map { $0 / Float(rows.count * columns.count) }
    }
}
