import Foundation
import Testing

@testable import Datasets

/// Sounds from anywhere: whole ones are read, others are one sentence; and what is computed from them is known of sines.
@Suite struct SoundTests {
    private static func sine(_ hertz: Double, rate: Int, seconds: Double, amplitude: Double = 0.5) -> [Float]
    {
        (0..<Int(seconds * Double(rate))).map {
            Float(amplitude * sin(2 * .pi * hertz * Double($0) / Double(rate)))
        }
    }

    private static func file(_ ending: String = "wav") -> String {
        FileManager.default.temporaryDirectory.appending(path: "\(UUID()).\(ending)").path
    }

    /// A WAV file from its parts, as no writer would make it.
    private static func wav(format: UInt16, bits: UInt16, channels: UInt16, rate: UInt32, _ body: Data)
        -> Data
    {
        func little<Value: FixedWidthInteger>(_ value: Value) -> Data {
            withUnsafeBytes(of: value.littleEndian) { Data($0) }
        }
        let frame = channels * bits / 8
        return Data("RIFF".utf8) + little(UInt32(36 + body.count)) + Data("WAVEfmt ".utf8)
            + little(UInt32(16))
            + little(format) + little(channels) + little(rate) + little(rate * UInt32(frame)) + little(frame)
            + little(bits) + Data("data".utf8) + little(UInt32(body.count)) + body
    }

    @Test(arguments: [8_000, 11_025, 44_100, 48_000]) func whatIsWrittenIsRead(rate: Int) throws {
        let samples = Self.sine(440, rate: rate, seconds: 0.25), path = Self.file()
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Sound(samples, rate: rate).wav.write(to: URL(filePath: path))
        let sound = try Sound(path: path)
        #expect(sound.rate == rate && sound.samples.count == samples.count)
        #expect(abs(sound.duration - 0.25) < 1e-3)
        #expect(zip(sound.samples, samples).allSatisfy { abs($0 - $1) < 1.0 / 16_000 })
    }

    @Test func channelsAreMixed() throws {
        // Left +1/2, right -1/4: their mean is 1/8.
        let frames = (0..<100).flatMap { _ in [Int16(16_384), Int16(-8_192)] }
        let body = frames.withUnsafeBytes { Data($0) }
        let sound = try Sound(
            Self.wav(format: 1, bits: 16, channels: 2, rate: 22_050, body), named: "two.wav")
        #expect(sound.samples == Array(repeating: 0.125, count: 100) && sound.rate == 22_050)
    }

    /// The smallest whole FLAC and OGG files that an encoder made of a sine of 440 Hz.
    @Test(arguments: ["flac", "ogg"]) func packedSoundsAreRead(kind: String) throws {
        let url = try #require(Bundle.module.url(forResource: "Golden/sine-440", withExtension: kind))
        let sound = try Sound(path: url.path)
        #expect(sound.rate == 8_000 && abs(sound.duration - 0.25) < 0.05)
        let fourier = ShortTimeFourier(window: 800), powers = fourier.powers(sound.samples, at: 1_000)
        #expect(powers.indices.max { powers[$0] < powers[$1] } == 44)
    }

    @Test func floatsThatAreNoNumbersAreRefused() throws {
        var values: [Float] = [0, 0.5, .nan, 0]
        let body = values.withUnsafeBytes { Data($0) }
        let data = Self.wav(format: 3, bits: 32, channels: 1, rate: 8_000, body)
        let error = #expect(throws: FileError.self) { try Sound(data, named: "a.wav") }
        #expect(error?.description == "'a.wav': sample 3 is nan; allowed is finite samples.")
        values[2] = 0.25
        let whole = Self.wav(
            format: 3, bits: 32, channels: 1, rate: 8_000, values.withUnsafeBytes { Data($0) })
        #expect(try Sound(whole, named: "a.wav").samples == values)
    }

    @Test func whatIsNoSoundIsRefused() throws {
        let folder = FileManager.default.temporaryDirectory.path, pipe = Self.file(), text = Self.file("txt")
        #expect(mkfifo(pipe, 0o600) == 0)
        try Data("words, no sound".utf8).write(to: URL(filePath: text))
        defer { for path in [pipe, text] { try? FileManager.default.removeItem(atPath: path) } }
        for (path, wanted) in [
            (folder, "cannot be read"), (pipe, "cannot be read"), (Self.file(), "no such file"),
            (text, "no sound"),
        ] {
            let error = #expect(throws: FileError.self) { try Sound(path: path) }
            #expect(error?.description.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
        }
    }

    @Test func anEmptyATooSlowAndATooLongSoundAreRefused() throws {
        for (rate, count, wanted) in [(8_000, 0, "no sound"), (10, 4, "10 samples a second")] {
            let data = Self.wav(
                format: 1, bits: 16, channels: 1, rate: UInt32(rate), Data(count: 2 * count))
            let error = #expect(throws: FileError.self) { try Sound(data, named: "a.wav") }
            #expect(error?.description.contains(wanted) == true, "\(error.map { "\($0)" } ?? "")")
        }
        let long = Self.wav(
            format: 1, bits: 8, channels: 1, rate: 1_000, Data(count: 1_000 * Sound.mostSeconds + 1))
        let error = #expect(throws: FileError.self) { try Sound(long, named: "long.wav") }
        #expect(error?.description.contains("longer than 10 minutes") == true)
    }

    @Test func anySoundIsReadOrRefused() throws {
        let whole = Sound(Self.sine(440, rate: 8_000, seconds: 0.05), rate: 8_000).wav
        try Fuzz.check([UInt8](whole), seed: 21) { bytes in
            let sound = try Sound(Data(bytes), named: "a.wav")
            #expect(!sound.samples.isEmpty && sound.samples.allSatisfy(\.isFinite))
        }
    }

    // MARK: Spectra

    /// A sine in the middle of a bin: a Hann window spreads it over that bin and its two neighbours, (a N / 4)² and a
    /// quarter of that, and over no other.
    @Test func aSineIsInItsBin() {
        let fourier = ShortTimeFourier(window: 256)
        let powers = fourier.powers(Self.sine(1_000, rate: 8_000, seconds: 0.1), at: 400)
        let peak = Float(0.5 * 256 / 4) * Float(0.5 * 256 / 4)
        #expect(powers.count == 129)
        for (bin, power) in powers.enumerated() {
            let wanted = bin == 32 ? peak : abs(bin - 32) == 1 ? peak / 4 : 0
            #expect(abs(power - wanted) < 1e-3 * peak, "bin \(bin)")
        }
    }

    @Test func beyondTheEndsThereIsSilence() {
        let fourier = ShortTimeFourier(window: 64)
        #expect(fourier.powers([1, 1, 1], at: 1_000).allSatisfy { $0 == 0 })
        #expect(fourier.powers([], at: 0).allSatisfy { $0 == 0 })
    }

    @Test func aBandTakesItsOwnFrequencies() {
        let bank = FilterBank(edges: [0, 500, 1_500, 4_000], rate: 8_000, window: 256)
        let powers = ShortTimeFourier(window: 256).powers(
            Self.sine(1_000, rate: 8_000, seconds: 0.1), at: 400)
        let energies = bank.energies(powers), whole = powers.reduce(0, +)
        #expect(energies[1] > 0.999 * whole && energies[0] + energies[2] < 0.001 * whole)
        #expect(
            bank.logEnergies([Float](repeating: 0, count: 129)) == [Float](repeating: log(1e-10), count: 3))
    }

    @Test func melTrianglesPeakOneAfterTheOther() {
        #expect(
            abs(FilterBank.mel(1_000) - 1_000) < 0.05
                && abs(FilterBank.hertz(FilterBank.mel(440)) - 440) < 1e-9)
        let bank = FilterBank(mel: 8, in: 100...3_800, rate: 8_000, window: 512)
        let fourier = ShortTimeFourier(window: 512)
        let peaks = [200.0, 500, 900, 1_400, 2_100, 3_000].map { hertz in
            let energies = bank.energies(fourier.powers(Self.sine(hertz, rate: 8_000, seconds: 0.2), at: 800))
            return energies.indices.max { energies[$0] < energies[$1] } ?? 0
        }
        #expect(peaks == peaks.sorted() && Set(peaks).count >= 5 && bank.count == 8)
        // Neighbouring triangles share every frequency between their peaks out: the weights sum to 1.
        var impulse = [Float](repeating: 0, count: 257)
        impulse[100] = 1
        #expect(abs(bank.energies(impulse).reduce(0, +) - 1) < 1e-5)
    }

    // MARK: Onsets

    /// Clicks of one band at known moments are the envelope's peaks, in that band, however loud the whole is.
    @Test(arguments: [8_000, 44_100]) func clicksAreWhereTheyWerePut(rate: Int) {
        var samples = [Float](repeating: 0, count: 3 * rate)
        for beat in [0.5, 1.25, 2.0] {
            for (place, value) in Self.sine(400, rate: rate, seconds: 0.08).enumerated() {
                // Swells and fades, or its ends would be clicks in all bands.
                let swell = sin(.pi * Double(place) / (0.08 * Double(rate)))
                samples[Int(beat * Double(rate)) + place] += value * Float(swell * swell)
            }
        }
        let envelope = OnsetEnvelope(Sound(samples, rate: rate), rate: 20)
        #expect(envelope.frames.count == 60 && envelope.frames.allSatisfy { $0.count == OnsetEnvelope.bands })
        let band = envelope.frames.map { $0[1] }
        for beat in [0.5, 1.25, 2.0] {
            let frame = Int(beat * 20)
            #expect(band[frame...(frame + 2)].reduce(0, +) > 0.8, "\(band)")
        }
        let far = band.indices.filter { frame in [10, 25, 40].allSatisfy { abs(frame - $0 - 1) > 1 } }
        #expect(far.allSatisfy { band[$0] < 0.05 }, "\(band)")
        #expect(envelope.frames.allSatisfy { $0[3] < 0.5 && $0.allSatisfy { (0...1).contains($0) } })
        let quiet = OnsetEnvelope(Sound(samples.map { $0 / 64 }, rate: rate), rate: 20)
        #expect(
            zip(quiet.frames.joined(), envelope.frames.joined()).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func silenceHasNoOnset() {
        let envelope = OnsetEnvelope(Sound([Float](repeating: 0, count: 4_000), rate: 8_000), rate: 20)
        #expect(envelope.frames.count == 10 && envelope.frames.joined().allSatisfy { $0 == 0 })
    }
}
