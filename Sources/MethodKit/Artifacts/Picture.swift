import CPng
import Foundation

/// A picture with 8 bits a channel.
public struct Picture: Sendable, Codable, Equatable {
    /// In pixels.
    public var width, height: Int
    /// 1 for gray, 3 for red, green, blue.
    public var channels: Int
    /// Row by row from the top, the channels of a pixel together.
    public var pixels: Data

    private enum CodingKeys: String, CodingKey {
        case width = "width"
        case height = "height"
        case channels = "channels"
        case pixels = "pixels"
    }

    /// A picture of `height` rows, `width` columns and `channels` bytes a pixel.
    public init(width: Int, height: Int, channels: Int, pixels: Data) {
        precondition(channels == 1 || channels == 3, "a picture has 1 or 3 channels, not \(channels)")
        precondition(
            pixels.count == width * height * channels,
            "\(pixels.count) bytes for \(height)x\(width)x\(channels)")
        self.width = width
        self.height = height
        self.channels = channels
        self.pixels = pixels
    }

    /// A picture from values in 0…1, clamped.
    public init(width: Int, height: Int, channels: Int, values: [Float]) {
        let bytes = values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) }
        self.init(width: width, height: height, channels: channels, pixels: Data(bytes))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(width, forKey: .width)
        try container.encode(height, forKey: .height)
        try container.encode(channels, forKey: .channels)
        try container.encode(aside: pixels, forKey: .pixels, encoder)
    }

    /// - Throws: `DecodingError` when there is not a byte for each channel of each pixel: what draws relies on it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        width = try container.decode(Int.self, forKey: .width)
        height = try container.decode(Int.self, forKey: .height)
        channels = try container.decode(Int.self, forKey: .channels)
        pixels = try container.decode(asideForKey: .pixels, decoder)
        let (area, isTooLarge) = width.multipliedReportingOverflow(by: height)
        try container.require(
            width >= 0 && height >= 0 && !isTooLarge && (channels == 1 || channels == 3)
                && pixels.count / channels == area && pixels.count % channels == 0,
            .pixels, "a byte for each of 1 or 3 channels of each pixel")
    }
}

extension Picture: ArtifactKind {
    static let storedType = "image"
    var artifact: Artifact { .image(self) }

    func files(named name: String) throws -> [(name: String, contents: Data)] { [("\(name).png", try png())] }

    /// The picture as a PNG file.
    ///
    /// - Throws: ``PictureError``.
    public func png() throws -> Data {
        var image = png_image()
        image.version = png_uint_32(PNG_IMAGE_VERSION)
        image.width = png_uint_32(width)
        image.height = png_uint_32(height)
        image.format = channels == 1 ? 0 : png_uint_32(PNG_FORMAT_FLAG_COLOR)
        return try pixels.withUnsafeBytes { input in
            var size = png_alloc_size_t(pixels.count + pixels.count / 8 + height * 8 + 4096)
            var output = Data(count: Int(size))
            let written = output.withUnsafeMutableBytes {
                png_image_write_to_memory(&image, $0.baseAddress, &size, 0, input.baseAddress, 0, nil)
            }
            guard written != 0 else { throw PictureError(width: width, height: height) }
            return output.prefix(Int(size))
        }
    }
}

/// A picture that cannot be written.
public struct PictureError: Error, CustomStringConvertible {
    /// Its size in pixels.
    public let width, height: Int
    public var description: String { "A picture of \(width)x\(height) pixels cannot be written as PNG." }
}
