import CSndfile
import Foundation

/// A sound of the user's as one channel of samples, read through libsndfile.
public struct Sound: Sendable, Equatable {
    /// The most bytes that a file may have, and the most seconds that are read: memory stays bounded whatever a file
    /// promises.
    public static let mostBytes = 1 << 28, mostSeconds = 600
    /// Samples a second that are read: below, nothing of music is left; above, no file is meant.
    public static let rates = 1_000...384_000

    /// The mean of all channels, in -1...1 unless a file of floats goes beyond.
    public let samples: [Float]
    /// Samples a second.
    public let rate: Int

    /// How long it is, in seconds.
    public var duration: Double { Double(samples.count) / Double(rate) }

    /// A sound from its parts.
    public init(_ samples: [Float], rate: Int) {
        (self.samples, self.rate) = (samples, rate)
    }

    /// Reads a WAV, FLAC or OGG file of any sampling rate and any number of channels.
    ///
    /// - Throws: ``FileError`` when there is no such file, or it is none of these, empty, too long or too large, or
    ///   holds a sample that is no number.
    public init(path: String) throws {
        let data = try RegularFile.contents(path, most: Self.mostBytes, kind: "a WAV, FLAC or OGG file")
        try self.init(data, named: path)
    }

    /// Reads a sound from the bytes of a file; `name` stands in errors.
    public init(_ data: Data, named name: String) throws {
        // libsndfile knows many more formats, some without any head: those would take any bytes for sound.
        let heads = ["RIFF", "RF64", "fLaC", "OggS"].map { Data($0.utf8) }
        guard heads.contains(data.prefix(4)) else {
            throw FileError(name, line: nil, "it is no sound that can be read", allowed: Self.allowed)
        }
        self = try SoundReader(data, named: name).read()
    }

    fileprivate static let allowed = "a WAV, FLAC or OGG file"

    /// The sound as the bytes of a WAV file of 16-bit samples; what lies beyond -1...1 is cut.
    public var wav: Data {
        func little<Value: FixedWidthInteger>(_ value: Value) -> Data {
            withUnsafeBytes(of: value.littleEndian) { Data($0) }
        }
        let bytes = 2 * samples.count
        var data = Data("RIFF".utf8) + little(UInt32(36 + bytes)) + Data("WAVEfmt ".utf8)
        // Length of this part, PCM, one channel, rate, bytes a second, bytes a sample, bits a sample.
        data += little(UInt32(16)) + little(UInt16(1)) + little(UInt16(1)) + little(UInt32(rate))
        data += little(UInt32(2 * rate)) + little(UInt16(2)) + little(UInt16(16))
        data += Data("data".utf8) + little(UInt32(bytes))
        for sample in samples { data += little(Int16(max(-1, min(1, sample)) * 32_767)) }
        return data
    }
}

/// One open file of libsndfile's, over bytes in memory: what is read is exactly what was looked at.
private final class SoundReader {
    private let name: String
    private let memory: UnsafeMutablePointer<Memory>
    private let file: OpaquePointer
    private let info: SF_INFO
    /// Frames that are read at a time.
    private static let chunk = 4_096

    /// The bytes and the place where the next read begins, for the library's calls back.
    private struct Memory {
        let data: NSData
        var place = 0
    }

    init(_ data: Data, named name: String) throws {
        self.name = name
        let memory = UnsafeMutablePointer<Memory>.allocate(capacity: 1)
        memory.initialize(to: Memory(data: data as NSData))
        self.memory = memory
        var info = SF_INFO(), calls = Self.calls
        guard let file = sf_open_virtual(&calls, CInt(SFM_READ), &info, memory) else {
            memory.deinitialize(count: 1).deallocate()
            let reason = String(cString: sf_strerror(nil)).split(separator: "\n").first ?? ""
            throw FileError(name, line: nil, "it is no whole sound (\(reason))", allowed: Sound.allowed)
        }
        (self.file, self.info) = (file, info)
    }

    deinit {
        sf_close(file)
        memory.deinitialize(count: 1).deallocate()
    }

    /// All samples, the channels' mean.
    func read() throws -> Sound {
        guard Sound.rates.contains(Int(info.samplerate)), info.channels > 0 else {
            throw FileError(
                name, line: nil, "it has \(info.samplerate) samples a second",
                allowed: "\(Sound.rates.lowerBound) to \(Sound.rates.upperBound)")
        }
        let channels = Int(info.channels), most = Sound.mostSeconds * Int(info.samplerate)
        var samples: [Float] = [], buffer = [Float](repeating: 0, count: Self.chunk * channels)
        // The head's number of frames may be anything: only what is there counts.
        while case let count = Int(sf_readf_float(file, &buffer, sf_count_t(Self.chunk))), count > 0 {
            guard samples.count + count <= most else {
                throw FileError(
                    name, line: nil, "it is longer than \(Sound.mostSeconds / 60) minutes",
                    allowed: "at most \(Sound.mostSeconds) seconds")
            }
            for frame in 0..<count {
                let sum = buffer[frame * channels..<(frame + 1) * channels].reduce(0, +)
                samples.append(sum / Float(channels))
            }
        }
        try check(samples)
        return Sound(samples, rate: Int(info.samplerate))
    }

    private func check(_ samples: [Float]) throws {
        guard !samples.isEmpty else {
            throw FileError(name, line: nil, "it holds no sound", allowed: "one sample or more")
        }
        if let place = samples.firstIndex(where: { !$0.isFinite }) {
            throw FileError(
                name, line: nil, "sample \(place + 1) is \(samples[place])", allowed: "finite samples")
        }
    }

    private static let calls = SF_VIRTUAL_IO(
        get_filelen: { memory in sf_count_t(held(memory).pointee.data.length) },
        seek: { offset, whence, memory in
            let held = held(memory), length = held.pointee.data.length
            let base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? held.pointee.place : length
            let (place, isTooLarge) = base.addingReportingOverflow(Int(offset))
            if !isTooLarge { held.pointee.place = max(0, min(length, place)) }
            return sf_count_t(held.pointee.place)
        },
        read: { bytes, count, memory in
            let held = held(memory),
                range = NSRange(
                    location: held.pointee.place,
                    length: max(0, min(Int(count), held.pointee.data.length - held.pointee.place)))
            if let bytes, range.length > 0 { held.pointee.data.getBytes(bytes, range: range) }
            held.pointee.place += range.length
            return sf_count_t(range.length)
        },
        write: { _, _, _ in 0 },
        tell: { memory in sf_count_t(held(memory).pointee.place) })

    private static func held(_ memory: UnsafeMutableRawPointer?) -> UnsafeMutablePointer<Memory> {
        guard let memory else { fatalError("libsndfile gives back the pointer that it was given") }
        return memory.assumingMemoryBound(to: Memory.self)
    }
}
