import Foundation

/// A recording that plays: a position in it, and the session as it was there.
public struct Replay: Sendable {
    /// Where it comes from.
    public let recording: Recording
    /// Places to jump to.
    public let chapters: [Recording.Chapter]
    /// What a seek bar shows, whole: see ``Recording/overview``.
    public let overview: Curve
    /// The session at the position.
    public var view: SessionView
    /// Seconds since the trials began.
    public private(set) var position = 0.0
    /// Times as fast as it was recorded.
    public private(set) var speed = 1.0
    /// Whether it plays.
    public private(set) var isPlaying = false
    /// Whether it has been played or moved since it was opened: only then is there a bar to seek in.
    public private(set) var isInUse = false
    /// Whether stretches in which nothing happens are passed over.
    public private(set) var skipsIdle = true
    private var next = 0
    /// The speeds that there are.
    public static let speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
    /// Seconds without anything that are shown before the rest is passed over.
    private static let mostIdle = 0.5

    /// A replay at the beginning, or at the end.
    public init(_ recording: Recording, atEnd: Bool = false) {
        self.recording = recording
        chapters = recording.chapters
        overview = recording.overview
        view = recording.start
        if atEnd { seek(to: recording.duration) }
        isInUse = false
    }

    /// Whether nothing follows.
    public var isAtEnd: Bool { next >= recording.updates.count }
    /// The position as a share of the whole.
    public var share: Double { recording.duration > 0 ? min(1, position / recording.duration) : 1 }

    /// Plays or stops; at the end, plays from the beginning.
    public mutating func toggle() {
        if isAtEnd { seek(to: 0) }
        isInUse = true
        isPlaying.toggle()
    }

    /// Lets it stand where it is.
    public mutating func pause() { isPlaying = false }

    /// Takes the next slower or faster speed.
    public mutating func changeSpeed(by places: Int) {
        let place = Self.speeds.firstIndex { $0 >= speed } ?? 3
        speed = Self.speeds[max(0, min(Self.speeds.count - 1, place + places))]
    }

    /// Plays at a given speed, 0.1 to 64.
    public mutating func setSpeed(_ speed: Double) { self.speed = max(0.1, min(64, speed)) }

    /// The speed at which the whole takes about so many seconds.
    public mutating func fit(seconds: Double) {
        speed =
            Self.speeds.min {
                abs(recording.duration / $0 - seconds) < abs(recording.duration / $1 - seconds)
            } ?? 1
    }

    /// Passes over idle stretches, or no longer.
    public mutating func toggleIdle() { skipsIdle.toggle() }

    /// Lets so many seconds of the viewer's time pass.
    public mutating func advance(by seconds: Double) {
        guard isPlaying else { return }
        position += seconds * speed
        if skipsIdle, next < recording.updates.count {
            let coming = recording.updates[next].time
            if coming - position > Self.mostIdle * speed { position = coming - Self.mostIdle * speed }
        }
        play()
        if isAtEnd { isPlaying = false }
    }

    /// Goes to a position, forwards or backwards.
    public mutating func seek(to time: Double) {
        let time = max(0, min(recording.duration, time))
        isInUse = true
        if time < position {
            view.rewind()
            next = 0
        }
        position = time
        play()
    }

    /// Goes to the next or the previous moment at which a trial said something.
    public mutating func step(forwards: Bool) {
        isPlaying = false
        if forwards {
            if !isAtEnd { seek(to: recording.updates[next].time) }
            return
        }
        let here = position
        let before = recording.updates[..<next].last { $0.time < here }
        seek(to: before?.time ?? 0)
    }

    /// Goes to the next or the previous chapter.
    public mutating func chapter(forwards: Bool) {
        let times = chapters.map(\.time)
        let target =
            forwards ? times.first { $0 > position + 1e-9 } : times.last { $0 < position - 1e-9 }
        seek(to: target ?? (forwards ? recording.duration : 0))
    }

    private mutating func play() {
        let last = recording.duration
        while next < recording.updates.count,
            recording.updates[next].time <= position || position >= last
        {
            view.take(recording.updates[next].update, trial: recording.updates[next].trial)
            next += 1
        }
    }
}
